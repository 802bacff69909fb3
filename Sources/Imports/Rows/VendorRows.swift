import Client
import Events
import JSON

/// Events as Lago's API lists them. Their IDs are unique by subscription.
struct LagoRows: RowReading {
    func event(_ row: Row) throws(RowFault) -> ReadRow {
        let subscription = try row.required("subscription_id", at: "external_subscription_id")
        let id = try row.required("id", at: "transaction_id")
        var event = ImportedEvent(
            id: ImportedEvent.id("lago", subscription, id),
            name: try row.required("name", at: "code"),
            customerID: try row.text("customer_id", at: "external_customer_id"),
            subscriptionID: subscription,
            timestamp: try row.timestamp(at: "timestamp"),
            source: try row.text("source", at: "source"),
            properties: try row.object("properties", at: "properties").map { Array($0.raw) }
        )
        event.identity = FileEvent.Identity(
            id: id,
            customerID: event.customerID,
            subscriptionID: subscription,
            timestamp: event.timestamp,
            includesTime: false
        )
        if let amount = row.value["precise_total_amount_cents"].flatMap({ $0.string ?? $0.numberText }) {
            var writer = JSONWriter()
            writer.beginObject()
            writer.member("precise_total_amount_cents", string: amount)
            writer.endObject()
            event.vendor = ("lago", writer.bytes)
        }
        return .event(event)
    }
}

/// Events as Polar's API lists them. It does not show the IDs that events were sent with, but for a property that has them.
struct PolarRows: RowReading {
    /// Nil if events have no such property.
    let idProperty: String?

    func event(_ row: Row) throws(RowFault) -> ReadRow {
        // Polar adds events of its own, such as those of benefits and orders.
        if let source = row.value["source"]?.string, source != "user" {
            return .omitted("events that Polar made itself")
        }
        var event =
            ImportedEvent(
                id: ImportedEvent.id("polar", try row.required("id", at: "id")),
                name: try row.required("name", at: "name"),
                customerID: try row.required("customer_id", at: "external_customer_id"),
                timestamp: try row.timestamp(at: "timestamp"),
                properties: try row.object("properties", at: "metadata").map { Array($0.raw) }
            )
        let metadata = try row.object("properties", at: "metadata")
        if let sent = idProperty.flatMap({ metadata?[$0]?.string }), !sent.isEmpty {
            event.identity = FileEvent.Identity(
                id: sent,
                customerID: event.customerID,
                timestamp: event.timestamp,
                includesTime: false
            )
        }
        return .event(event)
    }
}

/// Events as Flexprice's API lists them, or as it exports them: with a row for each line item of an invoice, so that an event may be there
/// several times. Customer and time belong to an event's identity there. Values are shown as texts.
struct FlexpriceRows: RowReading {
    func event(_ row: Row) throws(RowFault) -> ReadRow {
        let customer = try row.required("customer_id", at: "external_customer_id")
        let time = try row.timestamp(at: "timestamp")
        let id = try row.required("id", at: "id")
        return .event(
            ImportedEvent(
                id: ImportedEvent.id("flexprice", customer, time.rfc3339, id),
                name: try row.required("name", at: "event_name"),
                customerID: customer,
                timestamp: time,
                source: try row.text("source", at: "source"),
                properties: try row.object("properties", at: "properties").flatMap {
                    Properties.json(of: $0, reading: .typed)
                },
                identity: FileEvent.Identity(id: id, customerID: customer, timestamp: time, includesTime: true)
            )
        )
    }
}

/// Meter events of Stripe, of version 1 or 2 of its API. All values of a payload are texts.
struct StripeRows: RowReading {
    /// Where Stripe's meters look for the customer, unless they are told otherwise.
    private static let customer = "stripe_customer_id"

    func event(_ row: Row) throws(RowFault) -> ReadRow {
        let payload = try row.object("properties", at: "payload")
        let customer = try row.required("customer_id", at: "payload.\(Self.customer)")
        let (id, time) = (try row.required("id", at: "identifier"), try row.timestamp(at: "timestamp"))
        return .event(
            ImportedEvent(
                id: ImportedEvent.id("stripe", id),
                name: try row.required("name", at: "event_name"),
                customerID: customer,
                timestamp: time,
                properties: payload.flatMap { Properties.json(of: $0, without: [Self.customer], reading: .typed) },
                // Stripe's customers mostly have other IDs than the application's.
                identity: FileEvent.Identity(id: id, timestamp: time, includesTime: true)
            )
        )
    }
}

/// CloudEvents, plain or as OpenMeter's API lists them. The source belongs to an event's identity.
struct OpenMeterRows: RowReading {
    func event(_ row: Row) throws(RowFault) -> ReadRow {
        let isListed = row.value["event"]?.kind == .object
        let row = isListed ? Row(value: row.value["event"] ?? row.value, map: row.map, clock: row.clock) : row
        let source = try row.required("source", at: "source")
        let (id, time) = (try row.required("id", at: "id"), try row.timestamp(at: "time"))
        return .event(
            ImportedEvent(
                id: ImportedEvent.id("openmeter", source, id),
                name: try row.required("name", at: "type"),
                customerID: try row.required("customer_id", at: "subject"),
                timestamp: time,
                source: source,
                properties: try row.object("properties", at: "data").map { Array($0.raw) },
                identity: FileEvent.Identity(id: id, source: source, timestamp: time, includesTime: false)
            )
        )
    }
}
