/// The number of a backfill's lane, its walk through the journal. Never reused; starts at 1.
package struct LaneNumber: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    package init(_ rawValue: Int64) {
        self.rawValue = rawValue
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension LaneNumber: CustomStringConvertible {
    package var description: String { "\(rawValue)" }
}

extension LaneNumber: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) {
        rawValue = value
    }
}
