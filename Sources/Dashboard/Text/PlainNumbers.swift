package import Events

/// Counts, durations and rates as people read them.
package enum PlainNumbers {
    /// `12,408`.
    package static func count(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var text = number < 0 ? "-" : ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// The two largest units at most: `12 ms`, `4.2 s`, `26 min`, `3 h 20 min`, `2 d 4 h`.
    package static func duration(_ duration: Duration) -> String {
        let milliseconds = max(0, duration.wholeMilliseconds)
        if milliseconds < 1000 { return "\(milliseconds) ms" }
        let seconds = milliseconds / 1000
        if seconds < 10 { return "\(seconds).\(milliseconds % 1000 / 100) s" }
        if seconds < 60 { return "\(seconds) s" }
        let minutes = seconds / 60
        if minutes < 60 {
            return seconds % 60 == 0 || minutes >= 10 ? "\(minutes) min" : "\(minutes) min \(seconds % 60) s"
        }
        let hours = minutes / 60
        if hours < 24 { return minutes % 60 == 0 ? "\(hours) h" : "\(hours) h \(minutes % 60) min" }
        return hours % 24 == 0 ? "\(hours / 24) d" : "\(hours / 24) d \(hours % 24) h"
    }

    /// How long ago something was, never negative.
    package static func age(of timestamp: Timestamp, at now: Timestamp) -> String { duration(now - timestamp) }

    /// Events per second: `0`, `0.4`, `12.5`, `1,240`.
    package static func rate(_ perSecond: Double) -> String {
        guard perSecond.isFinite, perSecond > 0 else { return "0" }
        if perSecond >= 100 { return count(Int(min(perSecond.rounded(), 1e15))) }
        if perSecond < 0.1 { return "under 0.1" }
        let tenths = Int(min((perSecond * 10).rounded(), 1000))
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }

    /// A noun with its number: `1 event`, `3 events`.
    package static func count(_ number: Int, of noun: String) -> String {
        "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
    }
}

extension PlainNumbers {
    /// The sum of counts, of which none is negative; the largest integer if it is larger. Counts come from stores, which may be damaged.
    package static func sum(_ counts: [Int]) -> Int {
        counts.reduce(0) { sum, count in
            let (total, overflows) = sum.addingReportingOverflow(max(count, 0))
            return overflows ? .max : total
        }
    }

    /// `1 delivery`, `3 deliveries`.
    package static func deliveries(_ number: Int) -> String {
        "\(count(number)) \(number == 1 ? "delivery" : "deliveries")"
    }
}
