package import Events

/// A time on the clocks of a zone at which a customer's billing period begins: from its day and time of day the others follow.
package struct BillingAnchor: Sendable, Equatable {
    /// The day, of which a month that is too short has its last instead.
    let date: CivilDate
    /// Since midnight, 0 up to a day.
    let millisecondsOfDay: Int64

    static let day: Int64 = 86_400_000

    private init(local: Int64) {
        let days = local.floorDivided(by: Self.day)
        date = CivilDate(daysSinceEpoch: Int(days))
        millisecondsOfDay = local - days * Self.day
    }

    /// As the clocks of a zone show a time, wherever that time was written.
    package init(_ time: Timestamp, in zone: ZoneRules) {
        self.init(local: zone.local(time))
    }

    /// Reads a day, `2026-01-31`, which begins at midnight in the zone, or a time with its offset, `2026-01-31T09:00:00+09:00`.
    /// - Returns: nil if the text is neither.
    package init?(_ text: String, in zone: ZoneRules) {
        if text.utf8.count == 10 {
            guard let midnight = Timestamp(rfc3339: text + "T00:00:00Z") else { return nil }
            self.init(local: midnight.milliseconds)
        } else {
            guard let time = Timestamp(rfc3339: text) else { return nil }
            self.init(time, in: zone)
        }
    }

    /// The day of the month, and the seconds since midnight, as the zone's clocks show them.
    package var components: (day: Int, second: Int) { (date.day, Int(millisecondsOfDay / 1000)) }

    /// `2026-01-31` if it is at midnight; else nil.
    package var dayText: String? {
        millisecondsOfDay == 0
            ? String(Timestamp(milliseconds: Int64(date.daysSinceEpoch) * Self.day).rfc3339.prefix(10)) : nil
    }

    /// The same time of day on the day of another anchor.
    package func on(dayOf other: BillingAnchor) -> BillingAnchor {
        BillingAnchor(local: Int64(other.date.daysSinceEpoch) * Self.day + millisecondsOfDay)
    }

    /// The first of a month, at midnight.
    package static let firstOfMonth = BillingAnchor(local: 0)
}

extension BinaryInteger {
    /// The quotient, rounded down.
    /// - Parameter divisor: positive.
    func floorDivided(by divisor: Self) -> Self {
        let quotient = self / divisor
        return quotient * divisor > self ? quotient - 1 : quotient
    }
}
