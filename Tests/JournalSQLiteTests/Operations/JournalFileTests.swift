import Events
import Foundation
import GRDB
import Journal
import JournalBehaviour
import TestSupport
import Testing

@testable import JournalSQLite

@Suite struct JournalFileTests {
    @Test func `sums up a journal without its store`() async throws {
        try await withTemporaryFolder { folder in
            try await OperatedJournal.make(in: folder)
            let file = try JournalFile(reading: folder)
            let summary = try file.summary()
            #expect(file.isCurrent && summary.layout == Schema.version && summary.events == 100)
            #expect(summary.accepted?.upperBound == Timestamp(milliseconds: 1_750_000_000_000))
            #expect(summary.days == [DayOfEvents(day: 20_254, events: 100)])
            #expect(summary.usedBytes > 10_000 && summary.damage.isEmpty && summary.journalID?.count == 32)
            let backlog = Backlog(events: 59, oldest: Timestamp(milliseconds: 1_750_000_000_000))
            #expect(try file.backlogs() == [ProviderBacklog(provider: "lago", backlog: backlog)])
        }
    }

    @Test func `sees what a store that is open has committed, and who has it`() async throws {
        try await withTemporaryFolder { folder in
            let store = try SampleStore.open(folder)
            #expect(JournalFile.holder(of: folder) == .process(getpid()))
            _ = try await SampleStore.append(1...7, to: store)
            let file = try JournalFile(reading: folder)
            #expect(try file.summary().events == 7)
            #expect(try file.summary().journalID == store.journalID)
            _ = try await SampleStore.append(8...9, to: store)
            #expect(try file.backlogs().map(\.backlog.events) == [9])
            await store.close()
            #expect(JournalFile.holder(of: folder) == .nobody)
        }
    }

    @Test func `counts events by the day of their acceptance`() async throws {
        try await withTemporaryFolder { folder in
            let store = try SampleStore.open(folder)
            var next = 0
            for (day, events) in [(0, 3), (1, 5), (4, 2), (5, 1)] {
                let at = Timestamp(milliseconds: 1_750_000_000_000 + Int64(day) * 86_400_000)
                for _ in 0..<events {
                    next += 1
                    let event = AcceptedEvent(
                        CanonicalEvent(name: "n", customerID: "c", timestamp: at, properties: nil),
                        id: EventID("e\(next)"),
                        in: Submission(tenant: "shop", client: "web", acceptedAt: at, plan: SampleStore.own)
                    )
                    _ = try await store.append(AppendRequest(events: [event], policy: .each))
                }
            }
            await store.close()
            let days = try JournalFile(reading: folder).summary().days
            #expect(days.map(\.day) == [20_254, 20_255, 20_258, 20_259] && days.map(\.events) == [3, 5, 2, 1])
        }
    }

    @Test(arguments: 1...Schema.version)
    func `reads every layout without raising it`(layout: Int) async throws {
        try await withTemporaryFolder { folder in
            try await LayoutJournal.write(layout, to: folder)
            let file = try JournalFile(reading: folder)
            #expect(file.layout == layout)
            let summary = try file.summary()
            #expect(summary.events == (layout < 9 ? 9 : 10) && summary.journalID != nil)
            if file.isCurrent {
                #expect(try file.backlogs().count == 3)
            } else {
                #expect(throws: StoreError.self) { try file.backlogs() }
            }
            let report = try JournalCheck(of: folder).run()
            #expect(report.isWell && report.events == summary.events, "\(report)")
            #expect(try JournalFile(reading: folder).layout == layout)
        }
    }

    @Test func `says what is no journal, or one of a newer version`() async throws {
        try await withTemporaryFolder { folder in
            #expect(throws: StoreError.unusable(path: folder.path, reason: "there is no file journal.sqlite in it")) {
                try JournalFile(reading: folder)
            }
            let file = OperatedJournal.file(in: folder)
            try await DatabaseQueue(path: file.path).write { try $0.execute(sql: "PRAGMA user_version = 99") }
            #expect(throws: StoreError.newerFormat(path: file.path, found: 99, known: Schema.version)) {
                try JournalFile(reading: folder)
            }
            try Data(repeating: 7, count: 9000).write(to: file)
            #expect(throws: StoreError.self) { try JournalFile(reading: folder) }
        }
    }
}
