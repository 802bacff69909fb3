/// A hash that is the same in every process and every version: FNV-1a with a final mix.
///
/// It must never change: otherwise customers would move between vendors in the middle of a migration. It has no salt, so do not use it
/// for hash tables whose keys come from outside.
package struct StableHash: Sendable {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    /// The hash of nothing.
    package init() {}

    /// Adds a text's bytes. There is no separator between the bytes of two calls.
    ///
    /// Not generic: other modules would call it by witness tables, a dozen for each byte.
    package mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte) }
    }

    /// Adds a byte.
    package mutating func add(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }

    /// Of all bytes that were added.
    package var value: UInt64 {
        var hash = state
        hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ (hash >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return hash ^ (hash >> 33)
    }
}
