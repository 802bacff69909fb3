/// The text of a string and its escaped form.
enum JSONString {
    /// Resolves the escapes of a string's content, which the scanner has checked.
    static func decode(_ content: ArraySlice<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(content.count)
        var place = content.startIndex
        while place < content.endIndex {
            let byte = content[place]
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                place += 1
                continue
            }
            place += decodeEscape(content, at: place, to: &text)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// - Returns: the length of the escape.
    private static func decodeEscape(_ content: ArraySlice<UInt8>, at place: Int, to text: inout [UInt8]) -> Int {
        switch content[place + 1] {
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            let unit = UInt32(codeUnit(content, at: place + 2))
            guard UTF16.isLeadSurrogate(UInt16(unit)) else {
                append(unit, to: &text)
                return 6
            }
            let trail = UInt32(codeUnit(content, at: place + 8))
            append(0x10000 + ((unit - 0xD800) << 10) + (trail - 0xDC00), to: &text)
            return 12
        case let itself: text.append(itself)
        }
        return 2
    }

    private static func codeUnit(_ content: ArraySlice<UInt8>, at place: Int) -> UInt16 {
        content.withUnsafeBufferPointer { buffer in
            guard let unit = HexDigits.unit(at: place - content.startIndex, in: buffer) else {
                preconditionFailure("the scanner has checked every escape")
            }
            return unit
        }
    }

    private static func append(_ scalar: UInt32, to text: inout [UInt8]) {
        guard let scalar = Unicode.Scalar(scalar) else { preconditionFailure("the scanner has checked every escape") }
        text.append(contentsOf: UTF8.encode(scalar)!)
    }

    /// Whether a text may be in a JSON string as it is.
    @inline(__always)
    static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let memory = UnsafeRawBufferPointer(text)
        var place = 0
        while place + 8 <= memory.count {
            if EscapedBytes.marks(in: memory.loadUnaligned(fromByteOffset: place, as: UInt64.self)) != 0 {
                return false
            }
            place += 8
        }
        return memory[place...].allSatisfy { !EscapedBytes.contains($0) }
    }

    /// Writes a text as a JSON string, quotes included.
    static func write(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var clean = 0
        for index in text.indices {
            let byte = text[index]
            guard EscapedBytes.contains(byte) else { continue }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[clean..<index]))
            writeEscape(byte, to: &bytes)
            clean = index + 1
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[clean...]))
        bytes.append(UInt8(ascii: "\""))
    }

    private static func writeEscape(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        default:
            let digits = Array("0123456789abcdef".utf8)
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
    }
}

/// The bytes that must be escaped in a string: quotes, backslashes and control characters.
enum EscapedBytes {
    @inline(__always)
    static func contains(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    /// The high bit of each such byte among eight. Bits above the lowest one set may be wrong by a borrow.
    @inline(__always)
    static func marks(in word: UInt64) -> UInt64 {
        let quotes = word ^ (ones &* 0x22)
        let slashes = word ^ (ones &* 0x5C)
        let found =
            ((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes) | ((word &- ones &* 0x20) & ~word)
        return found & highBits
    }

    /// The high bit of each of eight bytes.
    static let highBits: UInt64 = 0x8080_8080_8080_8080
    private static let ones: UInt64 = 0x0101_0101_0101_0101
}
