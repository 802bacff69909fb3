/// The path of a request in the one spelling that all servers interpret the same way, so that the vendor sees what was checked here.
///
/// Two servers that resolve dot segments, empty segments or percent-encoding at different times see different paths in one text. A path
/// is therefore normalized once, and a path that this changes is not forwarded.
package struct NormalPath: Sendable, Equatable {
    /// The path as it was given.
    package let text: String
    /// The path with the hexadecimal digits of percent-encoding in upper case, so that patterns need no second spelling.
    package let comparable: String

    /// Why a path is not forwarded.
    package enum Fault: Error, Sendable, Equatable {
        /// It is another spelling of this path.
        case spelled(otherThan: String)
        /// Servers would disagree about it; what it contains that makes it ambiguous.
        case ambiguous(holding: String)
    }

    /// - Parameter path: percent-encoded, without the query.
    package init(_ path: String) throws(Fault) {
        guard path.utf8.first == UInt8(ascii: "/") else { throw .ambiguous(holding: "no slash at its start") }
        let comparable = try Self.checked(path)
        try Self.checkDecoded(path)
        let normal = Self.withoutDotSegments(Self.decodingUnreserved(path))
        guard normal == path else { throw .spelled(otherThan: normal) }
        text = path
        self.comparable = comparable
    }

    /// The path with all percent-encoding decoded, as the most lenient server would read it.
    package var decoded: String { Self.decoded(text.utf8) ?? text }

    // MARK: - Characters

    /// Checks each character by RFC 3986, section 3.3.
    /// - Returns: the path with hexadecimal digits in upper case.
    private static func checked(_ path: String) throws(Fault) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(path.utf8.count)
        var rest = path.utf8[...]
        while let byte = rest.popFirst() {
            bytes.append(byte)
            if byte == UInt8(ascii: "%") {
                guard let value = hexadecimal(rest.prefix(2)) else { throw .ambiguous(holding: "a lone percent sign") }
                guard value >= 0x20, value != 0x7F else { throw .ambiguous(holding: "a control character") }
                bytes += rest.prefix(2).map { (0x61...0x66).contains($0) ? $0 - 0x20 : $0 }
                rest = rest.dropFirst(2)
            } else if byte != UInt8(ascii: "/"), !isOfSegment(byte) {
                throw .ambiguous(holding: "a character that must be percent-encoded")
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Refuses what shows only after decoding the percent-encoding, once or repeatedly: segments that lead upwards, and bytes that are
    /// not UTF-8, in which old decoders see dots and slashes.
    private static func checkDecoded(_ path: String) throws(Fault) {
        // Dots that are in the path itself are another spelling.
        let isPlain = path.split(separator: "/").contains { $0 == "." || $0 == ".." }
        var current = path
        // Each decoding reads the whole path: without a limit, one of many thousand levels would take seconds.
        for _ in 0...deepestEncoding {
            if !isPlain, hasDotSegment(current) { throw .ambiguous(holding: "a hidden dot segment") }
            guard let next = decoded(current.utf8) else { throw .ambiguous(holding: "bytes that are not UTF-8") }
            if next == current { return }
            current = next
        }
        throw .ambiguous(holding: "percent-encoding that is nested more than \(deepestEncoding) levels deep")
    }

    /// How often a path may change by decoding it again. Servers do it once, some twice.
    private static let deepestEncoding = 8

    /// Whether a segment is `.` or `..`, with whatever parameters after a semicolon.
    private static func hasDotSegment(_ text: String) -> Bool {
        text.utf8.split(whereSeparator: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }).contains { segment in
            let name = segment.prefix { $0 != UInt8(ascii: ";") }
            return (1...2).contains(name.count) && name.allSatisfy { $0 == UInt8(ascii: ".") }
        }
    }

    // MARK: - Normal form

    /// Decodes the percent-encoding of characters that need none (RFC 3986, section 6.2.2.2).
    private static func decodingUnreserved(_ path: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(path.utf8.count)
        var rest = path.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = hexadecimal(rest.prefix(2)), isUnreserved(value) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Without `.`, `..` and empty segments (RFC 3986, section 5.2.4); a slash at the end stays.
    private static func withoutDotSegments(_ path: String) -> String {
        var kept: [Substring] = []
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for segment in segments {
            switch segment {
            case "..": _ = kept.popLast()
            case ".", "": break
            default: kept.append(segment)
            }
        }
        let endsInSlash = ["", ".", ".."].contains(segments.last ?? "") && !kept.isEmpty
        return "/" + kept.joined(separator: "/") + (endsInSlash ? "/" : "")
    }

    // MARK: - Bytes

    private static func decoded(_ text: some Collection<UInt8>) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = hexadecimal(rest.prefix(2)) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexadecimal(_ digits: some Collection<UInt8>) -> UInt8? {
        guard digits.count == 2 else { return nil }
        var value: UInt8 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: value = value << 4 | (digit - 0x30)
            case 0x41...0x46: value = value << 4 | (digit - 0x37)
            case 0x61...0x66: value = value << 4 | (digit - 0x57)
            default: return nil
            }
        }
        return value
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || marks.contains(byte)
    }

    private static func isOfSegment(_ byte: UInt8) -> Bool { isUnreserved(byte) || delimiters.contains(byte) }

    private static let marks = Set("-._~".utf8)
    private static let delimiters = Set("!$&'()*+,;=:@".utf8)
}
