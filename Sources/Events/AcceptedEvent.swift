/// An event whose id, timestamp and plan are fixed permanently: what the journal keeps and adapters translate.
///
/// Every retry sends the same bytes because all that an adapter may read is in here or in the ``Destination``.
///
/// A class rather than a struct: an event passes through many hands on its way to the journal and to the vendors, and each copy counts
/// one reference instead of ten.
package final class AcceptedEvent: Sendable {
    /// What it shares with the other events of its request: tenant, client, time of acceptance and plan.
    package let submission: Submission
    /// The idempotency key, as the application sent it or as it was minted.
    package let id: EventID
    /// What distinguishes this event's id from the same id of another event of the tenant. Empty except for events that came through a
    /// facade whose vendor scopes ids more narrowly (Lago: by subscription).
    package let idScope: String
    package let name: String
    package let customerID: String?
    package let subscriptionID: String?
    /// The time of the usage: what the application sent, otherwise the time of acceptance.
    package let timestamp: Timestamp
    /// Whether the application gave the timestamp; if not, it is the time of acceptance.
    package let timestampWasGiven: Bool
    package let source: String?
    /// A JSON object as received; nil if absent.
    package let properties: JSONText?
    /// A JSON object of objects by adapter name; nil if absent.
    package let vendor: JSONText?

    /// An event as it was stored, field by field: how the journal reads it back.
    package init(
        _ submission: Submission,
        id: EventID,
        idScope: String = "",
        name: String,
        customerID: String?,
        subscriptionID: String?,
        timestamp: Timestamp,
        timestampWasGiven: Bool,
        source: String?,
        properties: JSONText?,
        vendor: JSONText?
    ) {
        self.submission = submission
        self.id = id
        self.idScope = idScope
        self.name = name
        self.customerID = customerID
        self.subscriptionID = subscriptionID
        self.timestamp = timestamp
        self.timestampWasGiven = timestampWasGiven
        self.source = source
        self.properties = properties
        self.vendor = vendor
    }
}

extension AcceptedEvent {
    package var tenant: TenantID { submission.tenant }
    package var client: ClientName { submission.client }
    package var acceptedAt: Timestamp { submission.acceptedAt }
    package var plan: Plan { submission.plan }

    /// An event as acceptance fixes it: one without a timestamp gets the time of its submission.
    /// - Parameter id: the event's own id, or the one that was minted for it.
    package convenience init(_ event: CanonicalEvent, id: EventID, in submission: Submission) {
        self.init(
            submission,
            id: id,
            idScope: event.idScope,
            name: event.name,
            customerID: event.customerID,
            subscriptionID: event.subscriptionID,
            timestamp: event.timestamp ?? submission.acceptedAt,
            timestampWasGiven: event.timestamp != nil,
            source: event.source,
            properties: event.properties,
            vendor: event.vendor
        )
    }
}
