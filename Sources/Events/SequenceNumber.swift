/// An event's place in the journal: 1, 2, 3 and so on, in the order of acceptance. Never given twice.
package struct SequenceNumber: RawRepresentable, Hashable, Comparable, Strideable, Sendable {
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

    package func distance(to other: Self) -> Int {
        Int(other.rawValue - rawValue)
    }

    package func advanced(by count: Int) -> Self {
        SequenceNumber(rawValue + Int64(count))
    }
}

extension SequenceNumber: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) {
        rawValue = value
    }
}
