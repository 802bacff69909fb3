import JSON
import Observability

/// What a backfill would do, as people read it.
struct ForecastText {
    private let root: JSONValue

    init(_ root: JSONValue) {
        self.root = root
    }

    /// Forecasts by provider, then who is left out, what could not be read, and what it does to the bill.
    var text: String {
        var lines: [String] = []
        for forecast in root.elements(of: "forecasts") { lines += Self.lines(of: forecast, rate) }
        lines += Self.leftOut(root)
        let unreadable = root.elements(of: "unreadable").count
        if unreadable > 0 {
            lines.append("\(unreadable) parts of the journal cannot be read and are not counted")
        }
        if let effect = root["effect"]?.string { lines.append(effect) }
        return lines.map { VisibleText.escaped($0) }.joined(separator: "\n")
    }

    /// Whom the backfill leaves out, in lines; none if nobody.
    static func leftOut(_ root: JSONValue) -> [String] {
        guard let periods = root["left_out"], periods.kind == .object else { return [] }
        let (from, count) = (periods["journal_from"]?.string ?? "", number(periods["customers"]))
        var lines: [String] = []
        if count != "0" {
            lines.append(
                "\(count) customers left out: their billing periods began before \(from), from when the journal has events"
            )
            for example in periods.elements(of: "examples") {
                lines.append(
                    "  such as \(example["customer_id"]?.string ?? ""), from \(example["period_start"]?.string ?? "")"
                )
            }
        }
        if let start = periods["others_period_start"]?.string {
            lines.append(
                "all customers without a billing period of their own left out: theirs began at \(start), and the journal has events from "
                    + "\(from) on"
            )
        }
        return lines.map { VisibleText.escaped($0) }
    }

    private var rate: String {
        BackfillText.percent(root["rate"]?.numberText.flatMap { Double($0) } ?? 0)
    }

    private static func lines(of forecast: JSONValue, _ rate: String) -> [String] {
        let customers = number(forecast["customers"])
        let more = forecast["more_customers"]?.bool == true ? "more than " : ""
        var lines = [
            "to \(forecast["provider"]?.string ?? ""): \(number(forecast["events"])) events of \(more)\(customers) customers"
                + span(of: forecast),
            "  \(number(forecast["requests"])) requests, \(duration(forecast["seconds"], rate))",
        ]
        let untranslatable = forecast["untranslatable"]
        if number(untranslatable?["events"]) != "0" {
            lines.append("  \(number(untranslatable?["events"])) cannot be translated")
            for group in untranslatable?.elements(of: "groups") ?? [] {
                let ids = group["event_ids"]?.elements.prefix(3).compactMap(\.string) ?? []
                lines.append(
                    "    \(number(group["events"])) \(group["field"]?.string ?? ""): \(group["message"]?.string ?? "")"
                        + " (such as \(ids.joined(separator: ", ")))"
                )
            }
        }
        for (name, title) in [
            ("delivered_live", "not included: delivered by live traffic"),
            ("earlier_backfill", "not included: an earlier backfill has them"),
            ("not_routed", "not included: the routes do not send them there"),
        ] where number(forecast["not_taken"]?[name]) != "0" {
            lines.append("  \(number(forecast["not_taken"]?[name])) \(title)")
        }
        return lines
    }

    private static func span(of forecast: JSONValue) -> String {
        guard let first = forecast["first_timestamp"]?.string, let last = forecast["last_timestamp"]?.string else {
            return ""
        }
        return ", from \(first) to \(last)"
    }

    /// Without a rate limit nobody can tell how long it takes.
    private static func duration(_ seconds: JSONValue?, _ rate: String) -> String {
        guard let seconds = seconds?.int64 else { return "as fast as the vendor responds" }
        return "about \(RoughDuration.text(seconds: seconds)) at \(rate) of the rate limit"
    }

    private static func number(_ value: JSONValue?) -> String { value?.numberText ?? "0" }
}
