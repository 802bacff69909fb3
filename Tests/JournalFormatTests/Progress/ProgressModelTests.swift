import Events
import Journal
import Randomness
import Testing

@testable import JournalFormat

/// Whatever happens, each event is handed out until it is settled, and never by two at a time.
@Suite struct ProgressModelTests {
    private static let length: Int64 = 60

    /// A journal in which some events are the provider's, with what has become of each.
    private struct Sample {
        let own: Set<Int64>
        let letters: String
        /// Handed out in this lease and not settled.
        var held: Set<Int64> = []
        var settled: Set<Int64> = []

        init(_ random: inout SplitMix) {
            let letters = (0..<ProgressModelTests.length).map { _ in Bool.random(using: &random) ? "x" : "." }
            self.letters = letters.joined()
            own = Set(letters.indices.filter { letters[$0] == "x" }.map { Int64($0) + 1 })
        }

        var open: Set<Int64> { own.subtracting(settled) }
    }

    /// Claims a few events of the next stretch of the journal.
    private func claim(_ progress: inout ProviderProgress, _ journal: Sample, _ random: inout SplitMix) -> [Int64] {
        let end = min(Self.length, progress.position + Int64.random(in: 1...20, using: &random))
        guard end > progress.position else { return [] }
        let letters = journal.letters.prefix(Int(end))
        return ProviderProgressTests.claim(
            &progress,
            ProviderProgressTests.stretch(String(letters)),
            events: Int.random(in: 1...9, using: &random)
        )
    }

    @Test(arguments: 1...60)
    func `hands out each event until it is settled`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        var journal = Sample(&random)
        var progress = ProviderProgress(position: 0, pending: journal.own.count)
        for step in 0..<400 where !journal.open.isEmpty {
            switch Int.random(in: 0..<8, using: &random) {
            case 0..<3:
                let taken = claim(&progress, journal, &random)
                #expect(taken == taken.sorted() && journal.held.isDisjoint(with: taken), "step \(step)")
                #expect(journal.open.isSuperset(of: taken), "nothing that is settled or another's, step \(step)")
                journal.held.formUnion(taken)
            case 3..<7:
                for sequence in journal.held.sorted().prefix(Int.random(in: 0...3, using: &random)) {
                    // Not always the oldest first.
                    let chosen = journal.held.sorted().randomElement(using: &random) ?? sequence
                    progress.settleFirst(chosen)
                    journal.held.remove(chosen)
                    journal.settled.insert(chosen)
                }
            default:
                progress.endClaims()
                journal.held = []
                #expect(progress.holdsNothing && progress.position == progress.cursor)
            }
            #expect(progress.pending == journal.open.count, "step \(step)")
            let oldest = journal.open.min() ?? Self.length + 1
            #expect(progress.cursor < oldest, "a restart comes before all that is open, step \(step)")
            let waiting = progress.waiting
            let ahead = journal.own.filter { $0 > waiting.position && !waiting.ahead.contains($0) }
            #expect(Set(waiting.open).union(ahead) == journal.open, "step \(step)")
            #expect(waiting.events == journal.open.count)
        }
        // To the end, with nothing that goes wrong.
        progress.endClaims()
        while !journal.open.isEmpty {
            let before = progress.position
            let taken = claim(&progress, journal, &random)
            guard !taken.isEmpty || progress.position > before else { break }
            for sequence in taken { progress.settleFirst(sequence) }
            journal.settled.formUnion(taken)
        }
        #expect(journal.open.isEmpty && progress.pending == 0)
        #expect(progress.holdsNothing && progress.isSettled(1...progress.position))
    }

    @Test(arguments: 1...30)
    func `never takes for settled what is open`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        var journal = Sample(&random)
        var progress = ProviderProgress(position: 0, pending: journal.own.count)
        for _ in 0..<60 {
            journal.held.formUnion(claim(&progress, journal, &random))
            if let chosen = journal.held.sorted().randomElement(using: &random), Bool.random(using: &random) {
                progress.settleFirst(chosen)
                journal.held.remove(chosen)
                journal.settled.insert(chosen)
            }
            let lower = Int64.random(in: 1...Self.length, using: &random)
            let range = lower...min(Self.length, lower + Int64.random(in: 0...9, using: &random))
            let isOpen = journal.open.contains { range.contains($0) }
            if isOpen { #expect(!progress.isSettled(range), "\(range)") }
            // Within the walk the answer is exact.
            if range.upperBound <= progress.position { #expect(progress.isSettled(range) == !isOpen, "\(range)") }
        }
    }
}
