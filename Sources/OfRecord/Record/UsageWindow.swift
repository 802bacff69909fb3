package import Events

/// A span of event time that may be open at either end.
package struct UsageWindow: Sendable, Equatable {
    /// The first time in it; nil if it has no beginning.
    package let from: Timestamp?
    /// The first time after it; nil if it has no end.
    package let until: Timestamp?

    /// All times.
    package static let always = UsageWindow(uncheckedFrom: nil, until: nil)

    /// - Returns: nil if it would hold no time, because `until` is not after `from`.
    package init?(from: Timestamp?, until: Timestamp?) {
        if let from, let until, until <= from { return nil }
        self.init(uncheckedFrom: from, until: until)
    }

    private init(uncheckedFrom from: Timestamp?, until: Timestamp?) {
        self.from = from
        self.until = until
    }

    /// Whether a time is in it.
    package func contains(_ time: Timestamp) -> Bool {
        (from.map { $0 <= time } ?? true) && (until.map { time < $0 } ?? true)
    }

    /// The times that are in both; nil if there are none.
    package func overlap(with other: UsageWindow) -> UsageWindow? {
        let from = [from, other.from].compactMap(\.self).max()
        let until = [until, other.until].compactMap(\.self).min()
        return UsageWindow(from: from, until: until)
    }

    /// The times that are in none of these windows, in their order.
    package static func gaps(between windows: [UsageWindow]) -> [UsageWindow] {
        let start = Timestamp(milliseconds: .min)
        let sorted = windows.sorted { ($0.from ?? start) < ($1.from ?? start) }
        guard !sorted.isEmpty else { return [.always] }
        var gaps: [UsageWindow] = []
        // The end of what is covered from the beginning of time; nil before the first window.
        var covered: Timestamp?
        for window in sorted {
            if let from = window.from, from > covered ?? start, let gap = UsageWindow(from: covered, until: from) {
                gaps.append(gap)
            }
            guard let until = window.until else { return gaps }
            covered = max(covered ?? start, until)
        }
        if let gap = UsageWindow(from: covered, until: nil) { gaps.append(gap) }
        return gaps
    }

    /// ` from 2027-01-01T00:00:00.000Z until 2027-02-01T00:00:00.000Z`, or a part of it, with the space; empty for ``always``.
    package var text: String {
        (from.map { " from \($0.rfc3339)" } ?? "") + (until.map { " until \($0.rfc3339)" } ?? "")
    }
}
