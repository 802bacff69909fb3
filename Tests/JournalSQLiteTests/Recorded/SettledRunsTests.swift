import Events
import Foundation
import GRDB
import JournalFormat
import Randomness
import Testing

@testable import JournalSQLite

/// Runs of deliveries: which of them holds an event, where one lies within another or knows its own events only.
@Suite struct SettledRunsTests {
    /// A run as a simple list of its events.
    private struct ListedRun {
        let account: Int64
        let sequences: [Int64]
        /// Tells it from all others.
        let at: Int64
        let isSkipped: Bool
    }

    /// What a run says, in a form that can be compared.
    private struct Said: Equatable {
        let isSkipped: Bool
        let at: Int64?

        init(_ outcome: SettledRuns.Outcome) {
            isSkipped = outcome.attempt == nil
            at = outcome.attempt?.at.milliseconds
        }

        init(_ run: ListedRun) {
            isSkipped = run.isSkipped
            at = run.isSkipped ? nil : run.at
        }
    }

    private static let numbers: [Int64] = Array(0...70) + Array(4060...4170) + Array(8150...8230)

    /// Random runs around the borders of spans, which none of them crosses.
    private static func makeRuns(in journal: MemoryJournal, _ random: inout SplitMix) throws -> [ListedRun] {
        var runs: [ListedRun] = []
        for number in 1...60 {
            let account = Int64.random(in: 1...2, using: &random)
            let first = numbers.randomElement(using: &random) ?? 0
            let border = (first / RunMembers.span + 1) * RunMembers.span - 1
            let last = min(border, first + Int64.random(in: 0...30, using: &random))
            guard !runs.contains(where: { $0.account == account && $0.sequences[0] == first }) else { continue }
            var sequences = Array(first...last)
            let hasMembers = Bool.random(using: &random)
            if hasMembers {
                sequences = sequences.filter { $0 == first || $0 == last || Bool.random(using: &random) }
            }
            let isSkipped = Int.random(in: 0..<4, using: &random) == 0
            try journal.addRun(
                first...last,
                account,
                at: Int64(number),
                isSkipped: isSkipped,
                members: hasMembers ? sequences : nil
            )
            runs.append(
                ListedRun(account: account, sequences: sequences, at: Int64(number), isSkipped: isSkipped)
            )
        }
        return runs
    }

    /// The last run that begins at the event or before it, of those that hold it.
    private static func expected(_ sequence: Int64, _ account: Int64, _ runs: [ListedRun]) -> Said? {
        runs.filter { $0.account == account && $0.sequences.contains(sequence) }
            .max { $0.sequences[0] < $1.sequences[0] }
            .map { Said($0) }
    }

    @Test(arguments: 1...10)
    func `tells the run of an event, looked up alone or with its neighbours`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let journal = try MemoryJournal()
        let runs = try Self.makeRuns(in: journal, &random)
        try journal.read { db in
            for account in [1, 2, 3] as [Int64] {
                for sequence in Self.numbers {
                    let found = try SettledRuns.outcome(at: sequence, account, in: db).map { Said($0) }
                    #expect(found == Self.expected(sequence, account, runs), "event \(sequence), seed \(seed)")
                }
            }
            for _ in 0..<40 {
                let ends = [Self.numbers.randomElement(using: &random)!, Self.numbers.randomElement(using: &random)!]
                let range = ends.min()!...ends.max()!
                let settled = try SettledRuns(of: range, in: db)
                for account in [1, 2] as [Int64] {
                    for sequence in Self.numbers where range.contains(sequence) {
                        let found = settled.outcome(at: sequence, account).map { Said($0) }
                        #expect(
                            found == Self.expected(sequence, account, runs),
                            "\(sequence) of \(range), seed \(seed)"
                        )
                        let status = found.map { $0.isSkipped ? DeliveryStatus.skipped : .delivered }
                        #expect(settled.status(at: sequence, account) == status)
                    }
                }
            }
        }
    }

    @Test(arguments: 1...10)
    func `goes through the events that runs hold in a range, of the runs that are meant`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let journal = try MemoryJournal()
        let runs = try Self.makeRuns(in: journal, &random)
        try journal.read { db in
            for range in [0...9000, 30...4100, 4096...4096, 4150...8160, 9000...9100] as [ClosedRange<Int64>] {
                for accounts in [nil, [1], [2], [7]] as [Set<Int64>?] {
                    let settled = try SettledRuns(of: range, at: accounts, in: db)
                    var (all, skipped): (Set<Int64>, Set<Int64>) = ([], [])
                    settled.forEachSequence(in: range) { all.insert($0) }
                    settled.forEachSequence(in: range, where: { $0.attempt == nil }) { skipped.insert($0) }
                    let own = runs.filter { accounts?.contains($0.account) ?? true }
                    #expect(all == Set(own.flatMap(\.sequences)).filter { range.contains($0) }, "\(range)")
                    let ownSkipped = Set(own.filter(\.isSkipped).flatMap(\.sequences))
                    #expect(skipped == ownSkipped.filter { range.contains($0) }, "\(range)")
                    #expect(Set(settled.accounts).isSubset(of: accounts ?? [1, 2]))
                }
            }
        }
    }

    @Test func `gives the attempt that delivered a run, and none for what was translated only`() throws {
        let journal = try MemoryJournal()
        try journal.addRun(1...3, 1, at: 77, isDeduplicated: true)
        try journal.addRun(4...4, 1, at: 78, isSkipped: true)
        try journal.read { db in
            let delivered = try #require(try SettledRuns.outcome(at: 2, 1, in: db)?.attempt)
            let attempt = Attempt(
                at: Timestamp(milliseconds: 77),
                latency: .microseconds(1500),
                httpStatus: 200,
                status: .delivered,
                deduplicated: true
            )
            #expect(delivered == attempt)
            let skipped = try #require(try SettledRuns.outcome(at: 4, 1, in: db))
            #expect(skipped.attempt == nil)
            #expect(try SettledRuns.outcome(at: 5, 1, in: db) == nil)
        }
    }

    @Test(arguments: ["x'00'", "x'0002ff'", "x'ff010101'"])
    func `takes a run whose events cannot be read for no run of neighbours`(members: String) throws {
        let journal = try MemoryJournal()
        try journal.addRun(1...9, 1)
        try journal.execute("UPDATE delivered SET members = \(members)")
        try journal.read { db in
            #expect(throws: DamagedMembers.self) { try SettledRuns.outcome(at: 5, 1, in: db) }
            #expect(throws: DamagedMembers.self) { try SettledRuns(of: 1...9, in: db) }
        }
    }
}
