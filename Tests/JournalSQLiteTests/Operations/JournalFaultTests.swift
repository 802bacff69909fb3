import Events
import Foundation
import Journal
import TestSupport
import Testing

@testable import JournalSQLite

/// What is said of damage, and of the room on a disk, to operators.
@Suite struct JournalFaultTests {
    /// What SQLite's own check says, as `PRAGMA integrity_check` words it.
    @Test(arguments: [
        ("row 7 missing from index deliveries_by_time", "index deliveries_by_time of journal.sqlite"),
        ("wrong # of entries in index audit_by_category", "index audit_by_category of journal.sqlite"),
        ("non-unique entry in index audit_by_category", "index audit_by_category of journal.sqlite"),
        // These belong to a key of the table itself.
        ("wrong # of entries in index sqlite_autoindex_providers_1", "journal.sqlite"),
        ("row 7 missing from index a b", "journal.sqlite"), ("row x missing from index a", "journal.sqlite"),
        ("*** in database main ***\nPage 4: btreeInitPage() returns error code 11", "journal.sqlite"),
        ("Page 9: never used", "journal.sqlite"), ("", "journal.sqlite"),
        ("prefix row 7 missing from index deliveries_by_time", "journal.sqlite"),
    ])
    func `an index can be made again from its table, and nothing else of the database`(message: String, text: String) {
        let fault = JournalCheck.fault(message)
        #expect(fault.location.text == text && fault.reason == message)
        #expect(fault.remedy == (text.hasPrefix("index") ? .rebuild : .backup))
    }

    @Test func `places are named so that an operator finds them, with what can be done`() {
        let faults = [
            JournalFault(.chunk(first: 3, last: 7), "r"), JournalFault(.file("index/1-20.run"), "r"),
            JournalFault(.index("i"), "r"), JournalFault(.database, "r"),
        ]
        let texts = ["chunk 3-7", "index/1-20.run", "index i of journal.sqlite", "journal.sqlite"]
        #expect(faults.map(\.location.text) == texts)
        #expect(faults.map(\.remedy) == [.backup, .rebuild, .rebuild, .backup])
    }

    @Test func `names so many faults, and counts the others`() {
        var report = CheckReport()
        #expect(report.isWell)
        for number in 0..<CheckReport.mostFaults + 3 { report.add(JournalFault(.file("\(number)"), "r")) }
        #expect(report.faults.count == CheckReport.mostFaults && report.more == 3 && !report.isWell)
        #expect(report.faults.last?.location == .file("\(CheckReport.mostFaults - 1)"))
    }

    // MARK: Room

    private func summary(used: Int, free: Int) -> JournalSummary {
        JournalSummary(
            layout: 10,
            journalID: nil,
            events: 0,
            accepted: nil,
            damage: [],
            usedBytes: used,
            freeBytes: free,
            days: []
        )
    }

    @Test(
        arguments: [
            (100, 0, nil, 100), (100, 30, nil, 130), (.max, 30, nil, .max), (100, 30, 1000, 130), (100, 30, 70, 20),
            (100, 30, 50, 0), (100, 30, 10, 0), (0, 0, .max, 0),
        ] as [(Int, Int, Int?, Int)]
    )
    func `a journal may grow by free pages and the disk, up to its limit`(
        disk: Int,
        free: Int,
        limit: Int?,
        room: Int
    ) {
        let found = DiskRoom(freeBytes: disk, totalBytes: .max).room(
            for: summary(used: 50, free: free),
            limitBytes: limit
        )
        #expect(found == room)
    }

    @Test func `the room is that of the first folder that exists`() async throws {
        try await withTemporaryFolder { folder in
            let here = try DiskRoom(at: folder)
            let there = try DiskRoom(at: folder.appending(path: "a/b/c"))
            #expect(here.totalBytes == there.totalBytes && here.totalBytes > 0)
            #expect(here.freeBytes > 0 && here.freeBytes <= here.totalBytes)
        }
    }

    // MARK: What an export takes

    private func event(accepted: Int64, occurred: Int64, tenant: TenantID = "shop") -> AcceptedEvent {
        MemoryJournal.event(1, tenant: tenant, at: accepted, occurred: occurred)
    }

    @Test func `a span of time has its start and not its end, by either clock`() {
        var selection = JournalExport.Selection()
        #expect(selection.takes(event(accepted: 0, occurred: 0)))
        selection.from = Timestamp(milliseconds: 10)
        selection.until = Timestamp(milliseconds: 20)
        let occurred = [9, 10, 19, 20].map { selection.takes(event(accepted: 500, occurred: $0)) }
        #expect(occurred == [false, true, true, false])
        selection = JournalExport.Selection()
        selection.acceptedFrom = Timestamp(milliseconds: 10)
        selection.acceptedUntil = Timestamp(milliseconds: 20)
        let accepted = [9, 10, 19, 20].map { selection.takes(event(accepted: $0, occurred: 500)) }
        #expect(accepted == [false, true, true, false])
        selection.tenant = "bank"
        #expect(!selection.takes(event(accepted: 10, occurred: 0)))
        #expect(selection.takes(event(accepted: 10, occurred: 0, tenant: "bank")))
    }

    @Test(
        arguments: [(0...9, false), (0...10, true), (12...15, true), (19...90, true), (20...90, false)]
            as [(ClosedRange<Int64>, Bool)]
    )
    func `a chunk is passed over only if none of its events can be meant`(accepted: ClosedRange<Int64>, mayTake: Bool) {
        var selection = JournalExport.Selection()
        #expect(selection.mayTake(acceptedWithin: accepted))
        selection.acceptedFrom = Timestamp(milliseconds: 10)
        selection.acceptedUntil = Timestamp(milliseconds: 20)
        #expect(selection.mayTake(acceptedWithin: accepted) == mayTake)
    }
}
