import Events

/// Which customers belong to a share: a stable hash of the customer's id puts each at a point from 0 to 100.
///
/// It has no salt, so a share that grows keeps the customers it had.
package enum CustomerShare {
    /// The customer's point, 0 up to but not including 100, in steps of a ten-thousandth.
    package static func point(of customer: String) -> Double {
        var hash = StableHash()
        hash.add(customer)
        return Double(hash.value % steps) / Double(steps / 100)
    }

    /// The point of the customers that a growing share takes in last.
    static let last = Double(steps - 1) / Double(steps / 100)

    private static let steps: UInt64 = 1_000_000
}
