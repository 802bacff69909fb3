import NIOHTTP1

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// RFC 9112's rules for a request's head that NIO's decoder does not check. A head that breaks one gets 400 and the connection is closed,
/// because two servers could read it differently.
enum HeadRules {
    /// Whether the head meets all of them.
    static func areMet(by head: HTTPRequestHead) -> Bool {
        let hosts = head.headers[canonicalForm: "host"]
        // Section 3.2: exactly one valid Host in HTTP/1.1, at most one before.
        guard hosts.count == 1 || (hosts.isEmpty && head.version.precedes1_1) else { return false }
        if let host = hosts.first, !HostField.isValid(host.utf8) { return false }
        // Section 6.1: before HTTP/1.1 there are no transfer codings, so the framing is faulty; and no other coding is undone here.
        let codings = head.headers[canonicalForm: "transfer-encoding"]
        if !codings.isEmpty {
            guard !head.version.precedes1_1, codings.count == 1, codings[0].lowercased() == "chunked" else {
                return false
            }
        }
        // Section 6.3: a length that cannot be represented. The decoder accepts half of the values that do not fit into 64 bits.
        if let length = head.headers.first(name: "content-length"), Int(length) == nil { return false }
        return true
    }
}

/// `Host`, or `:authority`: a name or an address, and a port (RFC 3986, section 3.2).
enum HostField {
    /// Whether a value is valid and not empty: an `http` address without a host is invalid (RFC 9110, section 4.2.1).
    static func isValid(_ value: some BidirectionalCollection<UInt8>) -> Bool {
        guard let first = value.first else { return false }
        if first == UInt8(ascii: "[") {
            guard let end = value.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let address = value[value.index(after: value.startIndex)..<end]
            return isAddress(address) && isPort(value[value.index(after: end)...])
        }
        let end = value.firstIndex(of: UInt8(ascii: ":")) ?? value.endIndex
        let name = value[..<end]
        return isName(name) && isPort(value[end...])
    }

    /// Empty, or a colon with any number of digits.
    private static func isPort(_ rest: some Collection<UInt8>) -> Bool {
        guard let first = rest.first else { return true }
        let digits = rest.dropFirst()
        return first == UInt8(ascii: ":") && digits.count <= 5 && digits.allSatisfy { (0x30...0x39).contains($0) }
            && digits.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 65_535
    }

    /// An IPv6 address, perhaps with a zone (RFC 6874). Later versions are not in use and are refused.
    private static func isAddress(_ value: some BidirectionalCollection<UInt8>) -> Bool {
        let end = value.firstIndex(of: UInt8(ascii: "%")) ?? value.endIndex
        let zone = value[end...]
        guard zone.isEmpty || (zone.count > 3 && zone.starts(with: "%25".utf8) && isName(zone.dropFirst(3))) else {
            return false
        }
        // The longest address, which ends with an IPv4 address, has 45 characters.
        let text = value[..<end]
        guard text.count <= 45, text.allSatisfy({ isHexDigit($0) || $0 == 0x2E || $0 == 0x3A }) else { return false }
        return withUnsafeTemporaryAllocation(byteCount: 16, alignment: 16) { address in
            inet_pton(AF_INET6, String(decoding: text, as: UTF8.self), address.baseAddress) == 1
        }
    }

    /// A registered name (RFC 3986, section 3.2.2).
    private static func isName(_ value: some BidirectionalCollection<UInt8>) -> Bool {
        guard !value.isEmpty, value.allSatisfy(isOfName) else { return false }
        // Each percent sign must begin an encoded byte.
        return value.split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false).dropFirst()
            .allSatisfy { $0.count >= 2 && $0.prefix(2).allSatisfy(isHexDigit) }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// Unreserved characters, sub-delimiters and percent-encoding.
    private static func isOfName(_ byte: UInt8) -> Bool {
        if isAlphanumeric(byte) { return true }
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "%"),
            UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("),
            UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"),
            UInt8(ascii: "="):
            return true
        default: return false
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

extension HTTPVersion {
    /// Whether the version has neither chunks nor interim responses, and needs no host.
    var precedes1_1: Bool { (major, minor) < (1, 1) }
}
