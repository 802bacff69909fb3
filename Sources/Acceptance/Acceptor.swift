package import CoreMetrics
package import Events
package import Journal
package import Routing

/// Fixes what must never change again (id, timestamp, plan), and hands events to the journal.
package struct Acceptor: Sendable {
    private let store: any EventAppending
    private let routes: CurrentRoutes
    private let clock: any WallClock
    private let metrics: AcceptanceMetrics
    private let ids = UUIDv7()

    package init(
        store: any EventAppending,
        routes: CurrentRoutes,
        clock: any WallClock,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance
    ) {
        self.store = store
        self.routes = routes
        self.clock = clock
        self.metrics = AcceptanceMetrics(factory: metrics)
    }

    /// What became of the events of one request.
    package struct Result: Sendable {
        /// The events that are on disk, in the order of the request.
        package var accepted: [Accepted] = []
        /// What is wrong with the others.
        package var faults: [EventFault] = []
    }

    /// One event that is on disk.
    package struct Accepted: Sendable {
        /// Its place in the request.
        package let index: Int
        /// Its number in the journal; for one that was there already, the first one's.
        package let sequence: SequenceNumber
        /// Whether it was there already, with the same content.
        package let isDuplicate: Bool
        fileprivate let event: AcceptedEvent

        package var id: EventID { event.id }
        package var timestamp: Timestamp { event.timestamp }
        package var acceptedAt: Timestamp { event.acceptedAt }

        /// The providers whose results count for a waiting client.
        package var primaries: Set<ProviderName> {
            Set(event.plan.destinations.lazy.filter { $0.mode == .primary }.map(\.provider))
        }
    }

    /// Accepts a request's events.
    ///
    /// When this returns, every event in ``Result/accepted`` is on disk. With ``AppendRequest/Policy/allOrNothing`` a fault of one event
    /// (no route, one that the client may not use, a timestamp outside of the client's window, a conflict) keeps all out.
    /// - Parameters:
    ///   - events: each with its place in the request.
    ///   - needsRoutes: whether any fault but a conflict keeps all out, whatever the policy.
    /// - Throws: ``StoreError`` if nothing was stored.
    package func accept(
        _ events: [(index: Int, event: CanonicalEvent)],
        from client: Client,
        policy: AppendRequest.Policy,
        needsRoutes: Bool = false
    ) async throws(StoreError) -> Result {
        let now = clock.now
        let table = routes.current.table
        let window = Window(of: client, at: now)
        var result = Result()
        var submissions = SubmissionFinder(in: table, for: client, at: now)
        var indices: [Int] = []
        var fixed: [AcceptedEvent] = []
        indices.reserveCapacity(events.count)
        fixed.reserveCapacity(events.count)
        for (index, event) in events {
            do throws(EventFault) {
                fixed.append(
                    fix(event, try submission(of: event, at: index, from: client, &submissions, table, window))
                )
                indices.append(index)
            } catch {
                result.faults.append(error)
            }
        }
        defer { metrics.count(result) }
        if needsRoutes || policy == .allOrNothing, !result.faults.isEmpty { return result }
        let stored = try await store.append(AppendRequest(events: fixed, policy: policy))
        result.accepted.reserveCapacity(stored.count)
        for (place, outcome) in stored.enumerated() {
            var event = fixed[place]
            if case .duplicate(let sequence, hasOtherTime: true) = outcome {
                // The timestamp of the first one holds, whichever of the two was not given.
                event = try await store.original(sequence) ?? event
            }
            note(outcome, event, indices[place], in: &result)
        }
        return result
    }

    /// The event as it would be accepted now, with its plan; nothing is stored.
    /// - Throws: why it would not be accepted: no route takes it, the client may not send it, or its timestamp lies outside of the
    ///   client's window.
    package func preview(_ event: CanonicalEvent, from client: Client) throws(EventFault) -> AcceptedEvent {
        let (now, table) = (clock.now, routes.current.table)
        var submissions = SubmissionFinder(in: table, for: client, at: now)
        return fix(
            event,
            try submission(of: event, at: 0, from: client, &submissions, table, Window(of: client, at: now))
        )
    }

    private func submission(
        of event: CanonicalEvent,
        at index: Int,
        from client: Client,
        _ submissions: inout SubmissionFinder,
        _ table: RoutingTable,
        _ window: Window
    ) throws(EventFault) -> Submission {
        guard client.allowance.allows(name: event.name) else { throw forbidden(index, event, client) }
        let submission = submissions.submission(
            for: event.name,
            customerID: event.customerID,
            subscriptionID: event.subscriptionID
        )
        guard let submission else { throw unrouted(index, event, client, table) }
        guard client.allowance.allows(route: submission.plan.route) else {
            throw forbidden(index, event, submission.plan, client)
        }
        if let timestamp = event.timestamp, !window.times.contains(timestamp),
            let fault = untimely(index, event, client, at: window.now)
        {
            throw fault
        }
        return submission
    }

    /// The timestamps that a client's events may have. Computed once a request: lengths of time are 128 bits wide.
    private struct Window {
        let now: Timestamp
        let times: ClosedRange<Timestamp>

        init(of client: Client, at now: Timestamp) {
            self.now = now
            times = client.timestamps.range(at: now)
        }
    }

    private func fix(_ event: CanonicalEvent, _ submission: Submission) -> AcceptedEvent {
        AcceptedEvent(
            submission,
            id: event.id ?? ids.next(at: submission.acceptedAt),
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

    private func note(_ outcome: AppendResult, _ event: AcceptedEvent, _ index: Int, in result: inout Result) {
        switch outcome {
        case .stored(let sequence):
            result.accepted.append(Accepted(index: index, sequence: sequence, isDuplicate: false, event: event))
        case .duplicate(let sequence, _):
            result.accepted.append(Accepted(index: index, sequence: sequence, isDuplicate: true, event: event))
        case .conflict(_, let fields):
            result.faults.append(
                EventFault(
                    index: index,
                    field: "id",
                    code: .conflict,
                    message:
                        "the ID \"\(event.id)\" was already used with a different \(fields.joined(separator: ", ")); "
                        + "send a correction under a new ID",
                    eventID: event.id
                )
            )
        case .withheld:
            break
        }
    }

    /// What is wrong with an event's timestamp; nil if nothing is.
    private func untimely(_ index: Int, _ event: CanonicalEvent, _ client: Client, at now: Timestamp) -> EventFault? {
        guard let timestamp = event.timestamp, let refusal = client.timestamps.refusal(of: timestamp, at: now) else {
            return nil
        }
        return EventFault(index: index, field: "timestamp", code: .range, message: refusal)
    }

    private func forbidden(_ index: Int, _ event: CanonicalEvent, _ client: Client) -> EventFault {
        let names = client.allowance.names.map { "\"\($0.pattern)\"" }.joined(separator: ", ")
        return EventFault(
            index: index,
            field: "name",
            code: .forbidden,
            message: "this client may not send \"\(event.name)\"; routes.json lets it send \(names)"
        )
    }

    private func forbidden(_ index: Int, _ event: CanonicalEvent, _ plan: Plan, _ client: Client) -> EventFault {
        let routes = client.allowance.routes.map(\.rawValue).sorted().joined(separator: ", ")
        return EventFault(
            index: index,
            field: "name",
            code: .forbidden,
            message:
                "\"\(event.name)\" goes by the route \(plan.route?.rawValue ?? "none"), and routes.json lets this client use \(routes)"
        )
    }

    /// Routes of other clients alone are not named: they tell what else the gateway is used for.
    private func unrouted(_ index: Int, _ event: CanonicalEvent, _ client: Client, _ table: RoutingTable) -> EventFault
    {
        let names = table.routeNames(for: client.name)
        let known = names.isEmpty ? "it has no route" : "its routes are \(names.joined(separator: ", "))"
        return EventFault(
            index: index,
            field: "name",
            code: .unrouted,
            message: "no route takes \"\(event.name)\" from this client; \(known)"
        )
    }
}
