/// A range of IP addresses: `10.0.0.0/8`, `fd00::/8`, or one address.
package struct NetworkRange: Sendable, Equatable {
    private let start: [UInt8]
    /// How many bits of an address are those of `start`.
    private let bits: Int

    /// Nil for anything else, a name for example.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = NetworkAddress(String(parts[0]))?.unmapped else { return nil }
        start = address.bytes
        let all = start.count * 8
        guard parts.count == 2 else {
            bits = all
            return
        }
        guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let bits = Int(parts[1]),
            (0...all).contains(bits)
        else { return nil }
        self.bits = bits
    }

    /// Whether the address is one of the range. An IPv4 address inside an IPv6 one counts as what it is.
    package func contains(_ address: NetworkAddress) -> Bool {
        let bytes = address.unmapped.bytes
        guard bytes.count == start.count else { return false }
        let (whole, rest) = (bits / 8, bits % 8)
        guard bytes.prefix(whole).elementsEqual(start.prefix(whole)) else { return false }
        return rest == 0 || (bytes[whole] ^ start[whole]) >> UInt8(8 - rest) == 0
    }
}
