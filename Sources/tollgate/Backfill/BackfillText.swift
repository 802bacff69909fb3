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

    /// The fraction of the journal that it has read, from 0 to 1.
    var part: Double {
        let walked = number(backfill["progress"]?["walked"])
        let part = walked / (walked + number(backfill["progress"]?["ahead"]))
        return part.isFinite ? min(max(part, 0), 1) : hasEnded ? 1 : 0
    }

    // Safe: the part is within 0...1, whatever the gateway says.
    private var done: String { "\(Int((part * 100).rounded(.down)))%" }

    static let header = [
        "ID", "PROVIDER", "STATE", "DONE", "DELIVERED", "RETRYING", "REJECTED", "UNCERTAIN", "RATE", "HELD BY",
    ]

    /// A row of the list.
    var row: [String] {
        [
            backfill["id"]?.numberText ?? "", backfill["provider"]?.string ?? "", state, done,
            "\(count("delivered"))", "\(count("retrying"))", "\(count("rejected"))", "\(count("uncertain"))",
            Self.percent(number(backfill["current_rate"])), heldBy ?? "-",
        ]
    }

    /// Its filter, rate and progress.
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
        let leftOut = Int(exactly: number(backfill["left_out_customers"])) ?? 0
        if leftOut > 0 {
            lines.append("\(leftOut) customers left out: the journal lacks a part of their billing period")
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
        if count("deduplicated") > 0 { parts.append("\(count("deduplicated")) of them deduplicated") }
        for name in ["retrying", "rejected", "uncertain", "discarded"] where count(name) > 0 {
            parts.append("\(count(name)) \(name)")
        }
        if let heldBy { parts.append("waiting: \(heldBy)") }
        return parts.joined(separator: ", ")
    }

    /// Why it is waiting; nil if it is not.
    private var heldBy: String? {
        switch backfill["held_by"]?.string {
        case "circuit_open": "the provider is failing"
        case "provider_held": "an operator holds the provider"
        case "live_backlog": "live events are waiting"
        case "rate_limited": "the vendor limited the rate within the last minute"
        case "slow_acceptance": "events are accepted too slowly"
        case "provider_not_configured": "routes.json does not have the provider"
        case "other_routes": "another gateway has another routes.json; `tollgate nodes` shows which"
        // It continues by itself within seconds.
        case "in_flight", "rate", nil: nil
        case let other?: other
        }
    }

    /// 0 for a number that is missing, has a fraction or is too large: this is for people, and the gateway knows better.
    private func count(_ name: String) -> Int {
        Int(exactly: number(backfill["deliveries"]?[name])) ?? 0
    }

    private func number(_ value: JSONValue?) -> Double {
        value?.numberText.flatMap { Double($0) } ?? 0
    }

    /// `50%`, `12.5%`
    static func percent(_ percent: Double) -> String {
        let tenths = (percent * 10).rounded() / 10
        return Int(exactly: tenths).map { "\($0)%" } ?? "\(tenths)%"
    }
}
