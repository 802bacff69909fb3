import Events
import Randomness
import Testing

@testable import JournalFormat

@Suite struct RunMembersTests {
    private static func members(_ sequences: [Int64]) -> RunMembers? {
        RunMembers(sequences.map { SequenceNumber($0) }[...])
    }

    @Test func `keeps nothing for neighbours, whose first and last say all`() {
        for sequences in [[1], [7, 8, 9], [4095], Array(4096...4100)] as [[Int64]] {
            #expect(Self.members(sequences) == nil)
        }
    }

    @Test(arguments: 1...40)
    func `tells the events of a run from those between them`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let span = Int64.random(in: 0...3, using: &random) * RunMembers.span
        let density = Int.random(in: 1...50, using: &random)
        let within = (span + Int64.random(in: 0...4000, using: &random))..<(span + RunMembers.span)
        let sequences = within.filter { _ in Int.random(in: 0..<density, using: &random) == 0 }
        guard let first = sequences.first, let members = Self.members(sequences) else { return }
        let read = try #require(RunMembers(decoding: members.encoded, first: first))
        let chosen = Set(sequences)
        for sequence in (span - 10)..<(span + RunMembers.span + 10) {
            #expect(read.contains(sequence) == chosen.contains(sequence))
        }
        #expect(read.ranges.flatMap(Array.init) == sequences)
        for start in [within.lowerBound - 1, first, first + 1, sequences[sequences.count / 2] + 1, within.upperBound] {
            #expect(read.first(from: start) == sequences.first { $0 >= start })
        }
        // Retention moves the beginning of a run and leaves the bits.
        let later = sequences[sequences.count / 2]
        #expect(RunMembers(decoding: members.encoded, first: later)?.ranges == read.ranges)
    }

    @Test func `does without bits that are missing`() {
        #expect(RunMembers(decoding: nil, first: 5) == nil)
        #expect(RunMembers(decoding: [1], first: 5) == nil)
        let none = RunMembers(decoding: [0, 0], first: 5)
        #expect(none?.ranges == [])
        #expect(none?.contains(5) == false)
    }
}
