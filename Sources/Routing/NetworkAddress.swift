import Foundation

/// An IP address, and its distance: this machine, a network around it, or the internet.
package struct NetworkAddress: Sendable, Hashable {
    /// Who can be behind an address.
    package enum Reach: Sendable, Equatable {
        /// This machine.
        case loopback
        /// The networks around it: private, link-local (cloud metadata), shared, multicast and reserved ones.
        case inside
        /// The internet.
        case outside
    }

    /// 4 or 16, in network order.
    let bytes: [UInt8]

    /// Metadata and host services of clouds at addresses that look public. All others are link-local, private or shared addresses.
    private static let metadata: [[UInt8]] = [
        // Azure's WireServer.
        [168, 63, 129, 16],
        // Equinix Metal.
        [192, 80, 8, 124],
    ]

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Nil for anything but an address, such as a name. Accepts every form that the system's resolver accepts, including `127.1` and
    /// `0x7f000001`: a rule that knew only the usual form could be bypassed.
    package init?(_ text: String) {
        var text = text
        if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
        if let percent = text.firstIndex(of: "%") { text = String(text[..<percent]) }
        var six = in6_addr()
        var four = in_addr()
        if inet_pton(AF_INET6, text, &six) == 1 {
            bytes = withUnsafeBytes(of: &six) { Array($0) }
        } else if inet_aton(text, &four) != 0 {
            bytes = withUnsafeBytes(of: &four) { Array($0) }
        } else {
            return nil
        }
    }

    /// How far it is away. An IPv4 address inside an IPv6 one counts as what it is.
    package var reach: Reach {
        if bytes.count == 4 { return Self.reach(bytes[...]) }
        if bytes.starts(with: [UInt8](repeating: 0, count: 10)), bytes[10] == bytes[11], [0, 0xFF].contains(bytes[10]) {
            // `::1` itself, then what is mapped from IPv4 or was compatible with it.
            if bytes.dropLast().allSatisfy({ $0 == 0 }) { return bytes[15] == 1 ? .loopback : .inside }
            return Self.reach(bytes[12...])
        }
        // NAT64: the well-known prefix alone carries the address in its last bytes (RFC 6052); 64:ff9b:1::/48 is for local use.
        if bytes.starts(with: [0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]) { return Self.reach(bytes[12...]) }
        if bytes.starts(with: [0x20, 0x02]) { return Self.reach(bytes[2..<6]) }
        // Teredo carries IPv4 addresses of a server and of a client, either of which may be inside.
        if bytes.starts(with: [0x20, 0x01, 0, 0]) { return .inside }
        // Of all others, 2000::/3 alone is given out for the internet.
        return bytes[0] & 0xE0 == 0x20 ? .outside : .inside
    }

    private static func reach(_ bytes: ArraySlice<UInt8>) -> Reach {
        if metadata.contains(where: { $0.elementsEqual(bytes) }) { return .inside }
        let (first, second) = (bytes[bytes.startIndex], bytes[bytes.startIndex + 1])
        switch (first, second) {
        case (127, _): return .loopback
        case (0, _), (10, _), (169, 254), (192, 168), (224..., _): return .inside
        case (100, 64..<128), (172, 16..<32), (198, 18...19): return .inside
        case (192, 0): return bytes[bytes.startIndex + 2] == 0 ? .inside : .outside
        default: return .outside
        }
    }

    /// The same address as one of IPv4 if it is mapped from one (`::ffff:10.0.0.1`), as a socket for both families shows it.
    package var unmapped: NetworkAddress {
        let prefix = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        return bytes.starts(with: prefix) ? NetworkAddress(bytes: Array(bytes.suffix(4))) : self
    }

    /// What one customer of a network has: an IPv4 address, or the first 64 bits of an IPv6 address.
    package var subscriber: NetworkAddress {
        let own = unmapped
        guard own.bytes.count == 16 else { return own }
        return NetworkAddress(bytes: own.bytes.prefix(8) + [UInt8](repeating: 0, count: 8))
    }
}
