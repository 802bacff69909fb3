import Events
import JSON

/// The events of one id with the outcome of the newest of them, as Flexprice's lookup tells it.
///
/// Of its deliveries those to primaries count, or all if there are none: `processed` when each has arrived (or is only translated and
/// logged), `failed` when one needs a person, else `processing`.
struct FlexpriceLookup {
    /// The states that Flexprice's lookup reports.
    private enum Status: String {
        case processed, processing, failed
    }

    private let events: [ArchivedEvent]

    /// - Parameter events: at least one.
    init(_ events: [ArchivedEvent]) {
        self.events = events.sorted { left, right in
            left.event.timestamp == right.event.timestamp
                ? left.sequence > right.sequence : left.event.timestamp > right.event.timestamp
        }
    }

    var answer: DialectAnswer {
        let deliveries = counted
        let failed = deliveries.first { Self.needsPerson($0.status) }
        let isDone = deliveries.allSatisfy { $0.status == .delivered || $0.status == .skipped }
        let status: Status = failed != nil ? .failed : isDone ? .processed : .processing
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.key("event")
        FlexpriceEventWriter(events[0]).write(to: &writer)
        writer.member("status", string: status.rawValue)
        // Line items and prices are the vendor's.
        writer.key("processed_events")
        writer.beginArray()
        writer.endArray()
        if let failed { writeTracker(failed, to: &writer) }
        writer.key("events")
        writer.beginArray()
        for event in events { FlexpriceEventWriter(event).write(to: &writer) }
        writer.endArray()
        writer.endObject()
        return DialectAnswer(status: 200, contentType: FlexpriceFacade.contentType, body: writer.bytes)
    }

    private var counted: [Delivery] {
        let all = events[0].deliveries
        let primaries = all.filter { $0.mode == .primary }
        return primaries.isEmpty ? all : primaries
    }

    /// Whether the state is final without a delivery, which Flexprice calls failed.
    private static func needsPerson(_ status: DeliveryStatus) -> Bool {
        switch status {
        case .rejected, .uncertain, .discarded: true
        case .pending, .retrying, .delivered, .skipped: false
        }
    }

    /// Where it failed, with the provider and the reason.
    private func writeTracker(_ delivery: Delivery, to writer: inout JSONWriter) {
        writer.key("debug_tracker")
        writer.beginObject()
        writer.key("failure_point")
        writer.beginObject()
        switch delivery.fault?.code {
        case .unknownCustomer?: writer.member("failure_point_type", string: "customer_lookup")
        case .unknownName?: writer.member("failure_point_type", string: "meter_lookup")
        default: break
        }
        writer.key("error")
        writer.beginObject()
        writer.member("code", string: delivery.fault?.code.rawValue ?? delivery.status.rawValue)
        let reason = delivery.fault?.message ?? "the delivery is \(delivery.status.rawValue)"
        writer.member("message", string: "\(delivery.provider): \(reason)")
        if let status = delivery.httpStatus { writer.member("http_status_code", integer: status) }
        writer.endObject()
        writer.endObject()
        writer.endObject()
    }
}
