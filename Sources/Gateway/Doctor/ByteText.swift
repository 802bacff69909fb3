/// A size in a readable unit: `812 B`, `1.5 MB`.
package enum ByteText {
    private static let units = ["B", "kB", "MB", "GB", "TB", "PB"]

    /// The size in the largest unit in which it is at least one.
    package static func text(_ bytes: Int) -> String {
        guard bytes >= 1000 else { return "\(bytes) B" }
        var (whole, tenths, unit) = (bytes, 0, 0)
        while whole >= 1000, unit < units.count - 1 {
            tenths = whole % 1000 / 100
            whole /= 1000
            unit += 1
        }
        return "\(whole).\(tenths) \(units[unit])"
    }
}
