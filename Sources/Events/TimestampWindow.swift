/// How far an event's timestamp may be from the time of acceptance.
///
/// Anything beyond is a mistake: a year that was sent as seconds, a zero time, a wrong clock. Vendors store such events and never bill
/// them, or bill them in different periods.
package struct TimestampWindow: Sendable, Equatable {
    /// The oldest age that is accepted.
    package let past: Duration
    /// How far ahead of the gateway's clock a timestamp may be.
    package let future: Duration

    /// Ten years back, with their leap days, and one day ahead.
    package static let standard = TimestampWindow(past: .seconds(3653 * 86_400), future: .seconds(86_400))

    /// - Parameters: both at most 100,000 days, so that adding them to a real time stays within ``Timestamp/range``.
    package init(past: Duration, future: Duration) {
        precondition(past <= Self.widest && future <= Self.widest, "a window has an end on both sides")
        self.past = past
        self.future = future
    }

    /// The widest that a window may be on either side.
    package static let widest = Duration.seconds(100_000 * 86_400)

    /// The timestamps that may be accepted at a given time.
    package func range(at now: Timestamp) -> ClosedRange<Timestamp> {
        let (past, future) = (past.wholeMilliseconds, future.wholeMilliseconds)
        return Timestamp(milliseconds: now.milliseconds - past)...Timestamp(milliseconds: now.milliseconds + future)
    }

    /// Why a timestamp is refused; nil if it is not.
    package func problem(with timestamp: Timestamp, at now: Timestamp) -> String? {
        let range = range(at: now)
        guard !range.contains(timestamp) else { return nil }
        let isOld = timestamp < range.lowerBound
        let limit =
            isOld
            ? "older than \(Self.text(past)), the limit for this client"
            : "more than \(Self.text(future)) ahead of the clock, the limit for this client"
        return "timestamp \(timestamp.shortRFC3339) is \(limit)\(Self.advice(timestamp, isOld: isOld))"
    }

    /// What the application probably meant.
    private static func advice(_ timestamp: Timestamp, isOld: Bool) -> String {
        guard timestamp.milliseconds != goZero else {
            return "; it is Go's zero time: leave timestamp out to use the time of acceptance"
        }
        guard isOld else { return "" }
        let seconds = timestamp.milliseconds / 1000
        switch seconds {
        case 0: return "; as a number it is 0: leave timestamp out to use the time of acceptance"
        case 1...9999: return "; as a number it is \(timestamp.shortUnixSeconds): is this a year? Send Unix seconds"
        case 10_000..<1_000_000_000:
            return "; as a number it is \(timestamp.shortUnixSeconds): is this a year or a date? Send Unix seconds"
        default: return ""
        }
    }

    private static let goZero: Int64 = -62_135_596_800_000

    /// A length of time for people: `10 years`, `35 days`, `36 hours`.
    package static func text(_ duration: Duration) -> String {
        if duration == standard.past { return "10 years" }
        let (seconds, rest) = duration.components
        let units: [(Int64, String)] = [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")]
        for (length, name) in units where rest == 0 && seconds >= length && seconds % length == 0 {
            return "\(seconds / length) \(name)\(seconds == length ? "" : "s")"
        }
        return "\(duration.wholeMilliseconds) milliseconds"
    }
}

extension Timestamp {
    /// ``rfc3339`` without a fraction of zero.
    fileprivate var shortRFC3339: String {
        let text = rfc3339
        return text.hasSuffix(".000Z") ? "\(text.dropLast(5))Z" : text
    }

    /// ``unixSeconds`` without a fraction of zero.
    fileprivate var shortUnixSeconds: String {
        let text = unixSeconds
        return text.hasSuffix(".000") ? String(text.dropLast(4)) : text
    }
}
