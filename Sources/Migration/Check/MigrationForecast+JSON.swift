import Events
package import JSON

/// As the API shows it.
extension MigrationForecast {
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", string: name.rawValue)
        writer.member("events", integer: events)
        writer.member("customers", integer: customers)
        writer.member("more", bool: isExceeded)
        writer.key("conditions")
        writer.beginArray()
        for condition in conditions { condition.write(to: &writer) }
        writer.endArray()
        Self.write(namesWithoutMetric, as: "names_without_metric", to: &writer)
        Self.write(unknownCustomers, as: "unknown_customers", to: &writer)
        Self.write(twiceOfRecord, as: "customers_with_two_of_record", to: &writer)
        Self.write(remainingSubscriptions, as: "remaining_subscriptions", to: &writer)
        writer.key("late_usage")
        if let late { late.write(to: &writer) } else { writer.null() }
        writer.member("notes", strings: notes)
        writer.endObject()
    }

    private static func write(_ listed: Listed?, as name: String, to writer: inout JSONWriter) {
        writer.key(name)
        guard let listed else { return writer.null() }
        writer.beginObject()
        writer.member("count", integer: listed.count)
        writer.member("first", strings: listed.first)
        writer.endObject()
    }
}

extension StageCondition {
    /// As the API shows it.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", string: name)
        writer.member("color", string: color.rawValue)
        writer.member("text", string: text)
        writer.endObject()
    }
}
