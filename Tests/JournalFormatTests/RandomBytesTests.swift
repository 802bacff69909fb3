import Events
import Journal
import JournalFormat
import Randomness
import Testing

/// What comes from a database may be any bytes: a decoder refuses them, and ends no process.
@Suite struct RandomBytesTests {
    /// Bytes of any length up to a limit, mostly few.
    private func bytes(atMost most: Int, using random: inout SplitMix) -> [UInt8] {
        let limit = Bool.random(using: &random) ? min(40, most) : most
        let count = Int.random(in: 0...limit, using: &random)
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }

    /// Some of the bytes are others, some are missing, some are twice there.
    private func changed(_ whole: [UInt8], using random: inout SplitMix) -> [UInt8] {
        var bytes = whole
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let index = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
            case 1: bytes.removeSubrange(index...)
            default: bytes.insert(contentsOf: bytes[index...].prefix(9), at: index)
            }
        }
        return bytes
    }

    @Test(arguments: 1...20) func `no chunk is read from bytes that are none`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<500 {
            let bytes = bytes(atMost: 2000, using: &random)
            #expect(throws: ChunkFault.self) { try Chunk.read(bytes, names: ChunkTests.Names()) }
            #expect(throws: ChunkFault.self) { try Chunk.keys(bytes) }
        }
    }

    @Test(arguments: [Int64.min, -1, SequenceNumber.largest.rawValue + 1, .max])
    func `a chunk whose number is that of no event is damaged`(first: Int64) {
        let tests = ChunkTests()
        let bytes = tests.chunk([tests.event("a"), tests.event("b")], first: first)
        #expect(throws: ChunkFault.malformed) { try Chunk.read(bytes, names: tests.names) }
        #expect(throws: ChunkFault.malformed) { try Chunk.keys(bytes) }
    }

    @Test(arguments: 1...20) func `a filter is read only from as many bytes as it has`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let capacities = [Int.min, -1, 0, 1, 31, 1000, 1 << 40, Int.max / 16, .max]
        for _ in 0..<200 {
            let bytes = bytes(atMost: 4096, using: &random)
            for capacity in capacities {
                guard let filter = IdentityFilter(capacity: capacity, bytes: bytes) else { continue }
                #expect(filter.bytes == bytes)
                _ = filter.contains(UInt64.random(in: .min ... .max, using: &random))
            }
        }
    }

    @Test(arguments: 1...20) func `a plan is read whole or not at all`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let settings = DestinationSettings([
            "prefix": .text("ü-"), "flat": .flag(true), "places": .number(3), "names": .texts(["a", "b"]),
        ])
        let destinations = [
            Destination(provider: "p", adapter: "acme", mode: .primary, rename: ["a": "b"], settings: settings),
            Destination(provider: "q", adapter: "acme", mode: .shadow),
        ]
        let whole = Plan(route: "r", destinations: destinations).encoded
        #expect(PlanCoding.decode(whole)?.destinations == destinations)
        for _ in 0..<500 {
            _ = PlanCoding.decode(bytes(atMost: 500, using: &random))
            guard let plan = PlanCoding.decode(changed(whole, using: &random)) else { continue }
            #expect(Set(plan.destinations.map(\.provider)).count == plan.destinations.count)
        }
    }

    @Test(arguments: 1...20) func `a lane's filter is read or refused`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let filter = LaneFilter(
            tenant: "t",
            names: ["a*"],
            customerIDs: ["ü"],
            from: Timestamp(milliseconds: 1),
            until: Timestamp(milliseconds: 2)
        )
        let whole = try LaneFilterText.encode(filter)
        #expect(try LaneFilterText.decode(whole) == filter)
        for _ in 0..<500 {
            _ = try? LaneFilterText.decode(bytes(atMost: 500, using: &random))
            _ = try? LaneFilterText.decode(changed(whole, using: &random))
        }
    }
}
