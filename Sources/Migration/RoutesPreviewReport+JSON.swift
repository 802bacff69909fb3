import Events
package import JSON

extension RoutesPreviewReport {
    /// Writes the members of the open object, in the API's names.
    package func writeMembers(to writer: inout JSONWriter) {
        writer.member("events", integer: events)
        writer.member("translated_events", integer: translated)
        writer.member("first_timestamp", stringOrNull: first?.rfc3339)
        writer.member("last_timestamp", stringOrNull: last?.rfc3339)
        customers.write(to: &writer)
        writer.member("changes_nothing", bool: changesNothing)
        writer.key("destinations")
        writer.beginArray()
        for destination in destinations { destination.write(to: &writer) }
        writer.endArray()
        writer.key("unrouted")
        unrouted.write(to: &writer) { name, writer in writer.member("name", string: name.rawValue) }
        writer.key("forbidden")
        forbidden.write(to: &writer) { forbidden, writer in
            writer.member("client", string: forbidden.client.rawValue)
            writer.member("name", string: forbidden.name.rawValue)
            writer.member("reason", string: forbidden.reason.rawValue)
        }
    }
}

extension DestinationPreview {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("provider", string: provider.rawValue)
        writer.member("adapter", stringOrNull: adapter?.rawValue)
        writer.member("events", integer: events)
        customers.write(to: &writer)
        writer.member("added", integer: added)
        writer.member("removed", integer: removed)
        writeModeChanges(to: &writer)
        writer.member("translated_events", integer: translated)
        writer.key("changed")
        changedFields.write(events: changed, to: &writer)
        writer.key("untranslatable")
        untranslatable.write(to: &writer) { reason, writer in
            writer.member("field", string: reason.field)
            writer.member("message", string: reason.message)
        }
        writer.member("now_translatable", integer: nowTranslatable)
        writer.key("peak")
        if let peak { peak.write(to: &writer) } else { writer.null() }
        writer.key("backfill")
        if let backfill { backfill.write(to: &writer) } else { writer.null() }
        writer.key("comparison")
        if let comparison { comparison.write(to: &writer) } else { writer.null() }
        writer.endObject()
    }

    private func writeModeChanges(to writer: inout JSONWriter) {
        writer.key("mode_changes")
        writer.beginArray()
        for (change, count) in modeChanges.sorted(by: { ($1.value, $0.key.text) < ($0.value, $1.key.text) }) {
            writer.beginObject()
            writer.member("from", string: change.from.rawValue)
            writer.member("to", string: change.to.rawValue)
            writer.member("events", integer: count)
            writer.endObject()
        }
        writer.endArray()
    }
}

extension ModeChange {
    fileprivate var text: String { "\(from.rawValue) \(to.rawValue)" }
}

extension DistinctCount {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("customers", integer: count)
        writer.member("more_customers", bool: isExceeded)
    }
}

extension GroupedCount {
    /// - Parameter writeKey: writes the members that name a group.
    func write(to writer: inout JSONWriter, _ writeKey: (Key, inout JSONWriter) -> Void) {
        writer.beginObject()
        writer.member("events", integer: count)
        writer.key("groups")
        writer.beginArray()
        for (key, group) in largestFirst {
            writer.beginObject()
            writeKey(key, &writer)
            writer.member("events", integer: group.count)
            writer.member("event_ids", strings: group.ids.map(\.rawValue))
            writer.endObject()
        }
        writer.endArray()
        writer.member("events_of_other_groups", integer: others)
        writer.endObject()
    }
}

extension FieldChanges {
    fileprivate func write(events: Int, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("events", integer: events)
        writer.key("fields")
        writer.beginArray()
        for (path, field) in mostFrequentFirst {
            writer.beginObject()
            writer.member("field", string: path)
            writer.member("events", integer: field.count)
            writer.key("example")
            writer.beginObject()
            writer.member("event_id", string: field.example.rawValue)
            writer.member("before", stringOrNull: field.before)
            writer.member("after", stringOrNull: field.after)
            writer.endObject()
            writer.endObject()
        }
        writer.endArray()
        writer.member("changes_of_other_fields", integer: others)
        writer.endObject()
    }
}

extension RequestPeak.Result {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("minute", string: minute.rfc3339)
        writer.member("events", integer: events)
        writer.member("requests", integer: requests)
        writer.key("limit_per_minute")
        if let limit { writer.integer(limit) } else { writer.null() }
        writer.member("backlog_minutes", integer: backlogMinutes)
        writer.endObject()
    }
}

extension BackfillEstimate {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("events", integer: events)
        writer.member("requests", integer: requests)
        writer.key("seconds")
        if let duration { writer.integer((duration.wholeMilliseconds + 999) / 1000) } else { writer.null() }
        writer.member("share_of_rate_limit", integer: Self.share)
        writer.endObject()
    }
}

extension ComparisonEstimate {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.beginObject()
        for (level, calls, duration) in [("digest", digest, digestDuration), ("full", full, fullDuration)] {
            writer.key(level)
            writer.beginObject()
            writer.member("calls", integer: calls)
            writer.key("seconds")
            if let duration { writer.integer((duration.wholeMilliseconds + 999) / 1000) } else { writer.null() }
            writer.endObject()
        }
        writer.key("share_of_rate_limit")
        writer.number("\(share)")
        writer.endObject()
    }
}
