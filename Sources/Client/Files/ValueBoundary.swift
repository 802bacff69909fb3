/// Finds where a JSON value ends in text that comes in pieces, and the earliest byte at which it can no longer become one.
///
/// It follows containers, keys, commas and strings; what a number or a word is made of is the parser's business. So that a line that
/// was cut off is told from a value that continues in the next line, without reading the rest of the file.
struct ValueBoundary {
    enum Verdict: Equatable {
        /// The value needs more bytes.
        case unfinished
        /// The value ends before this offset.
        case complete(end: Int)
        /// The byte at this offset fits no JSON value.
        case broken(at: Int)
    }

    private enum Expected { case value, valueOrEnd, key, keyOrEnd, colon, commaOrEnd }

    /// The open containers, outermost first: true for an object.
    private var open: [Bool] = []
    private var expected = Expected.value
    private var isInString = false
    private var isKey = false
    private var isEscaped = false
    private var isInScalar = false

    /// The deepest nesting that is followed; deeper values are no events.
    private static let deepest = 256

    /// Reads on.
    /// - Parameter range: the bytes that came since the last call; each is given once, in order.
    mutating func read(_ bytes: [UInt8], in range: Range<Int>) -> Verdict {
        for offset in range {
            if let verdict = take(bytes[offset], at: offset) { return verdict }
        }
        return .unfinished
    }

    /// What the text is when nothing follows.
    mutating func end(at offset: Int) -> Verdict {
        isInScalar && open.isEmpty ? .complete(end: offset) : .unfinished
    }

    private mutating func take(_ byte: UInt8, at offset: Int) -> Verdict? {
        if isInString { return takeInString(byte, at: offset) }
        if isInScalar {
            if Self.isScalar(byte) { return nil }
            isInScalar = false
            if let verdict = valueEnded(before: offset) { return verdict }
        }
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D: return nil
        case UInt8(ascii: "\""): return openString(at: offset)
        case UInt8(ascii: "{"), UInt8(ascii: "["): return openContainer(isObject: byte == UInt8(ascii: "{"), at: offset)
        case UInt8(ascii: "}"), UInt8(ascii: "]"): return close(isObject: byte == UInt8(ascii: "}"), at: offset)
        case UInt8(ascii: ":"):
            guard expected == .colon else { return .broken(at: offset) }
            expected = .value
        case UInt8(ascii: ","):
            guard expected == .commaOrEnd else { return .broken(at: offset) }
            expected = open.last == true ? .key : .value
        default:
            guard Self.isScalar(byte), expected == .value || expected == .valueOrEnd else { return .broken(at: offset) }
            isInScalar = true
        }
        return nil
    }

    private mutating func takeInString(_ byte: UInt8, at offset: Int) -> Verdict? {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == 0x0A {
            return .broken(at: offset)
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
            if isKey {
                expected = .colon
            } else {
                return valueEnded(before: offset + 1)
            }
        }
        return nil
    }

    private mutating func openString(at offset: Int) -> Verdict? {
        switch expected {
        case .key, .keyOrEnd: isKey = true
        case .value, .valueOrEnd: isKey = false
        case .colon, .commaOrEnd: return .broken(at: offset)
        }
        isInString = true
        return nil
    }

    private mutating func openContainer(isObject: Bool, at offset: Int) -> Verdict? {
        guard expected == .value || expected == .valueOrEnd, open.count < Self.deepest else {
            return .broken(at: offset)
        }
        open.append(isObject)
        expected = isObject ? .keyOrEnd : .valueOrEnd
        return nil
    }

    private mutating func close(isObject: Bool, at offset: Int) -> Verdict? {
        let mayEnd = expected == .commaOrEnd || expected == (isObject ? .keyOrEnd : .valueOrEnd)
        guard open.last == isObject, mayEnd else { return .broken(at: offset) }
        open.removeLast()
        return valueEnded(before: offset + 1)
    }

    private mutating func valueEnded(before offset: Int) -> Verdict? {
        guard !open.isEmpty else { return .complete(end: offset) }
        expected = .commaOrEnd
        return nil
    }

    private static func isScalar(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
