/// What the values of a chart measure, and how a person reads one.
enum ChartUnit: String, Sendable {
    case count = ""
    case perSecond = "/s"
    case milliseconds = "ms"
    case seconds = "s"

    /// A value in short form: `1.2k/s`, `35 ms`, `2.5 min`.
    func text(_ value: Double) -> String {
        guard value.isFinite else { return "unknown" }
        switch self {
        case .count: return Self.short(value)
        case .perSecond: return Self.short(value) + "/s"
        case .milliseconds where value.magnitude < 999.5: return Self.short(value) + " ms"
        case .milliseconds: return Self.duration(seconds: value / 1000)
        case .seconds: return Self.duration(seconds: value)
        }
    }

    /// Three significant digits at most, and `k`, `M`, `G` or `T` for thousands.
    static func short(_ value: Double) -> String {
        guard value.magnitude < 999.5e12 else { return value < 0 ? "under −999T" : "over 999T" }
        var (scaled, suffixes) = (value, ["", "k", "M", "G", "T"][...])
        while scaled.magnitude >= 999.5, suffixes.count > 1 {
            scaled /= 1000
            suffixes = suffixes.dropFirst()
        }
        let suffix = suffixes.first ?? ""
        if scaled.magnitude >= 9.95 { return decimals(scaled, 0) + suffix }
        // What is counted below ten is mostly a small integer.
        return decimals(scaled, scaled.magnitude < 0.995 && suffix.isEmpty ? 2 : 1) + suffix
    }

    private static func duration(seconds: Double) -> String {
        switch seconds.magnitude {
        case ..<59.5: short(seconds) + " s"
        case ..<3570: short(seconds / 60) + " min"
        case ..<172_800: short(seconds / 3600) + " h"
        default: short(seconds / 86_400) + " d"
        }
    }

    /// - Parameter value: below 1000.
    private static func decimals(_ value: Double, _ count: Int) -> String {
        let factor = [1, 10, 100][count]
        let scaled = Int(min(max(value * Double(factor), -1e6), 1e6).rounded())
        let (whole, rest) = (Int(scaled.magnitude) / factor, Int(scaled.magnitude) % factor)
        let sign = scaled < 0 ? "−" : ""
        guard rest > 0 else { return "\(sign)\(whole)" }
        var digits = "\(rest)"
        while digits.utf8.count < count { digits = "0" + digits }
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(sign)\(whole).\(digits)"
    }
}
