import Events
import JSON
import Vendors

/// Writes an event as Lago shows it.
struct LagoEventWriter {
    private let id: EventID
    private let scope: String
    private let code: String
    private let subscription: String
    private let timestamp: Timestamp
    private let acceptedAt: Timestamp
    private let properties: JSONText?
    private let vendor: JSONText?

    /// An event of a request that was accepted; nil for one that was not.
    init?(_ event: CanonicalEvent, _ result: DialectWriteResult) {
        guard case .accepted(let id, let timestamp, let acceptedAt, _) = result,
            let subscription = event.subscriptionID
        else { return nil }
        self.id = id
        scope = event.idScope
        code = event.name
        self.subscription = subscription
        self.timestamp = timestamp
        self.acceptedAt = acceptedAt
        properties = event.properties
        vendor = event.vendor
    }

    /// An event of the journal; nil for one without a subscription, which Lago cannot have.
    init?(_ event: AcceptedEvent) {
        guard let subscription = event.subscriptionID else { return nil }
        id = event.id
        scope = event.idScope
        code = event.name
        self.subscription = subscription
        timestamp = event.timestamp
        acceptedAt = event.acceptedAt
        properties = event.properties
        vendor = event.vendor
    }

    /// In the order of Lago's serializer. Customer and subscription stay null, as on Lago's PostgreSQL store.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("lago_id", string: StableUUID.naming([scope, subscription, id.rawValue]))
        writer.member("transaction_id", string: id.rawValue)
        writer.member("lago_customer_id", stringOrNull: nil)
        writer.member("code", string: code)
        writer.member("timestamp", string: timestamp.rfc3339)
        writer.member("precise_total_amount_cents", stringOrNull: amount)
        writer.member("properties", raw: properties?.bytes ?? Self.none)
        writer.member("lago_subscription_id", stringOrNull: nil)
        writer.member("external_subscription_id", string: subscription)
        // Without a fraction, unlike the timestamp.
        writer.member("created_at", string: String(acceptedAt.rfc3339.dropLast(5)) + "Z")
        writer.endObject()
    }

    private static let none = Array("{}".utf8)[...]

    private var amount: String? {
        let fields = VendorObject.fields(for: LagoFacade.name, in: vendor)
        return fields?["precise_total_amount_cents"].flatMap { $0.string ?? $0.numberText }
    }
}
