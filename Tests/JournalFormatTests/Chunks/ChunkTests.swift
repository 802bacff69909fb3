import Events
import JournalFormat
import Randomness
import Testing

@Suite struct ChunkTests {
    /// The names that the events of these tests use.
    struct Names: ChunkNames {
        let known = Plan(route: "default", destinations: [])

        func origin(_ number: UInt64) throws(ChunkFault) -> EventOrigin {
            guard number == 1 else { throw .unknownOrigin(number) }
            return EventOrigin(tenant: "shop", client: "web")
        }

        func plan(_ number: UInt64) throws(ChunkFault) -> Plan {
            guard number == 300 else { throw .unknownPlan(number) }
            return known
        }
    }

    let names = Names()

    func event(_ id: String, full: Bool = false) -> AcceptedEvent {
        AcceptedEvent(
            CanonicalEvent(
                idScope: full ? "sub_1" : "",
                name: "api_request",
                customerID: full ? "customer" : nil,
                subscriptionID: full ? "sub_1" : nil,
                timestamp: full ? Timestamp(milliseconds: -1) : nil,
                source: full ? "" : nil,
                properties: full ? JSONText(checked: #"{"a": 1}"#) : nil,
                vendor: full ? JSONText(checked: "{}") : nil
            ),
            id: EventID(id),
            in: Submission(
                tenant: "shop",
                client: "web",
                acceptedAt: Timestamp(milliseconds: 1_750_000_000_000),
                plan: names.known
            )
        )
    }

    func chunk(_ events: [AcceptedEvent], first: Int64 = 7, origin: UInt32 = 1, plan: UInt32 = 300) -> [UInt8] {
        let encoded = EncodedEvents(
            events,
            origins: events.map { _ in origin },
            plans: events.map { _ in plan }
        )
        var builder = ChunkBuilder(first: SequenceNumber(first), capacity: 0)
        builder.append(encoded.frames[...], count: events.count)
        return builder.finish()
    }

    @Test func `gives back what was put in`() throws {
        let events = [event("a"), event("b", full: true), event(String(repeating: "ü", count: 127))]
        let read = try Chunk.read(chunk(events), names: names)
        #expect(read.first == SequenceNumber(7))
        #expect(read.last == SequenceNumber(9))
        for (found, event) in zip(read.events, events) {
            #expect(found.id == event.id)
            #expect(found.fieldsDiffering(from: event) == [])
            #expect(found.idScope == event.idScope)
            #expect(found.timestamp == event.timestamp)
            #expect(found.acceptedAt == event.acceptedAt)
            #expect(found.tenant == "shop")
            #expect(found.plan === names.known)
        }
        #expect(read.sizes.reduce(0, +) == chunk(events).count - 32)
    }

    @Test func `joins frames of several requests`() throws {
        let (one, two) = (
            EncodedEvents([event("a")], origins: [1], plans: [300]),
            EncodedEvents([event("b"), event("c")], origins: [1, 1], plans: [300, 300])
        )
        var builder = ChunkBuilder(first: SequenceNumber(1), capacity: 10)
        builder.append(one.frames[...], count: 1)
        builder.append(two.frames[two.range(of: 1)], count: 1)
        let read = try Chunk.read(builder.finish(), names: names)
        #expect(read.events.map(\.id) == ["a", "c"])
    }

    @Test func `finds every single bit that changed`() {
        let whole = chunk([event("a"), event("b", full: true)])
        for bit in 0..<(whole.count * 8) {
            var damaged = whole
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: ChunkFault.self) { try Chunk.read(damaged, names: names) }
        }
    }

    @Test func `finds what is cut off`() {
        let whole = chunk([event("a"), event("b", full: true)])
        for count in 0..<whole.count {
            #expect(throws: ChunkFault.self) { try Chunk.read(Array(whole[..<count]), names: names) }
        }
    }

    /// Damage that the checksum does not show, because it was there when the checksum was made.
    @Test(arguments: 0..<20)
    func `survives frames that are not frames`(seed: UInt64) {
        var generator = SplitMix(seed: seed)
        let whole = chunk([event("a"), event("b", full: true), event("c")])
        for _ in 0..<5000 {
            var frames = Array(whole[24..<(whole.count - 8)])
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                frames[Int.random(in: frames.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) { frames.removeLast(Int.random(in: 0...frames.count, using: &generator)) }
            var builder = ChunkBuilder(first: SequenceNumber(1), capacity: 0)
            builder.append(frames[...], count: 3)
            _ = try? Chunk.read(builder.finish(), names: names)
        }
    }

    @Test func `names what it does not know`() {
        #expect(throws: ChunkFault.unknownOrigin(2)) { try Chunk.read(chunk([event("a")], origin: 2), names: names) }
        #expect(throws: ChunkFault.unknownPlan(4)) { try Chunk.read(chunk([event("a")], plan: 4), names: names) }
    }
}
