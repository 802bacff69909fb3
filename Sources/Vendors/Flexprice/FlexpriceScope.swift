package import Events

/// What tells an event's id at Flexprice from the same id of another event: the customer, and the timestamp if the application gave one.
///
/// An event without a timestamp gets one at acceptance, so that its repeats are known by id and customer.
package enum FlexpriceScope {
    /// The scope of ids: `customer`, or `customer@2024-03-20T15:04:05.000Z`. Two pairs never share one: what follows the last `@` is the
    /// timestamp, or nothing.
    package static func text(customer: String, timestamp: Timestamp?) -> String {
        guard let timestamp else { return customer.utf8.holds(UInt8(ascii: "@")) ? customer + "@" : customer }
        return "\(customer)@\(timestamp.rfc3339)"
    }

    /// The id under which an event goes to Flexprice. It keeps ids of other customers and timestamps apart itself, so the
    /// application's own id is sent where nothing else tells it from others.
    static func id(of event: AcceptedEvent, customer: String, prefix: String?) -> String {
        let scopes = [
            // Of events that were accepted when the customer alone was the scope.
            customer, text(customer: customer, timestamp: nil), text(customer: customer, timestamp: event.timestamp),
        ]
        let scope = scopes.first { $0.utf8.elementsEqual(event.idScope.utf8) } ?? customer
        return EventIdentity.scoped(event, by: scope, prefix: prefix)
    }
}
