import Events
import GRDB
import JournalFormat
import Randomness
import Testing

@testable import JournalSQLite

/// Deliveries that wait for another attempt, as their rows say.
@Suite struct DueDeliveryTests {
    private func due(_ journal: MemoryJournal, at now: Int64, limit: Int = 100, of provider: Int64 = 1) throws
        -> [DueDelivery]
    {
        try journal.read {
            try DueDelivery.fetch(provider: provider, at: Timestamp(milliseconds: now), limit: limit, in: $0)
        }
    }

    private func dueTimes(_ journal: MemoryJournal, of provider: Int64 = 1) throws -> [[String]] {
        try journal.rows(
            "SELECT sequence, next_attempt_at FROM deliveries WHERE provider = ? ORDER BY sequence",
            [provider]
        )
    }

    /// So many that the oldest are found by another way.
    private func addMany(_ count: Int, to journal: MemoryJournal) throws {
        try journal.execute(
            """
            WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < \(count))
            INSERT INTO deliveries(sequence, provider, origin, status, attempts, next_attempt_at,
                fault_is_last_attempts)
            SELECT n, 1, 1, 'retrying', 1, \(count) - n, 0 FROM numbers
            """
        )
    }

    @Test func `the oldest events whose time has come, whichever was due first`() throws {
        let journal = try MemoryJournal()
        for (sequence, time) in [(9, 10), (3, 30), (5, 31), (7, 20)] as [(Int64, Int64)] {
            try journal.addRow(sequence, 1, .retrying, due: time)
        }
        try journal.addRow(1, 2, .retrying, due: 10)
        try journal.addRow(2, 1, .rejected)
        #expect(try due(journal, at: 30).map(\.sequence) == [3, 7, 9])
        #expect(try due(journal, at: 30, limit: 2).map(\.sequence) == [3, 7])
        #expect(try due(journal, at: 9).isEmpty)
        #expect(try due(journal, at: .max, of: 2).map(\.sequence) == [1])
    }

    /// The times fall with the numbers, so that those that were due first are not the oldest events.
    @Test(arguments: [4095, 4096, 4097])
    func `finds the oldest of more than it sorts`(count: Int) throws {
        let journal = try MemoryJournal()
        try addMany(count, to: journal)
        #expect(try due(journal, at: .max, limit: 3).map(\.sequence) == [1, 2, 3])
        // Of these, the first ten are not due yet.
        #expect(try due(journal, at: Int64(count) - 11, limit: 3).map(\.sequence) == [11, 12, 13])
        #expect(try due(journal, at: .max, limit: 10_000).count == count)
    }

    @Test func `knows what earlier requests have left, and the settings that it is sent with`() throws {
        let journal = try MemoryJournal()
        try journal.addRow(1, 1, .retrying, attempts: 3, due: 5, reachedAt: 77)
        try journal.addRow(2, 1, .retrying, attempts: 0, due: 5)
        let destination = Destination(provider: "lago", adapter: "newest", mode: .mirror)
        try journal.write { db in
            for (number, adapter) in [(2, "older"), (4, "newest")] as [(Int, AdapterName)] {
                let amendment = DeliveryAmendment(
                    at: Timestamp(milliseconds: 0),
                    by: "ops",
                    firstAttempt: number,
                    destination: Destination(provider: "lago", adapter: adapter, mode: .mirror)
                )
                try AmendmentTable.insert(amendment, sequence: 1, provider: 1, in: db)
            }
        }
        let due = try due(journal, at: 5)
        let (first, second) = (try #require(due.first?.history), try #require(due.last?.history))
        #expect(first.attempts == 3 && first.reachedAt == Timestamp(milliseconds: 77))
        #expect(first.amended == destination)
        #expect(second.attempts == 0 && second.reachedAt == nil && second.amended == nil)
        let histories = try journal.read { try DueDelivery.histories(of: [2, 1, 3], provider: 1, in: $0) }
        #expect(histories.keys.sorted() == [1, 2] && histories[1]?.amended == destination)
    }

    @Test(arguments: [
        "UPDATE deliveries SET attempts = -1", "UPDATE deliveries SET attempts = 2147483648",
        "UPDATE deliveries SET attempts = 'x'", "UPDATE deliveries SET reached_at = 'x'",
        "INSERT INTO amendments VALUES(1, 1, 2, 0, 'ops', x'00')",
    ])
    func `a delivery whose row is damaged has no history, and is named`(damage: String) throws {
        let journal = try MemoryJournal()
        try journal.addRow(1, 1, .retrying, due: 5)
        try journal.execute(damage)
        let due = try due(journal, at: 5)
        #expect(due.map(\.sequence) == [1] && due.first?.history == nil)
        #expect(throws: (any Error).self) {
            try journal.read { try DueDelivery.histories(of: [1], provider: 1, in: $0) }
        }
    }

    @Test func `the earliest is that which nobody has claimed`() throws {
        let journal = try MemoryJournal()
        for (sequence, time) in [(1, 30), (2, 10), (3, 20)] as [(Int64, Int64)] {
            try journal.addRow(sequence, 1, .retrying, due: time)
        }
        func earliest(claimed: Set<Int64>) throws -> Int64? {
            try journal.read { try DueDelivery.earliest(provider: 1, in: $0) { claimed.contains($0) } }?.milliseconds
        }
        #expect(try earliest(claimed: []) == 10)
        #expect(try earliest(claimed: [2]) == 20 && earliest(claimed: [2, 3]) == 30)
        #expect(try earliest(claimed: [1, 2, 3]) == nil)
    }

    @Test func `the oldest that waits does not wait for its own time only`() throws {
        let journal = try MemoryJournal()
        func oldest() throws -> Int64? { try journal.read { try DueDelivery.oldest(provider: 1, in: $0) } }
        #expect(try oldest() == nil)
        try journal.addRow(1, 1, .retrying, due: 9, code: .timestampInFuture)
        try journal.addRow(2, 1, .rejected, code: .invalidEvent)
        #expect(try oldest() == nil)
        try journal.addRow(4, 1, .retrying, due: 1)
        try journal.addRow(3, 1, .retrying, due: 9, code: .timeout)
        #expect(try oldest() == 3)
    }

    @Test func `makes those due that wait beyond a time, a part at a time`() throws {
        let journal = try MemoryJournal()
        for (sequence, time) in [(1, 100), (2, 101), (3, 500), (4, 5)] as [(Int64, Int64)] {
            try journal.addRow(sequence, 1, .retrying, due: time)
        }
        try journal.addRow(2, 2, .retrying, due: 500)
        try journal.addRow(5, 1, .rejected)
        func makeDue(limit: Int) throws -> Int {
            try journal.write { db in
                try DueDelivery.makeDue(
                    provider: 1,
                    waitingBeyond: Timestamp(milliseconds: 100),
                    at: Timestamp(milliseconds: 50),
                    limit: limit,
                    in: db
                )
            }
        }
        #expect(try makeDue(limit: 1) == 1)
        #expect(try makeDue(limit: 5) == 1 && makeDue(limit: 5) == 0)
        #expect(try dueTimes(journal) == [["1", "100"], ["2", "50"], ["3", "50"], ["4", "5"], ["5", "-"]])
        #expect(try dueTimes(journal, of: 2) == [["2", "500"]])
    }

    @Test func `brings retries forward, a part at a time, each once`() throws {
        let journal = try MemoryJournal()
        for sequence in 1...5 as ClosedRange<Int64> { try journal.addRow(sequence, 1, .retrying, due: 1000 * sequence) }
        try journal.addRow(3, 2, .retrying, due: 3000)
        try journal.addRow(6, 1, .rejected)
        var (last, parts): (Int64?, [Int64]) = (0, [])
        while let after = last {
            last = try journal.write {
                try DueDelivery.bringForward(provider: 1, after: after, by: .milliseconds(1500), limit: 2, in: $0)
            }
            if let last { parts.append(last) }
        }
        #expect(parts == [2, 4, 5])
        let times = ["-500", "500", "1500", "2500", "3500", "-"]
        #expect(try dueTimes(journal).map { $0[1] } == times)
        #expect(try dueTimes(journal, of: 2) == [["3", "3000"]])
    }
}
