/// Which customers belong to a share: a stable hash of the customer's id puts each at a point from 0 to 100.
///
/// The hash is FNV-1a with a final mix. It must never change: a customer would move between vendors in the middle of a migration. It has
/// no salt, so a share that grows keeps the customers it had.
package enum CustomerShare {
    /// The customer's point, 0 up to but not including 100, in steps of a ten-thousandth.
    package static func point(of customer: String) -> Double {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in customer.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ (hash >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        hash ^= hash >> 33
        return Double(hash % 1_000_000) / 10_000
    }
}
