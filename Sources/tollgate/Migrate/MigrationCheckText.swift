import JSON
import Observability

/// What a plan for a migration found, as people read it.
struct MigrationCheckText {
    private let migration: JSONValue

    /// Of each list.
    private static let mostListed = 20

    init(_ migration: JSONValue) {
        self.migration = migration
    }

    /// The conditions alone, with what is missing.
    /// - Parameter plan: its id, on which orders can rest.
    func text(plan: String) -> String {
        let (events, customers) = (PlanText.number(migration["events"]), PlanText.number(migration["customers"]))
        let name = PlanText.text(migration["name"])
        return (["\(name): \(events) events of \(customers) customers were looked at (plan \(plan))", ""] + lines)
            .joined(separator: "\n")
    }

    /// A table of conditions, then lists of what they found missing, then notes.
    var lines: [String] {
        let conditions = migration.elements(of: "conditions").map { condition in
            ["name", "color", "text"].map { condition[$0]?.string ?? "" }
        }
        var lines = [Terminal.table([["CONDITION", "STATE", "FOUND"]] + conditions)]
        lines += listed("names_without_metric", "name", "without a metric at the new provider")
        lines += listed("unknown_customers", "customer", "that the new provider does not have")
        lines += listed("customers_with_two_of_record", "customer", "with two providers of record in a period")
        lines += listed("remaining_subscriptions", "subscription", "at the old provider without an end at the move")
        lines += late
        let notes = migration.elements(of: "notes").compactMap(\.string)
        if !notes.isEmpty { lines += [""] + notes.map { "note: \(PlanText.line($0))" } }
        return lines
    }

    /// A heading with the number, then the first few; empty if there are none.
    private func listed(_ member: String, _ noun: String, _ which: String) -> [String] {
        guard let list = migration[member], !list.isNull, let count = list["count"]?.int64, count > 0 else { return [] }
        let shown = list.elements(of: "first").compactMap(\.string).prefix(Self.mostListed)
        let more = count - Int64(shown.count)
        return ["", "\(count) \(noun)\(count == 1 ? "" : "s") \(which)"] + shown.map { "  \(PlanText.line($0))" }
            + (more > 0 ? ["  and \(more) more; --json shows up to 100"] : [])
    }

    /// How much usage came after the end of its period, by how late it was.
    private var late: [String] {
        guard let late = migration["late_usage"], !late.isNull else { return [] }
        let title =
            "\(PlanText.number(late["late_events"])) of \(PlanText.number(late["events"])) events of the last periods came "
            + "after their end"
        let parts = late.elements(of: "by_delay").filter { $0["events"]?.int64 != 0 }
        return ["", title]
            + parts.map { part in
                let limit = part["less_than_seconds"]?.int64.map { "less than \(RoughDuration.text(seconds: $0))" }
                return "  \(PlanText.number(part["events"])) by \(limit ?? "more")"
            }
    }
}
