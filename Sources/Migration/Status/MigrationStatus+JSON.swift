import Events
package import JSON
import OfRecord

/// As the API shows it.
extension MigrationStatus {
    /// How many of the next times at which customers move are listed.
    private static let shownMoves = 20

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", string: outline.name.rawValue)
        writer.member("route", string: outline.route.rawValue)
        writer.member("from", string: outline.from.rawValue)
        writer.member("to", string: outline.to.rawValue)
        writer.member("stage", string: stage.rawValue)
        writer.member("delivery", stringOrNull: delivery?.rawValue)
        writer.key("share_percent")
        writer.number(MigrationEntry.Action.text(of: course.share))
        writer.member("cut_at", stringOrNull: course.cut?.rfc3339)
        writer.member("moved_at", stringOrNull: lastMove?.rfc3339)
        writer.key("hold")
        if let hold { hold.write(to: &writer) } else { writer.null() }
        writer.key("stages")
        writer.beginArray()
        for stage in MigrationStage.allCases { write(stage, to: &writer) }
        writer.endArray()
        writer.key("gates")
        writer.beginArray()
        for gate in gates { write(gate, to: &writer) }
        writer.endArray()
        writer.key("next_moves")
        upcoming(limit: Self.shownMoves).write(to: &writer)
        writer.member("next", stringOrNull: next)
        writer.member("obstacles", strings: obstacles)
        writer.key("log")
        writer.beginArray()
        for record in records { record.write(to: &writer) }
        writer.endArray()
        writer.endObject()
    }

    private func write(_ stage: MigrationStage, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("number", integer: stage.number)
        writer.member("name", string: stage.rawValue)
        let state = stage == self.stage ? "current" : stage.number < self.stage.number ? "done" : "ahead"
        writer.member("state", string: state)
        writer.key("conditions")
        writer.beginArray()
        for condition in conditions(of: stage) { condition.write(to: &writer) }
        writer.endArray()
        writer.endObject()
    }

    private func write(_ gate: GateStatus, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", string: gate.gate.rawValue)
        let condition = StageCondition(gate)
        writer.member("color", string: condition.color.rawValue)
        writer.member("figure", stringOrNull: gate.figure)
        writer.member("limit", string: gate.limit)
        let reason: String? = if case .unknown(let reason) = gate.color { reason.text } else { nil }
        writer.member("reason", stringOrNull: reason)
        writer.member("overridden", bool: overridden.contains(gate.gate))
        writer.endObject()
    }
}

extension MigrationRecord {
    /// As the API shows it.
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("number", integer: entry.number)
        writer.member("effective_from", string: entry.at.rfc3339)
        writer.member("action", string: entry.action.name)
        entry.action.writeMembers(to: &writer)
        writer.member("actor", string: actor)
        writer.member("key_id", stringOrNull: keyID)
        writer.member("plan", stringOrNull: plan)
        writer.member("reason", stringOrNull: reason)
        writer.member("despite", strings: despite.map(\.rawValue))
        writer.endObject()
    }
}
