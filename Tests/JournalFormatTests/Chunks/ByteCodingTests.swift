import Randomness
import Testing

@testable import JournalFormat

/// Numbers and texts as bytes, and what is read from bytes that are none.
@Suite struct ByteCodingTests {
    private static func written(_ write: (inout ByteWriter) -> Void) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 4096) { memory, count in
            var writer = ByteWriter(into: UnsafeMutableRawBufferPointer(memory))
            write(&writer)
            count = writer.place
        }
    }

    private static func read<Value>(
        _ bytes: [UInt8],
        at place: Int = 0,
        _ body: (inout ByteReader) throws(ChunkFault) -> Value
    ) throws(ChunkFault) -> (Value, place: Int) {
        try bytes.withUnsafeBufferPointer { (buffer) throws(ChunkFault) -> (Value, place: Int) in
            var reader = ByteReader(UnsafeRawBufferPointer(buffer), at: place)
            let value = try body(&reader)
            return (value, reader.place)
        }
    }

    // MARK: Varying numbers

    @Test(
        arguments: [
            (0, [0]), (1, [1]), (127, [0x7F]), (128, [0x80, 1]), (300, [0xAC, 2]), (16383, [0xFF, 0x7F]),
            (16384, [0x80, 0x80, 1]), (1 << 63, [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1]),
            (.max, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1]),
        ] as [(UInt64, [UInt8])]
    )
    func `writes groups of seven bits, lowest first`(number: UInt64, bytes: [UInt8]) throws {
        #expect(Self.written { $0.varying(number) } == bytes)
        let (read, place) = try Self.read(bytes + [7]) { (reader) throws(ChunkFault) in try reader.varying() }
        #expect(read == number && place == bytes.count)
        #expect(bytes.count <= ByteWriter.longestVarying)
    }

    @Test(
        arguments: [
            ([], .truncated), ([0x80], .truncated), ([0xFF, 0xFF], .truncated),
            // More bits than a number has.
            ([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 2], .malformed),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], .malformed),
            ([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0], .malformed),
        ] as [([UInt8], ChunkFault)]
    )
    func `refuses bytes that are no number`(bytes: [UInt8], fault: ChunkFault) {
        #expect(throws: fault) { try Self.read(bytes) { (reader) throws(ChunkFault) in try reader.varying() } }
        #expect(throws: fault) { try Self.read(bytes) { (reader) throws(ChunkFault) in try reader.signed() } }
        #expect(throws: fault) { try Self.read(bytes) { (reader) throws(ChunkFault) in try reader.counted() } }
    }

    @Test(
        arguments: [
            (0, [0]), (-1, [1]), (1, [2]), (-2, [3]), (63, [126]), (-64, [127]), (64, [0x80, 1]),
            (.max, [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1]),
            (.min, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1]),
        ] as [(Int64, [UInt8])]
    )
    func `folds numbers with a sign`(number: Int64, bytes: [UInt8]) throws {
        #expect(Self.written { $0.signed(number) } == bytes)
        #expect(try Self.read(bytes) { (reader) throws(ChunkFault) in try reader.signed() }.0 == number)
    }

    // MARK: Fixed numbers

    @Test func `reads fixed numbers with the least significant byte first, at any place`() throws {
        let bytes = Self.written { writer in
            writer.byte(9)
            writer.fixed(UInt32(0x0102_0304))
            writer.fixed(Int64(-2))
            writer.fixed(UInt16(7))
        }
        #expect(bytes == [9, 4, 3, 2, 1, 254, 255, 255, 255, 255, 255, 255, 255, 7, 0])
        let read = try Self.read(bytes, at: 1) { (reader) throws(ChunkFault) -> [Int64] in
            [Int64(try reader.fixed(UInt32.self)), try reader.fixed(Int64.self), Int64(try reader.fixed(UInt16.self))]
        }
        #expect(read.0 == [0x0102_0304, -2, 7] && read.place == bytes.count)
        for count in 0..<8 {
            #expect(throws: ChunkFault.truncated) {
                try Self.read(Array(bytes.prefix(count))) { (reader) throws(ChunkFault) in try reader.fixed(Int64.self)
                }
            }
        }
    }

    @Test func `writes over what was left free`() {
        let bytes = Self.written { writer in
            writer.fixed(UInt32(0))
            writer.text("ü")
            writer.put(UInt32(writer.place), at: 0)
        }
        #expect(bytes == [7, 0, 0, 0, 2, 0xC3, 0xBC])
    }

    // MARK: Texts

    @Test(arguments: ["", "a", "e\u{301}", "\u{E9}", "\0", "👍", String(repeating: "ü", count: 200)])
    func `gives back a text byte for byte`(text: String) throws {
        let bytes = Self.written { $0.text(text) }
        let (read, place) = try Self.read(bytes) { (reader) throws(ChunkFault) in try reader.text() }
        #expect(read.utf8.elementsEqual(text.utf8) && place == bytes.count)
        for count in 0..<bytes.count {
            #expect(throws: ChunkFault.truncated) {
                try Self.read(Array(bytes.prefix(count))) { (reader) throws(ChunkFault) in try reader.text() }
            }
        }
    }

    @Test(arguments: [[1, 0xFF], [2, 0xC3, 0x28], [3, 0xED, 0xA0, 0x80], [4, 0xF8, 0x88, 0x80, 0x80]] as [[UInt8]])
    func `reads bytes that are no text with replacement characters`(bytes: [UInt8]) throws {
        let text = try Self.read(bytes) { (reader) throws(ChunkFault) in try reader.text() }.0
        #expect(text.unicodeScalars.contains("\u{FFFD}"))
    }

    @Test(
        arguments: [
            [2, 1], [0xFF, 0x7F, 1], [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1],
            [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1],
        ] as [[UInt8]]
    )
    func `believes no count beyond the end`(bytes: [UInt8]) {
        #expect(throws: ChunkFault.truncated) {
            try Self.read(bytes) { (reader) throws(ChunkFault) in try reader.counted() }
        }
    }

    @Test func `goes on at the end, and at no place behind it`() throws {
        let bytes: [UInt8] = [1, 2, 3]
        let end = try Self.read(bytes) { (reader) throws(ChunkFault) in try reader.skip(to: 3) }
        #expect(end.place == 3)
        for place in [4, Int.max] {
            #expect(throws: ChunkFault.truncated) {
                try Self.read(bytes) { (reader) throws(ChunkFault) in try reader.skip(to: place) }
            }
        }
        #expect(throws: ChunkFault.truncated) { try Self.read([]) { (reader) throws(ChunkFault) in try reader.byte() } }
    }

    @Test(arguments: 1...20)
    func `reads back whatever was written, in its order`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let numbers = (0..<50).map { _ -> UInt64 in
            let shift = Int.random(in: 0...63, using: &random)
            return random.next() >> UInt64(shift)
        }
        let bytes = Self.written { writer in
            for number in numbers {
                writer.varying(number)
                writer.signed(Int64(bitPattern: number))
                writer.text("\(number)")
            }
        }
        let read = try Self.read(bytes) { (reader) throws(ChunkFault) -> [UInt64] in
            var read: [UInt64] = []
            while reader.place < bytes.count {
                let (plain, signed) = (try reader.varying(), try reader.signed())
                let text = try reader.text()
                read.append(plain == UInt64(bitPattern: signed) && text == "\(plain)" ? plain : 0)
            }
            return read
        }
        #expect(read.0 == numbers)
    }
}
