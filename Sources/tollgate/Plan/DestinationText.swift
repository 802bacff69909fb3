import JSON

/// What a plan says of one provider, as people read it.
struct DestinationText {
    private let destination: JSONValue
    /// Whether only some of the events were translated.
    private let isSampled: Bool

    init(_ destination: JSONValue, isSampled: Bool) {
        self.destination = destination
        self.isSampled = isSampled
    }

    /// The provider with its counts, then whatever would be different there, indented.
    var lines: [String] {
        let adapter = destination["adapter"]?.string.map { " (\(PlanText.line($0)))" } ?? " (not in the file)"
        var lines = [
            "\(PlanText.text(destination["provider"]))\(adapter): \(count("events")) events, \(PlanText.customers(destination))"
        ]
        lines += changes.map { "  \($0)" }
        lines += fields + untranslatable
        if let peak { lines.append("  \(peak)") }
        for line in [backfill, comparison] { if let line { lines.append("  \(line)") } }
        return lines
    }

    private func count(_ member: String) -> String { PlanText.number(destination[member]) }

    /// What would be sent there that was not, and the other way round.
    private var changes: [String] {
        var changes: [String] = []
        if count("added") != "0" { changes.append("\(count("added")) added: they did not go there before") }
        if count("removed") != "0" { changes.append("\(count("removed")) removed: they would no longer go there") }
        for change in PlanText.elements(destination["mode_changes"]) {
            let (from, to) = (PlanText.text(change["from"]), PlanText.text(change["to"]))
            changes.append("\(PlanText.number(change["events"])) change from \(from) to \(to)")
        }
        if count("now_translatable") != "0" {
            changes.append("\(count("now_translatable")) could not be translated before, and can be now")
        }
        return changes
    }

    /// Of how many events a number is, if not all were translated.
    private var sampled: String { isSampled ? " of \(count("translated_events")) translated" : "" }

    /// How often a field would have another value, with an example for each.
    private var fields: [String] {
        guard let changed = destination["changed"], PlanText.number(changed["events"]) != "0" else { return [] }
        let others = PlanText.number(changed["changes_of_other_fields"])
        return ["  \(PlanText.number(changed["events"]))\(sampled) changed: the vendor would get other content"]
            + PlanText.elements(changed["fields"]).map(Self.field)
            + (others == "0" ? [] : ["    and \(others) changes of other fields"])
    }

    /// A field with an example of its value before and after.
    private static func field(_ field: JSONValue) -> String {
        let example = field["example"]
        let before = example?["before"]?.string.map { PlanText.line($0) } ?? "nothing"
        let after = example?["after"]?.string.map { PlanText.line($0) } ?? "nothing"
        let event = PlanText.text(example?["event_id"])
        return
            "    \(PlanText.text(field["field"])) in \(PlanText.number(field["events"])): \(before) becomes \(after) (in \(event))"
    }

    /// Groups of events that the vendor's adapter refuses, with the first IDs.
    private var untranslatable: [String] {
        guard let found = destination["untranslatable"], PlanText.number(found["events"]) != "0" else { return [] }
        return ["  \(PlanText.number(found["events"]))\(sampled) cannot be translated"]
            + PlanText.groups(found) { "\(PlanText.text($0["field"])): \(PlanText.text($0["message"]))" }.map {
                "  \($0)"
            }
    }

    /// The busiest minute beside the vendor's rate limit; nil if there is none in the plan.
    private var peak: String? {
        guard let peak = destination["peak"], !peak.isNull else { return nil }
        let (requests, minute) = (PlanText.number(peak["requests"]), PlanText.text(peak["minute"]))
        let start = "busiest minute \(minute): \(requests) requests with \(PlanText.number(peak["events"])) events"
        guard let limit = peak["limit_per_minute"]?.numberText else { return "\(start); no rate limit" }
        let backlog = PlanText.number(peak["backlog_minutes"])
        let wait = backlog == "0" ? "" : "; requests would wait for up to \(backlog) min"
        return "\(start); the limit is \(limit) per minute\(wait)"
    }

    /// What it would take to send earlier events; nil if none are missing there.
    private var backfill: String? {
        guard let backfill = destination["backfill"], !backfill.isNull else { return nil }
        let work = "\(PlanText.number(backfill["events"])) events in \(PlanText.number(backfill["requests"])) requests"
        guard let seconds = backfill["seconds"]?.int64 else { return "a backfill would send \(work)" }
        let (time, share) = (RoughDuration.text(seconds: seconds), PlanText.number(backfill["share_of_rate_limit"]))
        return "a backfill would send \(work), in \(time) at \(share)% of the rate limit"
    }

    /// Calls and time of a comparison, by level; nil if the vendor cannot be read.
    private var comparison: String? {
        guard let comparison = destination["comparison"], !comparison.isNull else { return nil }
        let texts = ["digest", "full"].map { level in
            let calls = "\(PlanText.number(comparison[level]?["calls"])) calls (\(level)"
            guard let seconds = comparison[level]?["seconds"]?.int64 else { return "\(calls))" }
            return "\(calls), \(RoughDuration.text(seconds: seconds)))"
        }
        let share = comparison["share_of_rate_limit"]?.numberText.flatMap { Double($0) } ?? 0
        let hasLimit = comparison["full"]?["seconds"]?.isNull == false
        return "a comparison would take \(texts[0]) or \(texts[1])"
            + (hasLimit ? ", at \(BackfillText.percent(share)) of the rate limit" : "")
    }
}
