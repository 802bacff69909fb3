package import Access
package import Events

/// Finds the plans of a request's events, one after another, and has those with the same plan share a ``Submission``.
///
/// Remembers the last one: most events of a request have the same name, and need no look into the table that all requests share.
package struct SubmissionFinder {
    private let table: RoutingTable
    private let client: Client
    private let now: Timestamp
    private var last: (name: EventName, submission: Submission)?

    /// - Parameter now: when the request's events are accepted.
    package init(in table: RoutingTable, for client: Client, at now: Timestamp) {
        self.table = table
        self.client = client
        self.now = now
    }

    /// - Parameters:
    ///   - time: the event's timestamp; nil if it has none, and gets the time of its acceptance.
    ///   - acceptedAt: when the event was accepted; nil if that is now.
    /// - Returns: a submission with the plan that ``RoutingTable/plan(for:customerID:subscriptionID:at:acceptedAt:client:)`` tells; nil if no route
    ///   takes the event.
    package mutating func submission(
        for name: String,
        customerID: String?,
        subscriptionID: String?,
        at time: Timestamp?,
        acceptedAt: Timestamp? = nil
    ) -> Submission? {
        if let last, !table.looksAtEachEvent, last.name == EventName(name) { return last.submission }
        let plan = table.plan(
            for: name,
            customerID: customerID,
            subscriptionID: subscriptionID,
            at: time ?? now,
            acceptedAt: acceptedAt ?? now,
            client: client.name
        )
        guard let plan else { return nil }
        let submission =
            last.flatMap { $0.submission.plan === plan ? $0.submission : nil }
            ?? Submission(tenant: client.tenant, client: client.name, acceptedAt: now, plan: plan)
        last = (EventName(name), submission)
        return submission
    }
}

/// An event's name as routes compare it: byte for byte, like the globs. `String` treats a composed letter and its decomposed form as
/// equal.
typealias EventName = Identifier<EventNameSubject>

/// Tells ``EventName`` from other identifiers.
enum EventNameSubject {}
