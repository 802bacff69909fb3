import Events
import Journal
import JournalFormat
import Randomness
import Testing

@testable import JournalPostgres

/// A run is stored as its first and its last number: an event between them that has no outcome would count as delivered, and never be
/// sent.
@Suite struct SettledRunsTests {
    private static let first: Int64 = 4096 - 60
    private static let count = 160
    private static let at = Timestamp(milliseconds: 1)
    private static var all: ClosedRange<Int64> { first...(first + Int64(count) - 1) }

    /// An account that has claimed all events, some of which have rows of an earlier try.
    private static func progress(retrying rows: Set<Int64>, isLane: Bool) -> AccountProgress {
        let slot = SlotNumbers.slot(of: first)
        let own = ProviderProgress(position: first - 1, isLane: isLane)
        var progress = AccountProgress(isLane: isLane, slots: [slot: own])
        let plan = Plan(route: nil, destinations: [Destination(provider: "lago", adapter: "a", mode: .primary)])
        let events = (0..<count).map { TestJournal.event("\($0)", plan: plan) }
        let chunk = ChunkEvents(first: SequenceNumber(first), events: events, sizes: events.map { _ in 1 })
        let stretch = Stretch(chunks: [chunk], end: all.upperBound)
        if !isLane {
            _ = progress.inSlot(slot) {
                $0.claim(from: stretch, limit: BlockLimit(events: count, bytes: 1 << 20), of: "lago")
            }
        }
        let claimed = rows.map { ($0, AccountProgress.ClaimedRow(attempts: 1, status: .retrying)) }
        progress.claim(Dictionary(uniqueKeysWithValues: claimed))
        return progress
    }

    /// A settlement of some events: delivered, translated only, or each with a row.
    private static func settlement(_ sequences: [Int64], _ random: inout SplitMix) -> Settlement {
        var (delivered, skipped, rows): ([Int64], [Int64], [SettledDelivery]) = ([], [], [])
        for sequence in sequences {
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                let status =
                    [DeliveryStatus.rejected, .retrying, .uncertain].randomElement(using: &random) ?? .rejected
                let due = status == .retrying ? at : nil
                rows.append(
                    SettledDelivery(sequence: SequenceNumber(sequence), status: status, nextAttemptAt: due)
                )
            case 1: skipped.append(sequence)
            default: delivered.append(sequence)
            }
        }
        let attempt = Attempt(at: at, latency: .zero, httpStatus: 200, status: .delivered, deduplicated: false)
        return Settlement(
            provider: "lago",
            delivered: delivered.isEmpty
                ? [] : [DeliveredRun(sequences: delivered.map { SequenceNumber($0) }, attempt: attempt)],
            skipped: skipped.isEmpty ? [] : [SkippedRun(sequences: skipped.map { SequenceNumber($0) }, at: at)],
            exceptions: rows
        )
    }

    @Test(arguments: 1...60)
    func `every event has one outcome, and no run reaches over one that has none`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let isLane = seed % 4 == 0
        let retrying = Set(Self.all.filter { _ in Int.random(in: 0..<15, using: &random) == 0 })
        var progress = Self.progress(retrying: retrying, isLane: isLane)
        var outcomes: [Int64: Int] = [:]
        var open = Set(Self.all)
        while !open.isEmpty {
            // About what requests carry: neighbours, with some left over for a later one.
            let start = open.sorted().randomElement(using: &random) ?? Self.first
            let chosen = open.sorted().filter {
                (start..<(start + 40)).contains($0) && Int.random(in: 0..<8, using: &random) > 0
            }
            guard !chosen.isEmpty else { continue }
            let settlement = Self.settlement(chosen, &random)
            let batch = SettleBatch([.settle(settlement)], progress: progress)
            open.subtract(chosen)
            for run in batch.runs {
                for sequence in run.sequences { outcomes[sequence, default: 0] += 1 }
                guard let first = run.sequences.first, let last = run.sequences.last else {
                    Issue.record("an empty run")
                    return
                }
                #expect(run.sequences == run.sequences.sorted() && first / 4096 == last / 4096)
                #expect(run.sequences.allSatisfy { !retrying.contains($0) }, "its row would stay behind")
                // The runs of a lane name their events.
                if !isLane { #expect((first...last).allSatisfy { !open.contains($0) }, "\(run.sequences)") }
            }
            for exception in batch.exceptions { outcomes[exception.sequence.rawValue, default: 0] += 1 }
            let settled = batch.runs.flatMap(\.sequences) + batch.exceptions.map(\.sequence.rawValue)
            #expect(settled.sorted() == chosen, "what was settled, and nothing else")
            for exception in batch.exceptions
            where settlement.exceptions.allSatisfy({ $0.sequence != exception.sequence }) {
                #expect(retrying.contains(exception.sequence.rawValue), "only what has a row gets one")
                #expect(exception.status == .delivered || exception.status == .skipped)
                #expect(exception.newAttempts.count == (exception.status == .delivered ? 1 : 0))
            }
            batch.apply(to: &progress)
        }
        #expect(outcomes.count == Self.count && outcomes.values.allSatisfy { $0 == 1 })
        #expect(progress.rows.isEmpty)
    }

    /// What is counted adds up to what there is: each event in one state, whatever was settled together.
    @Test(arguments: 1...30)
    func `the counts of a lane are those of its events`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let retrying = Set(Self.all.filter { _ in Int.random(in: 0..<10, using: &random) == 0 })
        var progress = Self.progress(retrying: retrying, isLane: true)
        var counts: [String: Int] = ["retrying": retrying.count]
        var expected: [String: Int] = [:]
        for piece in stride(from: Self.all.lowerBound, through: Self.all.upperBound, by: 16) {
            let settlement = Self.settlement(Array(piece..<min(piece + 16, Self.all.upperBound + 1)), &random)
            for run in settlement.delivered { expected["delivered", default: 0] += run.sequences.count }
            for run in settlement.skipped { expected["skipped", default: 0] += run.sequences.count }
            for row in settlement.exceptions { expected[row.status.rawValue, default: 0] += 1 }
            let batch = SettleBatch([.settle(settlement)], progress: progress)
            let before = batch.exceptions.map { exception -> (Int64, SettleBatch.Before) in
                let number = exception.sequence.rawValue
                let hasRow = retrying.contains(number)
                return (number, SettleBatch.Before(attempts: hasRow ? 1 : 0, status: hasRow ? .retrying : nil))
            }
            for (word, change) in batch.countChanges(Dictionary(uniqueKeysWithValues: before)) {
                #expect(change != 0)
                counts[word, default: 0] += change
            }
            batch.apply(to: &progress)
        }
        #expect(counts.filter { $0.value != 0 } == expected)
    }
}
