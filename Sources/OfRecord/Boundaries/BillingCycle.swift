package import Events

/// When the billing periods of a customer begin: at an anchor, and at every interval before and after it.
///
/// A pure function of the time. Months that do not have the anchor's day have their last: an anchor on the 31st gives the 30th of April
/// and the 28th or 29th of February, and then the 31st of March.
package struct BillingCycle: Sendable, Equatable {
    /// How long a period is.
    package enum Interval: String, Sendable, CaseIterable {
        case week, month, quarter, year

        /// In months; nil for a week.
        fileprivate var months: Int? {
            switch self {
            case .week: nil
            case .month: 1
            case .quarter: 3
            case .year: 12
            }
        }
    }

    package let anchor: BillingAnchor
    package let interval: Interval
    package let zone: ZoneRules

    /// - Parameter zone: whose clocks and days count.
    package init(anchor: BillingAnchor = .firstOfMonth, every interval: Interval = .month, in zone: ZoneRules = .utc) {
        self.anchor = anchor
        self.interval = interval
        self.zone = zone
    }

    /// What tells one cycle from another: a zone's name stands for its rules.
    struct Key: Hashable {
        private let day: Int
        private let millisecondsOfDay: Int64
        private let interval: Interval
        private let zone: String

        fileprivate init(_ cycle: BillingCycle) {
            day = cycle.anchor.date.daysSinceEpoch
            millisecondsOfDay = cycle.anchor.millisecondsOfDay
            interval = cycle.interval
            zone = cycle.zone.name
        }
    }

    var key: Key { Key(self) }

    /// The first boundary after a time, not at it.
    /// - Returns: nil if there is none before the end of ``Timestamp/range``.
    package func boundary(after time: Timestamp) -> Timestamp? {
        // Clocks that were set back show a time twice, so the period by the clock may be one too many.
        var number = number(at: zone.local(time)) - 1
        while true {
            let boundary = boundary(number)
            guard boundary <= Timestamp.range.upperBound else { return nil }
            if boundary > time.milliseconds { return Timestamp(milliseconds: boundary) }
            number += 1
        }
    }

    /// The last boundary at a time or before it.
    /// - Returns: nil if there is none after the beginning of ``Timestamp/range``.
    package func boundary(through time: Timestamp) -> Timestamp? {
        var number = number(at: zone.local(time)) + 3
        while true {
            let boundary = boundary(number)
            guard boundary >= Timestamp.range.lowerBound else { return nil }
            if boundary <= time.milliseconds { return Timestamp(milliseconds: boundary) }
            number -= 1
        }
    }

    /// Which period after that of the anchor a local time is in, or the one before it.
    private func number(at local: Int64) -> Int {
        let days = Int(local.floorDivided(by: BillingAnchor.day))
        guard let months = interval.months else {
            return (days - anchor.date.daysSinceEpoch).floorDivided(by: 7) - 1
        }
        let date = CivilDate(daysSinceEpoch: days)
        return (Self.month(of: date) - Self.month(of: anchor.date)).floorDivided(by: months) - 1
    }

    /// The beginning of a period, in milliseconds since 1970.
    /// - Parameter number: 0 for the period that begins at the anchor.
    private func boundary(_ number: Int) -> Int64 {
        let days =
            if let months = interval.months {
                Self.days(to: anchor.date.day, inMonth: Self.month(of: anchor.date) + number * months)
            } else {
                anchor.date.daysSinceEpoch + number * 7
            }
        return zone.instant(ofLocal: Int64(days) * BillingAnchor.day + anchor.millisecondsOfDay)
    }

    /// Months since the year 0.
    private static func month(of date: CivilDate) -> Int { date.year * 12 + date.month - 1 }

    /// Days from 1970 to a day of a month, or to the month's last if it is shorter.
    private static func days(to day: Int, inMonth months: Int) -> Int {
        let year = months.floorDivided(by: 12)
        let month = months - year * 12 + 1
        let first = CivilDate(year: year, month: month, day: 1)
        precondition(first != nil, "every month of every year has a first day")
        return (first?.daysSinceEpoch ?? 0) + min(day, CivilDate.days(inMonth: month, of: year)) - 1
    }
}
