/// Walks over the bytes of a text once and notes its values.
struct JSONScanner: ~Copyable {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let limits: JSONLimits
    private var place = 0
    private var nodes: NodeList
    /// Indices of the containers that are open, outermost first.
    private var open: [Int] = []

    static func nodes(of bytes: [UInt8], limits: JSONLimits) throws(JSONError) -> [JSONNode] {
        let result: Result<[JSONNode], JSONError> = bytes.withUnsafeBufferPointer { buffer in
            var scanner = JSONScanner(bytes: buffer, limits: limits)
            do throws(JSONError) {
                try scanner.scan()
                return .success(scanner.nodes.array)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
        // Room for a value in ten bytes, as events have it, so that the list seldom moves; a large body grows it step by step.
        nodes = NodeList(capacity: min(bytes.count / 10 + 8, 1 << 16))
    }

    private func fault(_ reason: JSONError.Reason, at offset: Int) -> JSONError {
        JSONError(reason: reason, offset: offset, position: JSONPosition(of: offset, in: bytes))
    }

    private mutating func scan() throws(JSONError) {
        guard bytes.count <= limits.bytes else { throw fault(.tooLarge(limit: limits.bytes), at: 0) }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw fault(.byteOrderMark, at: 0) }
        skipSpace()
        guard place < bytes.count else { throw fault(.empty, at: place) }
        try scanValue()
        while let container = open.last { try scanRest(of: container) }
        skipSpace()
        guard place == bytes.count else { throw fault(.trailingBytes, at: place) }
    }

    /// Scans members or elements, up to the end of the container or to one that opens inside of it.
    private mutating func scanRest(of container: Int) throws(JSONError) {
        let isObject = nodes[container].kind == .object
        let closing = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
        var isFirst = nodes.count == container + 1
        let depth = open.count
        repeat {
            skipSpace()
            guard place < bytes.count else {
                throw fault(.unclosed(isObject ? .object : .array), at: Int(nodes[container].start))
            }
            if bytes[place] == closing {
                place += 1
                nodes[container].end = UInt32(place)
                nodes[container].next = UInt32(nodes.count)
                open.removeLast()
                return
            }
            if !isFirst {
                guard bytes[place] == UInt8(ascii: ",") else {
                    throw fault(.expectedComma(isObject ? .object : .array), at: place)
                }
                place += 1
                skipSpace()
            }
            isFirst = false
            if isObject { try scanKey() }
            try scanValue()
        } while open.count == depth
    }

    /// Scans a key and the colon after it.
    @inline(__always)
    private mutating func scanKey() throws(JSONError) {
        guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { throw fault(.expectedKey, at: place) }
        try scanString()
        skipSpace()
        guard place < bytes.count, bytes[place] == UInt8(ascii: ":") else { throw fault(.expectedColon, at: place) }
        place += 1
        skipSpace()
    }

    @inline(__always)
    private mutating func skipSpace() {
        // One comparison where there is none, as in most texts.
        while place < bytes.count, bytes[place] <= 0x20 {
            let byte = bytes[place]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            place += 1
        }
    }

    private mutating func scanValue() throws(JSONError) {
        guard place < bytes.count else { throw fault(.expectedValue, at: place) }
        switch bytes[place] {
        case UInt8(ascii: "{"): try openContainer(.object)
        case UInt8(ascii: "["): try openContainer(.array)
        case UInt8(ascii: "\""): try scanString()
        case UInt8(ascii: "t"): try scanWord("true", .bool)
        case UInt8(ascii: "f"): try scanWord("false", .bool)
        case UInt8(ascii: "n"): try scanWord("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try scanNumber()
        default: throw noValue(at: place)
        }
    }

    /// What is wrong where no value starts: a word of another language is named.
    private func noValue(at offset: Int) -> JSONError {
        let word = bytes[offset...].prefix(10).prefix { byte in
            byte == UInt8(ascii: "-") || (0x41...0x5A).contains(byte & 0xDF)
        }
        let text = String(decoding: word, as: UTF8.self)
        return fault(JSONError.instead[text] == nil ? .expectedValue : .foreignWord(text), at: offset)
    }

    private mutating func openContainer(_ kind: JSONKind) throws(JSONError) {
        guard open.count < limits.depth else { throw fault(.tooDeep(limit: limits.depth), at: place) }
        open.append(nodes.count)
        nodes.append(JSONNode(start: UInt32(place), end: 0, next: 0, kind: kind))
        place += 1
    }

    private mutating func append(_ kind: JSONKind, from start: Int, hasEscapes: Bool = false, isInteger: Bool = false) {
        let next = UInt32(nodes.count + 1)
        nodes.append(
            JSONNode(
                start: UInt32(start),
                end: UInt32(place),
                next: next,
                kind: kind,
                hasEscapes: hasEscapes,
                isInteger: isInteger
            )
        )
    }

    private mutating func scanWord(_ word: StaticString, _ kind: JSONKind) throws(JSONError) {
        let length = word.utf8CodeUnitCount
        guard place + length <= bytes.count else { throw noValue(at: place) }
        for index in 0..<length where bytes[place + index] != word.utf8Start[index] {
            throw noValue(at: place)
        }
        let start = place
        place += length
        append(kind, from: start)
    }

    /// Skips digits and says how many there were.
    private mutating func skipDigits() -> Int {
        let start = place
        while place < bytes.count, bytes[place] &- 0x30 < 10 { place += 1 }
        return place - start
    }

    private mutating func scanNumber() throws(JSONError) {
        let start = place
        var isInteger = true
        if bytes[place] == UInt8(ascii: "-") { place += 1 }
        let first = place
        let whole = skipDigits()
        guard whole > 0 else {
            let error = noValue(at: start)
            throw error.reason == .expectedValue ? fault(.malformedNumber, at: start) : error
        }
        guard whole == 1 || bytes[first] != UInt8(ascii: "0") else { throw fault(.leadingZero, at: start) }
        if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
            isInteger = false
            place += 1
            guard skipDigits() > 0 else { throw fault(.malformedNumber, at: start) }
        }
        if place < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            place += 1
            if place < bytes.count, bytes[place] == UInt8(ascii: "+") || bytes[place] == UInt8(ascii: "-") {
                place += 1
            }
            guard skipDigits() > 0 else { throw fault(.malformedNumber, at: start) }
        }
        append(.number, from: start, isInteger: isInteger)
    }

    // Two of three values are strings: a call for each would keep the scanner's fields out of the registers.
    @inline(__always)
    private mutating func scanString() throws(JSONError) {
        let start = place
        var hasEscapes = false
        place += 1
        while true {
            skipPlainText()
            guard place < bytes.count else { throw fault(.unterminatedString, at: start) }
            let byte = bytes[place]
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                try scanEscape()
            } else if byte < 0x20 {
                throw fault(.controlCharacter(byte), at: place)
            } else {
                guard let length = UTF8Check.length(at: place, in: bytes) else {
                    throw fault(.malformedUTF8, at: place)
                }
                place += length
            }
        }
        place += 1
        append(.string, from: start, hasEscapes: hasEscapes)
    }

    /// Skips ASCII text that needs no look, eight bytes at a time.
    @inline(__always)
    private mutating func skipPlainText() {
        let base = UnsafeRawPointer(bytes.baseAddress!)
        while place + 8 <= bytes.count {
            let word = base.loadUnaligned(fromByteOffset: place, as: UInt64.self).littleEndian
            let special = EscapedBytes.marks(in: word) | (word & EscapedBytes.highBits)
            if special != 0 {
                place += special.trailingZeroBitCount >> 3
                return
            }
            place += 8
        }
        while place < bytes.count, bytes[place] < 0x80, !EscapedBytes.contains(bytes[place]) { place += 1 }
    }

    private mutating func scanEscape() throws(JSONError) {
        guard place + 1 < bytes.count else { throw fault(.malformedEscape, at: place) }
        switch bytes[place + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            place += 2
        case UInt8(ascii: "u"):
            let start = place
            guard let unit = HexDigits.unit(at: place + 2, in: bytes) else { throw fault(.malformedEscape, at: place) }
            place += 6
            if UTF16.isLeadSurrogate(unit) {
                guard place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\"),
                    bytes[place + 1] == UInt8(ascii: "u"),
                    let trail = HexDigits.unit(at: place + 2, in: bytes), UTF16.isTrailSurrogate(trail)
                else { throw fault(.loneSurrogate(unit), at: start) }
                place += 6
            } else if UTF16.isTrailSurrogate(unit) {
                throw fault(.loneSurrogate(unit), at: start)
            }
        default:
            throw fault(.malformedEscape, at: place)
        }
    }
}

/// The four digits of a `\u` escape.
enum HexDigits {
    /// The code unit whose digits start at `offset`; nil if they are not four hexadecimal digits.
    static func unit(at offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> UInt16? {
        guard offset + 4 <= bytes.count else { return nil }
        var unit: UInt16 = 0
        for byte in bytes[offset..<(offset + 4)] {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }
}

/// Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
enum UTF8Check {
    /// The length of the scalar that starts at `offset` with a byte of 0x80 or more; nil if it is malformed.
    static func length(at offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        let lead = bytes[offset]
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: length = 4
        default: return nil
        }
        guard offset + length <= bytes.count, second.contains(bytes[offset + 1]) else { return nil }
        for index in 2..<max(length, 2) where bytes[offset + index] & 0xC0 != 0x80 { return nil }
        return length
    }
}
