/// Takes numbers and texts off the front of bytes that may be damaged: never reads past the end.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var place: Int

    init(_ bytes: UnsafeRawBufferPointer, at place: Int = 0) {
        self.bytes = bytes
        self.place = place
    }

    mutating func byte() throws(ChunkFault) -> UInt8 {
        guard place < bytes.count else { throw .truncated }
        defer { place += 1 }
        return bytes[place]
    }

    /// A number of fixed width, little-endian.
    mutating func fixed<Number: FixedWidthInteger>(_ type: Number.Type) throws(ChunkFault) -> Number {
        let width = MemoryLayout<Number>.size
        guard width <= bytes.count - place else { throw .truncated }
        defer { place += width }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: type))
    }

    /// A number in groups of seven bits, lowest first, the upper bit set on all but the last.
    mutating func varying() throws(ChunkFault) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            guard shift < 63 || next < 2 else { throw .malformed }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift += 7
        }
    }

    /// A signed number, folded so that small ones of either sign are short.
    mutating func signed() throws(ChunkFault) -> Int64 {
        let folded = try varying()
        return Int64(bitPattern: folded >> 1) ^ -Int64(bitPattern: folded & 1)
    }

    /// The place of the next bytes, whose number stands before them.
    mutating func counted() throws(ChunkFault) -> Range<Int> {
        let count = try varying()
        guard count <= UInt64(bytes.count - place) else { throw .truncated }
        let start = place
        place += Int(count)
        return start..<place
    }

    /// Goes on at a place that is not before the present one.
    mutating func skip(to place: Int) throws(ChunkFault) {
        guard place <= bytes.count else { throw .truncated }
        self.place = place
    }

    mutating func text() throws(ChunkFault) -> String {
        let range = try counted()
        return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }
}
