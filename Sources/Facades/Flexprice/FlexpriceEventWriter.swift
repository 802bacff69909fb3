import Events
import JSON
import Vendors

/// Writes an event as Flexprice shows it. What it does not have is an empty text there, never absent.
struct FlexpriceEventWriter {
    private let event: AcceptedEvent

    init(_ archived: ArchivedEvent) {
        event = archived.event
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", string: event.id.rawValue)
        writer.member("external_customer_id", string: event.customerID ?? "")
        let own = VendorObject.fields(for: FlexpriceFacade.name, in: event.vendor)?["customer_id"]?.string
        writer.member("customer_id", string: own ?? "")
        writer.member("event_name", string: event.name)
        writer.member("timestamp", string: FlexpriceTimestamp.text(event.timestamp))
        writer.member("ingested_at", string: FlexpriceTimestamp.text(event.acceptedAt))
        writer.member("properties", raw: event.properties?.bytes ?? Self.none)
        writer.member("source", string: event.source ?? "")
        // A gateway key has no environments.
        writer.member("environment_id", string: "")
        writer.endObject()
    }

    private static let none = Array("{}".utf8)[...]
}
