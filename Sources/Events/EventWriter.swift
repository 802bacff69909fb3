package import JSON

/// Writes events and deliveries in the canonical API's words.
package enum EventWriter {
    /// The members of an event, without its braces: what the application sent, with what acceptance fixed.
    package static func writeMembers(of event: AcceptedEvent, to writer: inout JSONWriter) {
        writer.member("id", string: event.id.rawValue)
        writer.member("name", string: event.name)
        if let customer = event.customerID { writer.member("customer_id", string: customer) }
        if let subscription = event.subscriptionID { writer.member("subscription_id", string: subscription) }
        writer.member("timestamp", string: event.timestamp.rfc3339)
        if let source = event.source { writer.member("source", string: source) }
        if let properties = event.properties { writer.member("properties", raw: properties.bytes) }
        if let vendor = event.vendor { writer.member("vendor", raw: vendor.bytes) }
    }

    /// The members of an event with all that became of it.
    package static func writeMembers(of archived: ArchivedEvent, to writer: inout JSONWriter) {
        writeMembers(of: archived.event, to: &writer)
        writer.member("accepted_at", string: archived.event.acceptedAt.rfc3339)
        writer.member("client", string: archived.event.client.rawValue)
        writer.member("route", stringOrNull: archived.event.plan.route?.rawValue)
        writer.key("deliveries")
        writer.beginArray()
        for delivery in archived.deliveries { write(delivery, to: &writer) }
        writer.endArray()
    }

    /// A normalized delivery, the same for every vendor, with its attempts.
    package static func write(_ delivery: Delivery, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("provider", string: delivery.provider.rawValue)
        writer.member("adapter", string: delivery.adapter.rawValue)
        writer.member("mode", string: delivery.mode.rawValue)
        writer.member("status", string: delivery.status.rawValue)
        writer.member("attempts", integer: delivery.attempts)
        writer.member("deduplicated", bool: delivery.deduplicated)
        write(delivery.httpStatus, "http_status", to: &writer)
        write(delivery.latency.map { Int($0.wholeMilliseconds) }, "latency_ms", to: &writer)
        writer.member("next_attempt_at", stringOrNull: delivery.nextAttemptAt?.rfc3339)
        write(delivery.fault, retryable: delivery.status == .retrying, to: &writer)
        writer.key("history")
        writer.beginArray()
        for attempt in delivery.history { write(attempt, to: &writer) }
        writer.endArray()
        writer.endObject()
    }

    private static func write(_ attempt: Attempt, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("at", string: attempt.at.rfc3339)
        writer.member("latency_ms", integer: attempt.latency.wholeMilliseconds)
        write(attempt.httpStatus, "http_status", to: &writer)
        writer.member("status", string: attempt.status.rawValue)
        writer.member("deduplicated", bool: attempt.deduplicated)
        write(attempt.fault, retryable: attempt.status == .retrying, to: &writer)
        writer.endObject()
    }

    private static func write(_ fault: DeliveryFault?, retryable: Bool, to writer: inout JSONWriter) {
        writer.key("error")
        guard let fault else { return writer.null() }
        writer.beginObject()
        writer.member("code", string: fault.code.rawValue)
        writer.member("message", string: fault.message)
        writer.member("retryable", bool: retryable)
        writer.member("vendor", stringOrNull: fault.vendor)
        writer.endObject()
    }

    private static func write(_ number: Int?, _ name: String, to writer: inout JSONWriter) {
        writer.key(name)
        if let number { writer.integer(number) } else { writer.null() }
    }
}
