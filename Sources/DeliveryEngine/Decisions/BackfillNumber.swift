/// Tells one backfill from all others of this journal.
package struct BackfillNumber: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    package init(_ rawValue: Int64) {
        self.rawValue = rawValue
    }

    package static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
}
