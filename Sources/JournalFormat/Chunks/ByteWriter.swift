/// Writes numbers and texts one after the other into memory that was measured beforehand.
struct ByteWriter {
    /// Maximum number of bytes that ``varying(_:)`` needs.
    static let longestVarying = 10

    private let bytes: UnsafeMutableRawBufferPointer
    private(set) var place = 0

    init(into bytes: UnsafeMutableRawBufferPointer) {
        self.bytes = bytes
    }

    mutating func byte(_ value: UInt8) {
        bytes[place] = value
        place += 1
    }

    mutating func fixed<Number: FixedWidthInteger>(_ value: Number) {
        put(value, at: place)
        place += MemoryLayout<Number>.size
    }

    /// Writes over what is at `place`.
    func put<Number: FixedWidthInteger>(_ value: Number, at place: Int) {
        precondition(
            place >= 0 && place + MemoryLayout<Number>.size <= bytes.count,
            "the memory was measured too short"
        )
        bytes.storeBytes(of: value.littleEndian, toByteOffset: place, as: Number.self)
    }

    mutating func varying(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        byte(UInt8(rest))
    }

    mutating func signed(_ value: Int64) {
        varying(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    mutating func text(_ value: String) {
        var value = value
        value.withUTF8 { counted(UnsafeRawBufferPointer($0)) }
    }

    mutating func json(_ value: ArraySlice<UInt8>) {
        value.withUnsafeBytes { counted($0) }
    }

    private mutating func counted(_ value: UnsafeRawBufferPointer) {
        varying(UInt64(value.count))
        precondition(value.count <= bytes.count - place, "the memory was measured too short")
        UnsafeMutableRawBufferPointer(rebasing: bytes[place..<(place + value.count)]).copyMemory(from: value)
        place += value.count
    }
}
