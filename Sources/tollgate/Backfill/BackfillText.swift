import JSON
import Observability

/// A backfill as people read it.
struct BackfillText {
    private let backfill: JSONValue

    init(_ backfill: JSONValue) {
        self.backfill = backfill
    }

    /// Whether it has ended.
    var hasEnded: Bool { ["done", "cancelled"].contains(state) }
    var state: String { backfill["state"]?.string ?? "" }

    /// Whether it has ended with everything delivered.
    var hasSucceeded: Bool { state == "done" && count("rejected") + count("uncertain") == 0 }

    /// The part of the journal that is behind it, from 0 to 1.
    var part: Double {
        let walked = number(backfill["progress"]?["walked"])
        let all = walked + number(backfill["progress"]?["ahead"])
        return all > 0 ? walked / all : hasEnded ? 1 : 0
    }

    // Safe: the part is within 0...1, whatever the gateway says.
    private var done: String { "\(Int((min(max(part, 0), 1) * 100).rounded(.down)))%" }

    /// A row of the list.
    var row: [String] {
        [
            backfill["id"]?.numberText ?? "", backfill["provider"]?.string ?? "", state, done,
            "\(count("delivered"))", "\(count("retrying"))", "\(count("rejected"))", "\(count("uncertain"))",
            Self.percent(number(backfill["current_rate"])), heldBy ?? "-",
        ]
    }

    /// What it is and how it stands.
    var lines: [String] {
        let filter = backfill["filter"]
        var lines = [
            "backfill \(backfill["id"]?.numberText ?? "") to \(backfill["provider"]?.string ?? ""): \(status)",
            "events: since \(filter?["since"]?.string ?? "ever")"
                + (filter?["until"]?.string.map { ", before \($0)" } ?? ""),
        ]
        for (name, title) in [("names", "names"), ("customer_ids", "customers")] {
            let values = filter?[name]?.elements.compactMap(\.string) ?? []
            if !values.isEmpty { lines.append("\(title): \(values.prefix(10).joined(separator: ", "))") }
        }
        lines.append("rate: \(rate) of the rate limit")
        lines.append("started \(backfill["started_at"]?.string ?? "") by \(backfill["started_by"]?.string ?? "")")
        return lines.map { VisibleText.escaped($0) }
    }

    private var rate: String {
        let (all, now) = (number(backfill["rate"]), number(backfill["current_rate"]))
        return now < all
            ? "\(Self.percent(now)) (\(Self.percent(all)) without recent rate limiting)" : Self.percent(all)
    }

    /// One line.
    var status: String {
        var parts = ["\(state)", "\(done)", "\(count("delivered")) delivered"]
        if count("deduplicated") > 0 { parts.append("\(count("deduplicated")) of them there already") }
        for name in ["retrying", "rejected", "uncertain", "discarded"] where count(name) > 0 {
            parts.append("\(count(name)) \(name)")
        }
        if let heldBy { parts.append("waiting: \(heldBy)") }
        return parts.joined(separator: ", ")
    }

    /// What keeps it from going on.
    private var heldBy: String? {
        switch backfill["held_by"]?.string {
        case "circuit_open": "the provider fails"
        case "provider_held": "the provider is held"
        case "live_backlog": "live events are waiting"
        case "rate_limited": "the vendor limited the rate less than a minute ago"
        case "slow_acceptance": "events are accepted too slowly"
        case "provider_not_configured": "routes.json does not have the provider"
        // It goes on in a moment.
        case "in_flight", "rate", nil: nil
        case let other?: other
        }
    }

    private func count(_ name: String) -> Int {
        Int(exactly: number(backfill["deliveries"]?[name])) ?? 0
    }

    private func number(_ value: JSONValue?) -> Double {
        value?.numberText.flatMap { Double($0) } ?? 0
    }

    /// `50%`, `12.5%`
    static func percent(_ percent: Double) -> String {
        let tenths = (percent * 10).rounded() / 10
        return tenths == tenths.rounded() ? "\(Int(tenths))%" : "\(tenths)%"
    }
}
