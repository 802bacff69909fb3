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
        let read = try #require(try RunMembers(decoding: members.encoded, first: first))
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
        #expect(try RunMembers(decoding: members.encoded, first: later)?.ranges == read.ranges)
    }

    @Test func `does without bits that are missing`() throws {
        #expect(try RunMembers(decoding: nil, first: 5) == nil)
        let none = try RunMembers(decoding: [0, 0], first: 5)
        #expect(none?.ranges == [])
        #expect(none?.contains(5) == false)
    }

    /// Taken for a run of neighbours, they would make events delivered that were never sent.
    @Test(arguments: [[], [1], [1, 2], [0, 2, 0], [255, 1, 0, 0], [255, 255, 1]] as [[UInt8]])
    func `bytes that are no members are damage`(bytes: [UInt8]) {
        #expect(throws: DamagedMembers.self) { try RunMembers(decoding: bytes, first: 5) }
    }

    @Test(arguments: 1...40)
    func `whatever bytes there are, its events are in its span`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let numbers: [Int64] = [.min, -1, 0, 1, 4095, 4096, 1 << 40, (1 << 60) - 1, 1 << 60, .max]
        for _ in 0..<200 {
            let count = Int.random(in: 0...600, using: &random)
            var bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            if count > 1, Bool.random(using: &random) { bytes[1] = UInt8.random(in: 0...2, using: &random) }
            for first in numbers {
                guard let members = try? RunMembers(decoding: bytes, first: first) else { continue }
                let span = (first - first % RunMembers.span)...(first | (RunMembers.span - 1))
                #expect(members.ranges.allSatisfy { span.contains($0.lowerBound) && span.contains($0.upperBound) })
                for number in numbers { _ = (members.contains(number), members.first(from: number)) }
            }
        }
    }
}
