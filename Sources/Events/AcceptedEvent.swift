/// An event whose id, timestamp and plan are fixed for good: what the journal keeps and adapters translate.
///
/// Every retry sends the same bytes because all that an adapter may read is in here or in the ``Destination``.
///
/// An object, because an event goes through many hands on its way to the journal and to the vendors: a copy counts one reference instead
/// of ten.
package final class AcceptedEvent: Sendable {
    package let submission: Submission
    /// The idempotency key, as the application sent it or as it was minted.
    package let id: EventID
    /// What else tells this event's id from the same id of another event of the tenant; empty but for events that came by a
    /// facade whose vendor scopes ids more narrowly (Lago: by subscription).
    package let idScope: String
    package let name: String
    package let customerID: String?
    package let subscriptionID: String?
    package let timestamp: Timestamp
    /// Whether the application gave the timestamp; if not, it is the time of acceptance.
    package let timestampWasGiven: Bool
    package let source: String?
    /// A JSON object as it came in; nil if absent.
    package let properties: JSONText?
    /// A JSON object of objects by adapter name; nil if absent.
    package let vendor: JSONText?

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

    /// An event with a submission of its own.
    package convenience init(
        tenant: TenantID,
        client: ClientName,
        id: EventID,
        idScope: String = "",
        name: String,
        customerID: String?,
        subscriptionID: String?,
        timestamp: Timestamp,
        timestampWasGiven: Bool,
        source: String?,
        properties: JSONText?,
        vendor: JSONText?,
        acceptedAt: Timestamp,
        plan: Plan
    ) {
        self.init(
            Submission(tenant: tenant, client: client, acceptedAt: acceptedAt, plan: plan),
            id: id,
            idScope: idScope,
            name: name,
            customerID: customerID,
            subscriptionID: subscriptionID,
            timestamp: timestamp,
            timestampWasGiven: timestampWasGiven,
            source: source,
            properties: properties,
            vendor: vendor
        )
    }
}
