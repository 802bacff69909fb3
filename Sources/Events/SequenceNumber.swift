/// The number of an event in the journal: unique, never reused, and ascending within the stream of one writer. Only the store does
/// arithmetic with it.
package struct SequenceNumber: RawRepresentable, Hashable, Comparable, Strideable, Sendable {
    package let rawValue: Int64

    /// Far above what a journal ever gives, and so far below `Int64.max` that neighbours and differences never overflow.
    package static let largest = SequenceNumber((1 << 60) - 1)

    /// Reads a number that came from outside, such as a cursor.
    /// - Returns: nil unless the text is an integer from 0 to ``largest``.
    package init?(text: some StringProtocol) {
        guard let number = Int64(text), (0...Self.largest.rawValue).contains(number) else { return nil }
        rawValue = number
    }

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
