/// Gzip files (RFC 1952) whose content is stored, not compressed, so that tests need no packer and know what each byte is.
enum StoredGzip {
    /// One member with this content.
    static func member(_ content: [UInt8]) -> [UInt8] {
        // Magic, deflate, no flags, no time, no hints, an unknown system.
        var bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        var rest = content[...]
        repeat {
            let part = rest.prefix(65_535)
            rest = rest.dropFirst(part.count)
            bytes.append(rest.isEmpty ? 1 : 0)
            bytes += littleEndian(UInt32(part.count), 2) + littleEndian(~UInt32(part.count), 2) + part
        } while !rest.isEmpty
        return bytes + littleEndian(checksum(content), 4) + littleEndian(UInt32(content.count), 4)
    }

    private static func littleEndian(_ number: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * UInt32($0))) }
    }

    /// The CRC-32 of ISO 3309.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum = UInt32.max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
