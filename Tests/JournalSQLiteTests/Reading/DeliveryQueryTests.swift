import Events
import GRDB
import Journal
import JournalFormat
import Randomness
import Testing

@testable import JournalSQLite

/// Which rows of deliveries a list is made of, and how a walk through them is cut into steps.
@Suite struct DeliveryQueryTests {
    /// A row as a test made it.
    private struct Made {
        let sequence: Int64
        let provider: Int64
        let status: DeliveryStatus
        let origin: Int64
    }

    private static let statuses: [DeliveryStatus] = [.retrying, .rejected, .uncertain, .discarded]

    private static func makeRows(in journal: MemoryJournal, _ random: inout SplitMix) throws -> [Made] {
        var rows: [Made] = []
        for sequence in 1...25 as ClosedRange<Int64> {
            for provider in 1...3 as ClosedRange<Int64> where Bool.random(using: &random) {
                let row = Made(
                    sequence: sequence,
                    provider: provider,
                    status: statuses.randomElement(using: &random)!,
                    origin: Int64.random(in: 1...2, using: &random)
                )
                let due: Int64? = row.status == .retrying ? 5 : nil
                try journal.addRow(sequence, provider, row.status, due: due, origin: row.origin)
                rows.append(row)
            }
        }
        return rows
    }

    @Test(arguments: 1...15)
    func `takes the rows of a part of the table that meet all conditions, in order`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let journal = try MemoryJournal()
        let rows = try Self.makeRows(in: journal, &random)
        for _ in 0..<40 {
            var query = DeliveryQuery(statuses: Set(Self.statuses.filter { _ in Bool.random(using: &random) }))
            query.after = DeliveryRow.Position(sequence: .random(in: 0...25, using: &random), provider: 2)
            let end = DeliveryRow.Position(sequence: .random(in: 0...25, using: &random), provider: 2)
            query.accounts = ([nil, [], [1], [2, 3]] as [[Int64]?]).randomElement(using: &random)!
            query.origins = ([nil, nil, [], [2]] as [[UInt32]?]).randomElement(using: &random)!
            query.sequences = ([nil, nil, [], [3, 4, 5, 6, 7, 20]] as [[Int64]?]).randomElement(using: &random)!
            let limit = Int.random(in: 0...30, using: &random)
            let expected = rows.filter { row in
                let place = (row.sequence, row.provider)
                guard place > (query.after.sequence, query.after.provider), place <= (end.sequence, end.provider),
                    query.statuses.isEmpty || query.statuses.contains(row.status)
                else { return false }
                return query.accounts?.contains(row.provider) ?? true
                    && query.origins?.contains(UInt32(row.origin)) ?? true
                    && query.sequences?.contains(row.sequence) ?? true
            }
            let found = try journal.read { try query.rows(through: end, limit: limit, in: $0) }
            #expect(
                found.map { [$0.sequence, $0.provider] } == expected.prefix(limit).map { [$0.sequence, $0.provider] },
                "seed \(seed)"
            )
        }
    }

    @Test func `a limit below nothing is none`() throws {
        let journal = try MemoryJournal()
        try journal.addRow(1, 1, .rejected)
        for limit in [0, -1, Int.min] {
            let found = try journal.read {
                try DeliveryQuery(statuses: []).rows(through: .end, limit: limit, in: $0)
            }
            #expect(found.isEmpty)
        }
    }

    /// One row for each of so many events, all of one provider.
    private static func fill(_ journal: MemoryJournal, _ count: Int, status: String = "rejected") throws {
        try journal.execute(
            """
            WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < \(count))
            INSERT INTO deliveries(sequence, provider, origin, status, attempts, fault_is_last_attempts)
            SELECT n, 1, 1, '\(status)', 1, 0 FROM numbers
            """
        )
    }

    @Test(arguments: [(0, []), (19_999, []), (20_000, [20_000]), (40_001, [20_000, 40_000])] as [(Int, [Int64])])
    func `a walk through the table ends each step after 20,000 rows`(count: Int, ends: [Int64]) throws {
        let journal = try MemoryJournal()
        if count > 0 { try Self.fill(journal, count) }
        var found: [Int64] = []
        var position = DeliveryRow.Position.start
        while let end = try journal.read({ try DeliveryRow.position(behind: position, in: $0) }) {
            found.append(end.sequence)
            position = end
        }
        #expect(found == ends)
    }

    private func candidates(
        _ journal: MemoryJournal,
        _ statuses: Set<DeliveryStatus>,
        provider: ProviderName? = nil
    ) throws -> (sequences: [Int64]?, steps: Int) {
        var scan = CandidateScan(
            EventFilter(provider: provider, deliveryStatuses: statuses),
            journal.names.current
        )
        var steps = 0
        while !scan.isDone {
            try journal.read { try scan.step(in: $0) }
            steps += 1
        }
        return (scan.sequences, steps)
    }

    @Test func `an event that stands on both sides of a step's end is named once`() throws {
        let journal = try MemoryJournal()
        try Self.fill(journal, 20_000)
        // The second row of event 20,000 is the first of the next step.
        try journal.addRow(20_000, 2, .rejected)
        try journal.addRow(20_001, 2, .rejected)
        let (sequences, steps) = try candidates(journal, [.rejected])
        #expect(steps == 2 && sequences == Array(1...20_001))
    }

    @Test(arguments: DeliveryStatus.allCases)
    func `only states for which there is a row name their events`(status: DeliveryStatus) throws {
        let journal = try MemoryJournal()
        if status != .pending {
            try journal.addRow(3, 1, status, due: status == .retrying ? 1 : nil)
        }
        let (sequences, _) = try candidates(journal, [status])
        let hasRow: Set<DeliveryStatus> = [.retrying, .rejected, .uncertain, .skipped, .discarded]
        #expect(sequences == (hasRow.contains(status) ? [3] : nil))
        #expect(try candidates(journal, [status, .delivered]).sequences == nil)
        #expect(try candidates(journal, []).sequences == nil)
    }

    @Test func `names the events of a provider and of its lanes, and of no other`() throws {
        let journal = try MemoryJournal()
        let lago = journal.names.register("lago")
        let polar = journal.names.register("polar")
        let lane = journal.addLane(1, of: "polar")
        for (sequence, account) in [(1, lago), (2, polar), (3, lane.number), (4, polar)] as [(Int64, Int64)] {
            try journal.addRow(sequence, account, .rejected)
        }
        #expect(try candidates(journal, [.rejected], provider: "polar").sequences == [2, 3, 4])
        #expect(try candidates(journal, [.rejected], provider: "lago").sequences == [1])
        #expect(try candidates(journal, [.rejected], provider: "knetik").sequences == [])
        #expect(try candidates(journal, [.uncertain], provider: "polar").sequences == [])
    }

    /// Beyond 100,000 events a look at each soon finds a page.
    @Test func `gives up where too many events are meant`() throws {
        let journal = try MemoryJournal()
        try Self.fill(journal, 100_001)
        let (sequences, steps) = try candidates(journal, [.rejected])
        #expect(sequences == nil && steps == 6)
        #expect(try candidates(journal, [.uncertain]).sequences == [])
    }
}
