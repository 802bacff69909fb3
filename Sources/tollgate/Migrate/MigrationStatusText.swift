import JSON
import Observability

/// A migration as people read it.
struct MigrationStatusText {
    private let migration: JSONValue

    init(_ migration: JSONValue) {
        self.migration = migration
    }

    var text: String {
        var lines = ["\(word("name")): \(word("route")), from \(word("from")) to \(word("to"))", movers]
        if let hold = migration["hold"], !hold.isNull { lines.append("held: \(MigrationEntryText(hold).line)") }
        lines.append("")
        lines.append(Terminal.table([["#", "STAGE", "", "CONDITION", "STATE", "FOUND"]] + stages))
        lines.append("")
        if let next = migration["next"]?.string { lines.append("next: \(VisibleText.escaped(next))") }
        for obstacle in migration.elements(of: "obstacles").compactMap(\.string) {
            lines.append("  in its way: \(VisibleText.escaped(obstacle))")
        }
        let log = migration.elements(of: "log").map { "  \(MigrationEntryText($0).line)" }
        if !log.isEmpty { lines += ["", "ordered so far:"] + log }
        return lines.joined(separator: "\n")
    }

    /// Who moves.
    private var movers: String {
        let share = migration["share_percent"]?.numberText ?? "0"
        if let cut = migration["cut_at"]?.string {
            return
                "all customers move, each at the first start of a billing period from \(VisibleText.escaped(cut)) on"
        }
        return share == "0"
            ? "no customer moves" : "\(share)% of the customers move, each at the next start of a billing period"
    }

    /// A row for each condition of a stage that is not history.
    private var stages: [[String]] {
        migration.elements(of: "stages").flatMap { stage -> [[String]] in
            let state = stage["state"]?.string
            let mark = state == "current" ? "now" : state == "done" ? "done" : ""
            let title = [stage["number"]?.numberText ?? "", stage["name"]?.string ?? ""]
            // The conditions of stages that have ended are history.
            let conditions = state == "done" ? [] : stage.elements(of: "conditions")
            guard !conditions.isEmpty else { return [title + [mark, "", "", ""]] }
            return conditions.map { condition in
                title + [mark] + ["name", "color", "text"].map { condition[$0]?.string ?? "" }
            }
        }
    }

    private func word(_ name: String) -> String { VisibleText.escaped(migration[name]?.string ?? "") }
}

/// An entry of a migration's log, in one line, whatever its reason holds.
struct MigrationEntryText {
    private let entry: JSONValue

    init(_ entry: JSONValue) {
        self.entry = entry
    }

    var line: String {
        var parts = ["\(entry["action"]?.string ?? "")"]
        if let stage = entry["stage"]?.string { parts.append(stage) }
        if let share = entry["share"]?.numberText { parts.append("\(share)%") }
        if let at = entry["at"]?.string { parts.append("at \(at)") }
        if let when = entry["when"]?.string { parts.append(when == "now" ? "at once" : "at the next boundaries") }
        let customers = entry.elements(of: "customer_ids").compactMap(\.string)
        if !customers.isEmpty { parts.append("of \(customers.count) customers") }
        parts.append("by \(entry["actor"]?.string ?? ""), from \(entry["effective_from"]?.string ?? "")")
        var line = parts.joined(separator: " ")
        if let plan = entry["plan"]?.string { line += ", plan \(plan)" }
        let despite = entry.elements(of: "despite").compactMap(\.string)
        if !despite.isEmpty { line += ", despite \(despite.joined(separator: ", "))" }
        if let reason = entry["reason"]?.string { line += ": \(reason)" }
        return VisibleText.escaped(line)
    }
}

/// What an order did, as people read it.
struct MigrationOutcomeText {
    private let outcome: JSONValue

    /// More are no list for people; `--json` has all.
    private static let mostCustomers = 50

    init(_ outcome: JSONValue) {
        self.outcome = outcome
    }

    var text: String {
        let entry = outcome["entry"].map { MigrationEntryText($0).line } ?? ""
        let isDryRun = outcome["dry_run"]?.bool ?? false
        var lines = [isDryRun ? "would record: \(entry)" : "recorded: \(entry)"]
        if let toVoid = outcome["to_void"], !toVoid.isNull { lines += Self.lines(toVoid) }
        if let refill = outcome["refill"], !refill.isNull { lines += Self.refillLines(refill, isDryRun: isDryRun) }
        if let next = outcome["migration"]?["next"]?.string, !isDryRun { lines.append("next: \(next)") }
        return lines.map { VisibleText.escaped($0) }.joined(separator: "\n")
    }

    /// The customers whose usage must be voided at the provider that they leave.
    private static func lines(_ toVoid: JSONValue) -> [String] {
        let customers = toVoid.elements(of: "customers")
        let provider = toVoid["provider"]?.string ?? ""
        guard !customers.isEmpty else {
            return ["no customer has usage of the running period on the bill of \(provider)"]
        }
        let have = customers.count == 1 ? "1 customer has" : "\(customers.count) customers have"
        var lines = ["\(have) usage of the running period on the bill of \(provider); void it there:"]
        for customer in customers.prefix(mostCustomers) {
            lines.append(
                "  \(customer["customer_id"]?.string ?? ""): \(count(customer["events"], "event")), "
                    + "\(customer["first"]?.string ?? "") to \(customer["last"]?.string ?? "")"
            )
        }
        if customers.count > mostCustomers {
            lines.append("  and \(customers.count - mostCustomers) more customers; --json shows all")
        }
        if let more = toVoid["more_events"], more.int64 != 0 {
            lines.append("  and \(count(more, "event")) of other customers")
        }
        if let parts = toVoid["unreadable_parts"], parts.int64 != 0 {
            lines.append("\(count(parts, "part")) of the journal could not be read and may have more")
        }
        return lines
    }

    /// What the old provider lacks, and what brings it there.
    private static func refillLines(_ refill: JSONValue, isDryRun: Bool) -> [String] {
        let provider = refill["provider"]?.string ?? ""
        let found =
            "\(provider) was not sent \(count(refill["events"], "event")) of \(count(refill["customers"], "customer"))"
        var lines: [String]
        let numbers = refill.elements(of: "backfills").compactMap(\.numberText)
        if isDryRun {
            lines = ["\(found); a backfill would send them"]
        } else if let error = refill["error"]?.string {
            lines = ["\(found), and no backfill was started: \(error)"]
        } else {
            lines = ["\(found); backfill \(numbers.joined(separator: ", ")) sends them (tollgate backfill list)"]
        }
        if let more = refill["more_events"], more.int64 != 0 {
            lines.append("  \(count(more, "event")) of other customers are missing there too; backfill them manually")
        }
        return lines
    }

    /// `1 event`, `3 events`
    private static func count(_ value: JSONValue?, _ noun: String) -> String {
        let number = value?.numberText ?? "0"
        return "\(number) \(noun)\(number == "1" ? "" : "s")"
    }
}
