/// A number of things as a file or a database has it.
package enum StoredCount {
    /// No comparison counts more; so many of them can still be added up.
    package static let most: Int64 = 1 << 50

    /// - Returns: nil for a number that only a damaged row has.
    package static func read(_ value: Int64) -> Int? { (0...most).contains(value) ? Int(value) : nil }

    /// The nearest number that may be added to others.
    package static func clamped(_ value: Int64) -> Int { Int(min(max(value, 0), most)) }
}
