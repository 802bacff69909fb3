import Events
import Randomness
import Testing

@testable import JournalFormat

/// The head of a chunk, which may say anything although the checksum is right.
@Suite struct ChunkHeaderTests {
    private static let tests = ChunkTests()
    private static let whole = tests.chunk([tests.event("a"), tests.event("b")])

    /// A chunk with other bytes at a place, and the checksum of these.
    private static func changed<Number: FixedWidthInteger>(
        _ number: Number,
        at place: Int,
        in chunk: [UInt8] = ChunkHeaderTests.whole
    ) -> [UInt8] {
        var content = Array(chunk.dropLast(8))
        withUnsafeBytes(of: number.littleEndian) { content.replaceSubrange(place..<(place + $0.count), with: $0) }
        return content + withUnsafeBytes(of: Checksum.of(content).littleEndian, Array.init)
    }

    private static func fault(_ chunk: [UInt8]) -> ChunkFault? {
        do throws(ChunkFault) {
            _ = try Chunk.read(chunk, names: tests.names)
            return nil
        } catch {
            return error
        }
    }

    @Test func `begins with its mark and its version`() {
        let chunk = Self.tests.chunk([Self.tests.event("a")], first: 0x0102_0304)
        let length = UInt8(chunk.count - 32)
        #expect(Array(chunk.prefix(4)) == Array("TGch".utf8))
        #expect(chunk[4..<24] == [2, 0, 0, 0, 1, 0, 0, 0, length, 0, 0, 0, 4, 3, 2, 1, 0, 0, 0, 0])
    }

    @Test func `refuses another mark, version or packing`() {
        #expect(Self.fault(Self.changed(UInt32(0x6863_4755), at: 0)) == .malformed)
        for version in [0, 3, 255, .max] as [UInt16] {
            #expect(Self.fault(Self.changed(version, at: 4)) == .unknownVersion(Int(version)))
        }
        for packing in [2, 256, .max] as [UInt16] {
            #expect(Self.fault(Self.changed(packing, at: 6)) == .unknownPacking(Int(packing)))
        }
    }

    /// Nothing is reserved for a count that the bytes cannot hold.
    @Test(arguments: [0, 1, 3, 1000, UInt32.max])
    func `refuses a count that is not that of its frames`(count: UInt32) {
        #expect(Self.fault(Self.changed(count, at: 8)).map { [.malformed, .truncated].contains($0) } == true)
    }

    @Test(arguments: [0, 1, 1 << 20, UInt32.max])
    func `refuses a length that is not that of its frames`(length: UInt32) {
        #expect(Self.fault(Self.changed(length, at: 12)) == .malformed)
    }

    @Test(arguments: [0, 1, SequenceNumber.largest.rawValue])
    func `takes every number that an event can have`(first: Int64) throws {
        let read = try Chunk.read(Self.changed(first, at: 16), names: Self.tests.names)
        #expect(read.first.rawValue == first && read.last.rawValue == first + 1)
    }

    @Test func `a chunk of nothing is one, and ends before it begins`() throws {
        let empty = ChunkBuilder(first: SequenceNumber(7), capacity: 0)
        #expect(empty.frameBytes == 0 && empty.count == 0)
        let packed = empty.finishPacked()
        for stored in [empty.finish(), packed.stored] {
            let read = try Chunk.read(stored, names: Self.tests.names)
            #expect(read.events.isEmpty && read.first == 7 && read.last == 6)
        }
        #expect(packed.frames.count == 0 && packed.frames.byteCount == 0)
    }

    /// Two chunks at one place: whichever is longer must not be taken for the other.
    @Test func `reads none that is longer or shorter than it says`() {
        let chunk = Self.tests.chunk([Self.tests.event("a")])
        for content in [Array(chunk.dropLast(8)) + [0], Array(chunk.dropLast(9)), Array(chunk.prefix(24))] {
            let sealed = content + withUnsafeBytes(of: Checksum.of(content).littleEndian, Array.init)
            #expect(Self.fault(sealed) == .malformed)
        }
        #expect(Self.fault([]) == .truncated && Self.fault(Array(chunk.prefix(31))) == .truncated)
        #expect(Self.fault(Array(chunk.prefix(32))) == .checksum)
    }

    // MARK: Some of the events

    @Test(arguments: 1...20)
    func `reads those that are asked for, packed or not`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let events = (0..<Int.random(in: 1...60, using: &random)).map {
            Self.tests.event("event-\($0)", full: Bool.random(using: &random))
        }
        let encoded = EncodedEvents(events, origins: events.map { _ in 1 }, plans: events.map { _ in 300 })
        var builder = ChunkBuilder(first: SequenceNumber(7), capacity: 0)
        builder.append(encoded.frames[...], count: events.count)
        let asked = (0..<80).filter { _ in Int.random(in: 0..<4, using: &random) == 0 }
        let expected = asked.filter { $0 < events.count }.map { events[$0].id }
        for stored in [builder.finish(), builder.finishPacked().stored] {
            let frames = try ChunkFrames(stored: stored)
            #expect(frames.count == events.count && frames.byteCount == encoded.frames.count)
            #expect(try frames.events(at: asked, names: Self.tests.names).map(\.id) == expected)
        }
    }
}
