import Randomness

/// The UUIDs (version 4) that a vendor gives to what it stores. Each says of which row it is, so that none has to be kept.
struct VendorIDs: Sendable {
    /// Another one for each life of the books: no id of a former life is taken for one of this.
    let salt: UInt64

    private static let rowBits: UInt64 = 0xFFFF_FFFF_FFFF

    /// The vendor's ID of a row: a UUID of version 4 that follows from the row's number.
    func id(of row: Int32) -> String {
        let number = UInt64(row)
        let high = SplitMix.mixed(salt &+ number) & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let variant = SplitMix.mixed(salt ^ number) >> 50 | 0x8000
        return [
            Self.hex(high >> 32, 8), Self.hex(high >> 16 & 0xFFFF, 4), Self.hex(high & 0xFFFF, 4),
            Self.hex(variant, 4), Self.hex((number ^ salt) & Self.rowBits, 12),
        ].joined(separator: "-")
    }

    /// - Returns: nil if no row has this id.
    func row(of id: String) -> Int32? {
        guard id.utf8.count == 36, let number = UInt64(id.suffix(12), radix: 16) else { return nil }
        guard let row = Int32(exactly: (number ^ salt) & Self.rowBits), self.id(of: row) == id.lowercased() else {
            return nil
        }
        return row
    }

    private static func hex(_ number: UInt64, _ digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: digits - text.count) + text
    }
}
