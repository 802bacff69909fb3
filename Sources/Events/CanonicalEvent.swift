/// One usage fact as an application states it: who used what, how much, when.
///
/// The reader has checked every rule (`EventReader`); what is optional here may be absent in the request. Nothing in it is
/// fixed yet: acceptance mints a missing id and timestamp and makes an ``AcceptedEvent`` of it.
///
/// An object for the reason that ``AcceptedEvent`` is one.
package final class CanonicalEvent: Sendable {
    /// The idempotency key the application chose; minted at acceptance if absent.
    package let id: EventID?
    /// What else tells the id from the same id of another event of the tenant (``AcceptedEvent/idScope``); only a ``Dialect`` sets it.
    package let idScope: String
    /// The vendor's event name or metric code; 1 to 128 characters.
    package let name: String
    /// The application's own id of the customer; 1 to 255 bytes. Absent only if ``subscriptionID`` is given.
    package let customerID: String?
    /// The application's own id of the subscription.
    package let subscriptionID: String?
    /// When it happened; the time of acceptance if absent.
    package let timestamp: Timestamp?
    /// Free text: where the event comes from.
    package let source: String?
    /// A JSON object, byte for byte as received; nil if absent.
    package let properties: JSONText?
    /// A JSON object of objects by adapter name: fields that exist at one vendor only; nil if absent.
    package let vendor: JSONText?

    package init(
        id: EventID? = nil,
        idScope: String = "",
        name: String,
        customerID: String? = nil,
        subscriptionID: String? = nil,
        timestamp: Timestamp? = nil,
        source: String? = nil,
        properties: JSONText? = nil,
        vendor: JSONText? = nil
    ) {
        self.id = id
        self.idScope = idScope
        self.name = name
        self.customerID = customerID
        self.subscriptionID = subscriptionID
        self.timestamp = timestamp
        self.source = source
        self.properties = properties
        self.vendor = vendor
    }
}

extension CanonicalEvent: Equatable {
    package static func == (left: CanonicalEvent, right: CanonicalEvent) -> Bool {
        left.id == right.id && left.idScope == right.idScope && left.name == right.name
            && left.customerID == right.customerID && left.subscriptionID == right.subscriptionID
            && left.timestamp == right.timestamp && left.source == right.source && left.properties == right.properties
            && left.vendor == right.vendor
    }
}
