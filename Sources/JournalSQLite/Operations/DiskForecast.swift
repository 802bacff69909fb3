package import Events

/// When the disk is full if events keep coming as in the last days, told from the days that are stored.
///
/// Each day brings events, and retention removes those of one day: a journal that is as old as the retention no longer grows.
package struct DiskForecast: Sendable, Equatable {
    /// What is known of the future.
    package enum Outcome: Sendable, Equatable {
        case full(Timestamp)
        /// The room suffices for as long as events are kept.
        case lasts
        /// Less than a day is stored.
        case unknown
    }

    package let outcome: Outcome
    /// Bytes that a day of new events takes; 0 if it is not known.
    package let bytesPerDay: Int

    /// How many days the rate is taken from.
    static let recentDays = 7
    private static let dayMilliseconds: Int64 = 86_400_000

    /// - Parameters:
    ///   - days: with stored events, oldest first; the newest may be today.
    ///   - usedBytes: of the journal.
    ///   - roomBytes: what it may grow by.
    ///   - retentionDays: how long events are kept, at least 1.
    package init(days: [DayOfEvents], usedBytes: Int, roomBytes: Int, retentionDays: Int, now: Timestamp) {
        let today = Int(now.milliseconds / Self.dayMilliseconds)
        let events = days.reduce(0) { $0 + $1.events }
        let whole = days.filter { $0.day < today }
        guard let first = whole.first, events > 0 else {
            (outcome, bytesPerDay) = (.unknown, 0)
            return
        }
        let recent = min(Self.recentDays, today - first.day)
        let inflow = Double(whole.filter { $0.day >= today - recent }.reduce(0) { $0 + $1.events }) / Double(recent)
        let eventBytes = Double(max(0, usedBytes)) / Double(events)
        // Safe: bounded below.
        bytesPerDay = Int(min(inflow * eventBytes, 1e18).rounded())
        guard roomBytes > 0 else {
            outcome = .full(now)
            return
        }
        let stored = Dictionary(days.map { ($0.day, Double($0.events)) }, uniquingKeysWith: +)
        var grown = 0.0
        for ahead in 0..<max(1, retentionDays) {
            let removed = stored[today + ahead - retentionDays] ?? 0
            let change = (inflow - removed) * eventBytes
            if grown + change > Double(roomBytes) {
                let part = max(0, (Double(roomBytes) - grown) / change)
                // Safe: part is from 0 to 1, ahead at most a few thousand days.
                let milliseconds = Int64(min((Double(ahead) + part) * Double(Self.dayMilliseconds), 1e15))
                outcome = .full(now + .milliseconds(milliseconds))
                return
            }
            grown += change
        }
        outcome = .lasts
    }
}
