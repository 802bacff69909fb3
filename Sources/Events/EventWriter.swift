package import JSON

/// Writes events and deliveries in the canonical API's format.
package enum EventWriter {
    /// The members of an event, without its braces: what the application sent, and what acceptance fixed.
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

    /// The members of an event with its deliveries and its timeline.
    /// - Parameter traits: of the vendors, to list the fields that each cannot store; if empty, these are left out.
    package static func writeMembers(
        of archived: ArchivedEvent,
        traits: [VendorTraits] = [],
        to writer: inout JSONWriter
    ) {
        writeMembers(of: archived.event, to: &writer)
        writer.member("accepted_at", string: archived.event.acceptedAt.rfc3339)
        writer.member("client", string: archived.event.client.rawValue)
        writer.member("route", stringOrNull: archived.event.plan.route?.rawValue)
        if let correction = archived.event.corrects { writer.member("corrects", string: correction.original.rawValue) }
        if let kind = archived.event.correctionKind { writer.member("correction", string: kind.rawValue) }
        writer.key("deliveries")
        writer.beginArray()
        for delivery in archived.deliveries {
            let traits = traits.first { $0.adapter == delivery.adapter }
            let planned = archived.event.plan.destination(at: delivery.provider)
            let dropped = traits.map { droppedFields(of: archived.event, by: $0) }
            write(delivery, planned: planned, droppedFields: dropped, to: &writer)
        }
        writer.endArray()
    }

    /// The fields of an event that a vendor cannot store: fields for other vendors, and some canonical ones.
    package static func droppedFields(of event: AcceptedEvent, by traits: VendorTraits) -> [String] {
        var fields = traits.ignoredFields.filter { field in
            switch field {
            case "source": event.source != nil
            case "subscription_id": event.subscriptionID != nil
            default: false
            }
        }
        guard let vendor = event.vendor else { return fields }
        // It was checked on acceptance; if it can no longer be read, it has no fields.
        guard let root = try? JSONDocument(parsing: Array(vendor.bytes)).root else { return fields }
        for member in root.members where member.name != traits.adapter.rawValue {
            fields += member.value.members.map { "vendor.\(member.name).\($0.name)" }
        }
        return fields
    }

    /// A normalized delivery, the same for every vendor, with its attempts.
    /// - Parameters:
    ///   - planned: what the event was accepted with, to show which settings each attempt had; nil leaves the settings out.
    ///   - droppedFields: the event's fields that the vendor cannot store; nil leaves them out.
    package static func write(
        _ delivery: Delivery,
        planned: Destination? = nil,
        droppedFields: [String]? = nil,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.member("provider", string: delivery.provider.rawValue)
        writer.member("adapter", string: delivery.adapter.rawValue)
        writer.member("mode", string: delivery.mode.rawValue)
        if let lane = delivery.lane { writer.member("backfill", integer: Int(lane.rawValue)) }
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
        if let planned { DeliverySettingsWriter.write(delivery, planned, to: &writer) }
        if let droppedFields {
            writer.key("dropped_fields")
            writer.beginArray()
            for field in droppedFields { writer.string(field) }
            writer.endArray()
        }
        writer.endObject()
    }

    /// What happened to an event, in order: accepted, planned, each attempt, settled, and sent again by a person.
    package static func writeTimeline(
        of archived: ArchivedEvent,
        resends: [Resend] = [],
        to writer: inout JSONWriter
    ) {
        writer.key("timeline")
        writer.beginArray()
        writeEntry("accepted", at: archived.event.acceptedAt, to: &writer)
        writeEntry("planned", at: archived.event.acceptedAt, to: &writer) { writer in
            writer.key("providers")
            writer.beginArray()
            for destination in archived.event.plan.destinations { writer.string(destination.provider.rawValue) }
            writer.endArray()
        }
        // Entries with the same timestamp keep their order: an attempt precedes the settlement that it caused.
        let entries = (deliveryEntries(of: archived) + resends.map { TimelineEntry.resent($0) }).enumerated()
            .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
        for (_, entry) in entries { write(entry, to: &writer) }
        writer.endArray()
    }

    /// What happened to an event after it was planned.
    private enum TimelineEntry {
        case attempt(Attempt, Delivery)
        case settled(Attempt, Delivery)
        case resent(Resend)

        var at: Timestamp {
            switch self {
            case .attempt(let attempt, _): attempt.at
            case .settled(let last, _): last.at + last.latency
            case .resent(let resend): resend.at
            }
        }
    }

    private static func deliveryEntries(of archived: ArchivedEvent) -> [TimelineEntry] {
        let attempts = archived.deliveries.flatMap { delivery in
            delivery.history.map { TimelineEntry.attempt($0, delivery) }
        }
        let settled = archived.deliveries.compactMap { delivery -> TimelineEntry? in
            guard delivery.status != .pending, delivery.status != .retrying else { return nil }
            return delivery.history.last.map { .settled($0, delivery) }
        }
        return attempts + settled
    }

    private static func write(_ entry: TimelineEntry, to writer: inout JSONWriter) {
        switch entry {
        case .attempt(let attempt, let delivery):
            writeEntry("attempt", at: entry.at, to: &writer) { writer in
                writer.member("provider", string: delivery.provider.rawValue)
                writer.member("status", string: attempt.status.rawValue)
                write(attempt.httpStatus, "http_status", to: &writer)
                writer.member("latency_ms", integer: attempt.latency.wholeMilliseconds)
                write(attempt.fault, retryable: attempt.status == .retrying, to: &writer)
            }
        case .settled(_, let delivery):
            writeEntry("settled", at: entry.at, to: &writer) { writer in
                writer.member("provider", string: delivery.provider.rawValue)
                writer.member("status", string: delivery.status.rawValue)
            }
        case .resent(let resend):
            writeEntry("resent", at: entry.at, to: &writer) { writer in
                writer.member("provider", string: resend.provider.rawValue)
                writer.member("status", string: DeliveryStatus.delivered.rawValue)
                writer.member("comparison", integer: resend.comparison)
            }
        }
    }

    private static func writeEntry(
        _ what: String,
        at timestamp: Timestamp,
        to writer: inout JSONWriter,
        _ members: (inout JSONWriter) -> Void = { _ in }
    ) {
        writer.beginObject()
        writer.member("at", string: timestamp.rfc3339)
        writer.member("type", string: what)
        members(&writer)
        writer.endObject()
    }

    private static func write(_ attempt: Attempt, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("at", string: attempt.at.rfc3339)
        writer.member("kind", string: attempt.isLookup ? "probe" : "request")
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
