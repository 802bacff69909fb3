import Events
import Foundation
import GRDB
import Journal
import JournalFormat
import Testing

@testable import JournalSQLite

/// What the rows of lanes say: which events are taken, how they are counted, and what a cancelled one discards.
@Suite struct LaneTableTests {
    private func taken(_ journal: MemoryJournal, of range: ClosedRange<Int64>, by accounts: [Int64]) throws -> [Int64] {
        try journal.read { try LaneTable.taken(of: range, by: accounts, in: $0) }.sorted()
    }

    @Test func `an event is taken by a run's members and by a row, and by no other account`() throws {
        let journal = try MemoryJournal()
        try journal.addRun(10...20, 5, members: [10, 15, 20])
        try journal.addRun(12...13, 6, isSkipped: true)
        try journal.addRow(17, 5, .rejected)
        try journal.addRow(18, 6, .retrying, due: 1)
        try journal.addRow(19, 7, .rejected)
        #expect(try taken(journal, of: 1...100, by: [5]) == [10, 15, 17, 20])
        #expect(try taken(journal, of: 1...100, by: [5, 6]) == [10, 12, 13, 15, 17, 18, 20])
        #expect(try taken(journal, of: 13...17, by: [5, 6]) == [13, 15, 17])
        #expect(try taken(journal, of: 1...100, by: []).isEmpty && taken(journal, of: 1...9, by: [5]).isEmpty)
    }

    /// Another lane may send them; what a person has discarded stays so.
    @Test(
        arguments: [
            (DeliveryStatus.discarded, DeliveryErrorCode.backfillCancelled, false), (.discarded, .timeout, true),
            (.discarded, nil, true), (.rejected, .backfillCancelled, true),
        ] as [(DeliveryStatus, DeliveryErrorCode?, Bool)]
    )
    func `what a cancelled lane gave up is free`(
        status: DeliveryStatus,
        code: DeliveryErrorCode?,
        isTaken: Bool
    ) throws {
        let journal = try MemoryJournal()
        try journal.addRow(3, 5, status, code: code)
        #expect(try taken(journal, of: 1...9, by: [5]) == (isTaken ? [3] : []))
    }

    @Test func `gives up retries from the oldest event on, a part at a time, and counts them`() throws {
        let journal = try MemoryJournal()
        let account = journal.addLane(4, of: "polar")
        for sequence in [30, 10, 20] as [Int64] {
            try journal.addRow(
                sequence,
                account.number,
                .retrying,
                attempts: 2,
                due: 100 - sequence,
                faultIsLastAttempts: true
            )
        }
        try journal.addRow(10, account.number + 1, .retrying, due: 1)
        try journal.addRow(40, account.number, .rejected, code: .timeout)
        try journal.write { try LaneTable.add(["retrying": 3, "rejected": 1], to: 4, in: $0) }
        func discard() throws -> Int {
            try journal.write { try LaneTable.discardRetries(of: account, limit: 2, in: $0) }
        }
        let own = """
            SELECT sequence, status, next_attempt_at, fault_is_last_attempts, fault_code FROM deliveries WHERE provider = ?
            """
        #expect(try discard() == 2)
        #expect(
            try journal.rows(own + " ORDER BY sequence", [account.number]) == [
                ["10", "discarded", "-", "0", "backfill_cancelled"],
                ["20", "discarded", "-", "0", "backfill_cancelled"],
                ["30", "retrying", "70", "1", "-"], ["40", "rejected", "-", "0", "timeout"],
            ]
        )
        let message = "backfill 4 was cancelled before this event was delivered"
        #expect(
            try journal.rows("SELECT DISTINCT fault_message FROM deliveries WHERE status = 'discarded'") == [[message]]
        )
        #expect(try discard() == 1 && discard() == 0)
        #expect(try journal.rows(own, [account.number + 1])[0][1] == "retrying")
        let counts = try journal.read { try LaneTable.counts(of: 4, in: $0) }
        #expect(counts.statuses == [.discarded: 3, .rejected: 1] && counts.events == 4)
    }

    @Test func `counts of a state that this version does not know are reported`() throws {
        let journal = try MemoryJournal()
        try journal.write { try LaneTable.add(["later": 2, "delivered": 0, "deduplicated": 3], to: 1, in: $0) }
        #expect(throws: UnknownWord.self) { try journal.read { try LaneTable.counts(of: 1, in: $0) } }
        try journal.execute("DELETE FROM lane_counts WHERE word = 'later'")
        let counts = try journal.read { try LaneTable.counts(of: 1, in: $0) }
        #expect(counts == LaneCounts(statuses: [:], deduplicated: 3))
        // What has not changed is not written.
        #expect(try journal.rows("SELECT word FROM lane_counts") == [["deduplicated"]])
    }

    // MARK: Lanes

    private func insert(_ number: Int64, _ filter: LaneFilter, into journal: MemoryJournal) throws -> NewLane {
        let account = journal.addLane(number, of: "polar")
        let polar = journal.names.register("polar")
        let lane = NewLane(
            provider: "polar",
            adapter: "polar",
            filter: filter,
            routes: [1, 2, UInt8(number)],
            rate: 12.5,
            by: "ops",
            at: Timestamp(milliseconds: 50 + number)
        )
        let entry = LaneBook.Entry(account: account, filter: filter, first: 7, state: .running)
        try journal.write { db in
            try db.execute(
                sql: "INSERT OR IGNORE INTO providers(number, name, cursor) VALUES(?, 'polar', 0)",
                arguments: [polar]
            )
            try LaneTable.insert(lane, entry, of: polar, in: db)
        }
        return lane
    }

    @Test func `a lane is read as it was written, the newest first`() throws {
        let journal = try MemoryJournal()
        let filter = LaneFilter(
            tenant: "shop",
            names: ["a*", "caf\u{E9}"],
            customerIDs: ["c"],
            from: Timestamp(milliseconds: 1),
            until: Timestamp(milliseconds: 2)
        )
        _ = try insert(1, LaneFilter(), into: journal)
        let lane = try insert(2, filter, into: journal)
        let record = try #require(try journal.read { try LaneTable.record(2, in: $0) })
        #expect(record.entry.filter == filter && record.entry.first == 7 && record.entry.through == nil)
        #expect(record.routes == lane.routes && record.rate == 12.5 && record.startedAt == lane.at)
        #expect(record.changedBy == "ops" && record.changedAt == lane.at && record.endedAt == nil)
        #expect(record.entry.account.name == "polar~2" && record.entry.state == .running)
        let entries = try journal.read { try LaneTable.entries(in: $0) }
        #expect(entries.map(\.account.lane) == [2, 1])
        #expect(try journal.read { try LaneTable.record(3, in: $0) } == nil)
        #expect(try journal.rows("SELECT cursor FROM providers WHERE name = 'polar~2'") == [["7"]])
    }

    /// They never change and may be large.
    @Test func `the routes of a lane are read once`() throws {
        let journal = try MemoryJournal()
        for number in [1, 2] as [Int64] { _ = try insert(number, LaneFilter(), into: journal) }
        let book = LaneBook([])
        func routes() throws -> [[UInt8]] { try journal.read { try LaneTable.all(book, in: $0) }.map(\.routes) }
        #expect(try routes() == [[1, 2, 2], [1, 2, 1]])
        try journal.execute("UPDATE lanes SET routes = x''")
        #expect(try routes() == [[1, 2, 2], [1, 2, 1]])
        #expect(try journal.read { try LaneTable.all(LaneBook([]), in: $0) }.map(\.routes) == [[], []])
    }

    @Test(arguments: ["state = 'later'", "filter = x'7b'", "rate = 'x'"])
    func `a lane that cannot be read is reported`(change: String) throws {
        let journal = try MemoryJournal()
        _ = try insert(1, LaneFilter(), into: journal)
        try journal.execute("UPDATE lanes SET \(change)")
        #expect(throws: (any Error).self) { try journal.read { try LaneTable.entries(in: $0) } }
    }
}
