import Events
import Randomness
import Testing

@testable import JournalFormat

@Suite struct PackedChunkTests {
    let names = ChunkTests.Names()

    private func builder(_ events: [AcceptedEvent]) -> ChunkBuilder {
        let numbers = (origins: events.map { _ in UInt32(1) }, plans: events.map { _ in UInt32(300) })
        let encoded = EncodedEvents(events, origins: numbers.origins, plans: numbers.plans)
        var builder = ChunkBuilder(first: SequenceNumber(7), capacity: 0)
        builder.append(encoded.frames[...], count: events.count)
        return builder
    }

    private func similarEvents(_ count: Int) -> [AcceptedEvent] {
        (1...count).map { ChunkTests().event("event-\($0)", full: true) }
    }

    /// An event that has no two parts alike.
    private func noise(_ bytes: Int) -> AcceptedEvent {
        var generator = SplitMix(seed: 5)
        let id = (0..<bytes).map { _ in Character(Unicode.Scalar(UInt8.random(in: 33...126, using: &generator))) }
        return ChunkTests().event(String(id))
    }

    /// A chunk with the checksum that its bytes should have.
    private func resealed(_ chunk: [UInt8]) -> [UInt8] {
        let content = Array(chunk.dropLast(8))
        return content + withUnsafeBytes(of: Checksum.of(content).littleEndian, Array.init)
    }

    @Test func `takes less room for events that are alike, and gives all of them back`() throws {
        let events = similarEvents(50)
        let packed = builder(events).finishPacked()
        #expect(packed.stored.count < builder(events).finish().count / 3)
        for read in [try Chunk.read(packed.stored, names: names), try packed.frames.events(names: names)] {
            #expect(read.first == SequenceNumber(7))
            #expect(read.events.map(\.id) == events.map(\.id))
            for (found, event) in zip(read.events, events) { #expect(found.fieldsDiffering(from: event) == []) }
        }
        let frames = try ChunkFrames(stored: packed.stored)
        #expect(try frames.events(at: [0, 31, 49, 50], names: names).map(\.id) == ["event-1", "event-32", "event-50"])
        let keys = try frames.keys()
        #expect(keys.events.map { String(decoding: keys.bytes[$0.name], as: UTF8.self) } == events.map(\.name))
    }

    @Test func `leaves events as they are that do not become smaller`() throws {
        let packed = builder([noise(2000)]).finishPacked()
        #expect(packed.stored == builder([noise(2000)]).finish())
        #expect(try Chunk.read(packed.stored, names: names).events.map(\.id) == [noise(2000).id])
        #expect(try packed.frames.events(names: names).events.count == 1)
    }

    @Test func `reads a chunk of the layout before there was packing`() throws {
        var old = builder(similarEvents(3)).finish()
        old[4] = 1
        #expect(try Chunk.read(resealed(old), names: names).events.map(\.id) == ["event-1", "event-2", "event-3"])
    }

    @Test func `finds every single bit that changed`() {
        let whole = builder(similarEvents(5)).finishPacked().stored
        for bit in 0..<(whole.count * 8) {
            var damaged = whole
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: ChunkFault.self) { try Chunk.read(damaged, names: names) }
        }
    }

    @Test func `finds what is cut off`() {
        let whole = builder(similarEvents(5)).finishPacked().stored
        for count in 0..<whole.count {
            #expect(throws: ChunkFault.self) { try Chunk.read(Array(whole[..<count]), names: names) }
        }
    }

    @Test(arguments: [0, 1, 500, 1 << 20, UInt32.max])
    func `believes no length that the block does not have`(length: UInt32) {
        var chunk = builder(similarEvents(5)).finishPacked().stored
        withUnsafeBytes(of: length.littleEndian) { chunk.replaceSubrange(12..<16, with: $0) }
        #expect(throws: ChunkFault.malformed) { try Chunk.read(resealed(chunk), names: names) }
    }

    @Test func `names a packing that it does not know`() {
        var chunk = builder(similarEvents(5)).finishPacked().stored
        chunk[6] = 9
        #expect(throws: ChunkFault.unknownPacking(9)) { try Chunk.read(resealed(chunk), names: names) }
    }

    /// Damage that the checksum does not show, because it was there when the checksum was made.
    @Test(arguments: 0..<20)
    func `survives blocks that are not blocks`(seed: UInt64) {
        var generator = SplitMix(seed: seed)
        let whole = builder(similarEvents(20)).finishPacked().stored
        for _ in 0..<2000 {
            var damaged = whole
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 24..<(whole.count - 8), using: &generator)
                damaged[place] = UInt8.random(in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) {
                let cut = Int.random(in: 0...(whole.count - 32), using: &generator)
                damaged.removeSubrange((whole.count - 8 - cut)..<(whole.count - 8))
            }
            _ = try? Chunk.read(resealed(damaged), names: names)
        }
    }
}
