package import JSON

/// Writes an event of the journal in the form of CloudEvents 1.0, as ``CloudEventFields`` reads it.
///
/// What CloudEvents has no attribute for is in extensions, whose values may only be simple: deliveries are JSON in a string.
package enum CloudEventWriter {
    /// The source of events that were sent without one; every CloudEvent has one.
    package static let usualSource = "tollgate"

    /// Writes one object.
    package static func write(_ archived: ArchivedEvent, to writer: inout JSONWriter) {
        let event = archived.event
        writer.beginObject()
        writer.member("specversion", string: "1.0")
        writer.member("id", string: event.id.rawValue)
        writer.member("source", string: event.source.flatMap { $0.isEmpty ? nil : $0 } ?? usualSource)
        writer.member("type", string: event.name)
        if let customer = event.customerID { writer.member("subject", string: customer) }
        writer.member("time", string: event.timestamp.rfc3339)
        if let subscription = event.subscriptionID { writer.member("subscriptionid", string: subscription) }
        if let properties = event.properties {
            writer.member("datacontenttype", string: "application/json")
            writer.member("data", raw: oneLine(properties.bytes))
        }
        writer.member("tenant", string: event.tenant.rawValue)
        writer.member("client", string: event.client.rawValue)
        writer.member("acceptedtime", string: event.acceptedAt.rfc3339)
        writer.member("sequence", string: "\(archived.sequence.rawValue)")
        if let route = event.plan.route { writer.member("route", string: route.rawValue) }
        if let vendor = event.vendor { writer.member("vendorfields", string: text(Array(vendor.bytes))) }
        writer.member("deliveries", string: text(deliveries(of: archived)))
        writer.endObject()
    }

    /// The same JSON without line ends, which are white space between its tokens, so that an event is a line.
    private static func oneLine(_ json: ArraySlice<UInt8>) -> [UInt8] {
        json.map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? UInt8(ascii: " ") : $0 }
    }

    private static func deliveries(of archived: ArchivedEvent) -> [UInt8] {
        var writer = JSONWriter(capacity: 1024)
        writer.beginArray()
        for delivery in archived.deliveries { EventWriter.write(delivery, to: &writer) }
        writer.endArray()
        return writer.bytes
    }

    private static func text(_ json: [UInt8]) -> String { String(decoding: json, as: UTF8.self) }
}
