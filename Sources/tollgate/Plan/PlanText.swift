import JSON
import Observability

/// A plan as people read it.
struct PlanText {
    let plan: JSONValue
    let result: JSONValue

    /// Header, destinations, then events that no destination gets, and what could not be read.
    var text: String {
        var lines = header
        for destination in Self.elements(result["destinations"]) {
            lines.append("")
            lines += DestinationText(destination, isSampled: isSampled).lines
        }
        lines += refusedEvents("unrouted", title: "events that no route matches") { Self.text($0["name"]) }
        lines += refusedEvents("forbidden", title: "events that their client may not send", Self.forbidden)
        lines += unreadable
        if let migration = result["migration"], !migration.isNull {
            lines += [""] + MigrationCheckText(migration).lines
        }
        if result["changes_nothing"]?.bool == true { lines += ["", "nothing would change for these events"] }
        return lines.joined(separator: "\n")
    }

    /// Whether fewer events were translated than were routed.
    private var isSampled: Bool { Self.number(result["translated_events"]) != Self.number(result["events"]) }

    /// What the plan is of, and what would change in the routes.
    private var header: [String] {
        var lines = [
            "plan \(Self.text(plan["id"])): \(Self.number(result["events"])) events\(span), \(Self.customers(result))"
        ]
        if isSampled { lines.append("a sample of \(Self.number(result["translated_events"])) events was translated") }
        if plan["stale"]?.bool == true {
            lines.append("the active routes have changed since this plan was made; make a new one")
        }
        let changes = Self.elements(plan["routes_changes"]).compactMap(\.string)
        lines +=
            changes.isEmpty
            ? [plan["migration"]?.string.map { "for the migration \(Self.line($0))" } ?? "the file is the active one"]
            : ["the file changes:"] + changes.map { "  \(Self.line($0))" }
        return lines
    }

    private var span: String {
        guard let first = result["first_timestamp"]?.string, let last = result["last_timestamp"]?.string else {
            return ""
        }
        return " from \(Self.line(first)) to \(Self.line(last))"
    }

    /// A heading and the groups of refused events; empty if there are none.
    private func refusedEvents(_ member: String, title: String, _ name: (JSONValue) -> String) -> [String] {
        guard let refused = result[member], Self.number(refused["events"]) != "0" else { return [] }
        return ["", "\(Self.number(refused["events"])) \(title)"] + Self.groups(refused, name)
    }

    /// Why a group of events would be refused under the new routes.
    private static func forbidden(_ group: JSONValue) -> String {
        let (client, name) = (text(group["client"]), text(group["name"]))
        return switch group["reason"]?.string {
        case "no_client": "\(name): the file does not have the client \(client)"
        case "route": "\(name): \(client) may not use the route that matches"
        default: "\(name): \(client) may not send this name"
        }
    }

    /// Parts of the journal whose events are missing in all numbers above.
    private var unreadable: [String] {
        let ranges = Self.elements(result["unreadable"])
        guard !ranges.isEmpty else { return [] }
        let more = Self.number(result["more_unreadable"])
        return ["", "parts of the journal could not be read, so their events are missing in this plan"]
            + ranges.map { "  \(number($0["first"])) to \(number($0["last"])): \(Self.text($0["reason"]))" }
            + (more == "0" ? [] : ["  and \(more) more"])
    }

    private func number(_ value: JSONValue?) -> String { Self.number(value) }
}

/// The parts that every section is made of.
extension PlanText {
    static func elements(_ value: JSONValue?) -> [JSONValue] { value.map { Array($0.elements) } ?? [] }

    static func number(_ value: JSONValue?) -> String { value?.numberText ?? "0" }

    /// On one line, whatever the text holds.
    static func line(_ text: String) -> String { VisibleText.escaped(text) }

    static func text(_ value: JSONValue?) -> String { line(value?.string ?? "") }

    /// The number of customers, which is a minimum if counting stopped at a limit.
    static func customers(_ value: JSONValue) -> String {
        let more = value["more_customers"]?.bool == true ? "more than " : ""
        return "\(more)\(number(value["customers"])) customers"
    }

    /// A line for each group of events, with the first ids.
    static func groups(_ counted: JSONValue, _ name: (JSONValue) -> String) -> [String] {
        let others = number(counted["events_of_other_groups"])
        return elements(counted["groups"]).map { group in
            let ids = elements(group["event_ids"]).compactMap(\.string).prefix(3).map { line($0) }
            return "  \(number(group["events"])) \(name(group)) (such as \(ids.joined(separator: ", ")))"
        } + (others == "0" ? [] : ["  \(others) for other reasons"])
    }
}
