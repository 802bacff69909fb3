import Client
import JSON

/// Objects with the fields of the gateway's own events, or with others that ``FieldMap`` names.
struct CanonicalRows: RowReading {
    func event(_ row: Row) throws(RowFault) -> ReadRow {
        .event(try row.canonical(properties: try row.object("properties", at: "properties").map { Array($0.raw) }))
    }
}

/// Rows of a table, as objects of texts. What is no field of the event is a property.
struct TableRows: RowReading {
    func event(_ row: Row) throws(RowFault) -> ReadRow {
        let fields = FieldMap.fields.filter { $0 != "properties" }.map { row.map[$0] ?? $0 }
        return .event(try row.canonical(properties: Properties.json(of: row.value, without: fields, reading: .table)))
    }
}

extension Row {
    fileprivate func canonical(properties: [UInt8]?) throws(RowFault) -> ImportedEvent {
        var event = ImportedEvent(
            id: try text("id", at: "id"),
            name: try required("name", at: "name"),
            customerID: try text("customer_id", at: "customer_id"),
            subscriptionID: try text("subscription_id", at: "subscription_id"),
            timestamp: try timestamp(at: "timestamp"),
            source: try text("source", at: "source"),
            properties: properties
        )
        guard event.customerID != nil || event.subscriptionID != nil else {
            throw RowFault(
                message:
                    "neither \"customer_id\" nor \"subscription_id\" has a value; use --map customer_id=NAME if the "
                    + "customer has another name"
            )
        }
        if let id = event.id {
            // Another endpoint may have accepted it in a scope, such as a subscription, which the ID alone does not have.
            event.identity = FileEvent.Identity(
                id: id,
                customerID: event.customerID,
                subscriptionID: event.subscriptionID,
                timestamp: event.timestamp,
                includesTime: true,
                isSentUnderID: true
            )
        }
        return event
    }
}
