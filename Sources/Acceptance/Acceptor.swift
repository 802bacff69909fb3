package import Access
import ConfigurationFile
package import CoreMetrics
package import Events
package import Journal
package import Routing
package import Telemetry

/// Fixes what must never change afterwards (id, timestamp, plan), and appends events to the journal.
///
/// A class: each request takes one reference to it, instead of one to everything in it.
package final class Acceptor: Sendable {
    private let store: any EventAppending
    private let routes: CurrentRoutes
    private let clock: any WallClock
    private let metrics: AcceptanceMetrics
    private let times: AcceptanceTimes
    private let tracer: Tracer?
    private let ids = UUIDv7()

    /// - Parameters:
    ///   - store: where events are appended.
    ///   - routes: the active routes, read once per request.
    ///   - times: durations of the steps, for the metrics.
    ///   - tracer: records spans of requests with a trace; nil if nothing is traced.
    package init(
        store: any EventAppending,
        routes: CurrentRoutes,
        clock: any WallClock,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        times: AcceptanceTimes = AcceptanceTimes(),
        tracer: Tracer? = nil
    ) {
        self.tracer = tracer
        self.times = times
        self.store = store
        self.routes = routes
        self.clock = clock
        self.metrics = AcceptanceMetrics(factory: metrics)
    }

    /// The outcome of one event of a request.
    package enum Result: Sendable {
        /// It is on disk.
        case accepted(Accepted)
        /// It is not stored, with the reasons; without any if the request has more faults than are listed.
        case refused([EventFault])
        /// Valid, but not stored because of another event of the request.
        case withheld

        /// Whether the event is on disk.
        package var isAccepted: Bool {
            if case .accepted = self { true } else { false }
        }

        /// Nil for an event that is not stored.
        package var accepted: Accepted? {
            if case .accepted(let event) = self { event } else { nil }
        }

        /// None for an event without fault.
        package var faults: [EventFault] {
            if case .refused(let faults) = self { faults } else { [] }
        }
    }

    /// One event that is on disk.
    package struct Accepted: Sendable {
        /// Its sequence number; for a duplicate, that of the original.
        package let sequence: SequenceNumber
        /// Whether it is a duplicate with the same content.
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

    /// Accepts the events of a parsed body.
    /// - Parameters:
    ///   - avoiding: names of providers and adapters to which no event may be sent; one that would be is refused.
    ///   - route: by which all events must go; one that would go by another is refused. Nil: by any.
    ///   - trace: of the request.
    /// - Returns: one result per event, valid or not, in the order of the body.
    /// - Throws: ``StoreError`` if nothing was stored.
    nonisolated(nonsending) package func accept(
        _ batch: EventReader.Batch,
        from client: Client,
        policy: WritePolicy,
        avoiding: Set<String> = [],
        by route: RouteName? = nil,
        in trace: TraceContext? = nil
    ) async throws(StoreError) -> [Result] {
        var results = [Result](repeating: .refused([]), count: batch.count)
        for fault in batch.faults {
            guard let index = fault.index, results.indices.contains(index) else { continue }
            results[index] = .refused(results[index].faults + [fault])
        }
        let terms = Terms(of: client, at: clock.now, avoiding: avoiding, by: route)
        try await accept(batch.events, into: &results, from: client, policy: policy, terms, in: trace)
        return results
    }

    /// Accepts a request's events.
    ///
    /// When this returns, every accepted event is on disk. An event has a fault if no route matches it, the client is not allowed to use
    /// the route or the name, or its timestamp is outside of the client's window; the policy says what a fault or a conflict does to the
    /// others.
    /// - Returns: one result per event, in their order.
    /// - Throws: ``StoreError`` if nothing was stored.
    nonisolated(nonsending) package func accept(
        _ events: [CanonicalEvent],
        from client: Client,
        policy: WritePolicy,
        in trace: TraceContext? = nil
    ) async throws(StoreError) -> [Result] {
        let indexed = events.enumerated().map { (index: $0.offset, event: $0.element) }
        var results = [Result](repeating: .withheld, count: events.count)
        let terms = Terms(of: client, at: clock.now)
        try await accept(indexed, into: &results, from: client, policy: policy, terms, in: trace)
        return results
    }

    /// - Parameter results: one for each event of the request, including those that are already refused.
    nonisolated(nonsending) private func accept(
        _ events: [(index: Int, event: CanonicalEvent)],
        into results: inout [Result],
        from client: Client,
        policy: WritePolicy,
        _ terms: Terms,
        in trace: TraceContext?
    ) async throws(StoreError) {
        let table = routes.current.table
        // Until the events are in the journal; see ``CurrentRoutes/areAlone``.
        defer { withExtendedLifetime(table) {} }
        var submissions = SubmissionFinder(in: table, for: client, at: terms.now)
        var indices: [Int] = []
        var fixed: [AcceptedEvent] = []
        indices.reserveCapacity(events.count)
        fixed.reserveCapacity(events.count)
        for (index, event) in events {
            do throws(EventFault) {
                fixed.append(
                    fix(event, try submission(of: event, at: index, from: client, &submissions, table, terms))
                )
                indices.append(index)
                results[index] = .withheld
            } catch {
                results[index] = .refused([error])
            }
        }
        defer { metrics.count(results) }
        if policy != .each, fixed.count < results.count { return }
        let start = ContinuousClock.now
        defer { times.took(.now - start) }
        let request = AppendRequest(events: fixed, policy: policy == .allOrNothing ? .allOrNothing : .each)
        for (outcome, (index, event)) in zip(try await append(request, in: trace), zip(indices, fixed)) {
            results[index] = try await result(outcome, event, index)
        }
    }

    nonisolated(nonsending) private func append(_ request: AppendRequest, in trace: TraceContext?)
        async throws(StoreError) -> [AppendResult]
    {
        guard let tracer, let parent = trace?.identity else { return try await store.append(request) }
        let start = ContinuousClock.now
        func record(_ failure: String?) {
            let times = Tracer.times(ofLast: .now - start)
            tracer.record(
                TraceSpan(
                    "commit",
                    .inside,
                    at: TraceSpan.Position(SpanIdentity(in: parent.traceID), parentID: parent.spanID),
                    start: times.start,
                    end: times.end,
                    attributes: [TraceSpan.Attribute("tollgate.events", .integer(request.events.count))],
                    failure: failure
                )
            )
        }
        do throws(StoreError) {
            let results = try await store.append(request)
            record(nil)
            return results
        } catch {
            record("\(error)")
            throw error
        }
    }

    nonisolated(nonsending) private func result(_ outcome: AppendResult, _ event: AcceptedEvent, _ index: Int)
        async throws(StoreError)
        -> Result
    {
        switch outcome {
        case .stored(let sequence):
            return .accepted(Accepted(sequence: sequence, isDuplicate: false, event: event))
        case .duplicate(let sequence, let hasOtherTime):
            // The original's timestamp counts, whichever of the two was not given.
            let first = hasOtherTime ? try await store.original(sequence) ?? event : event
            return .accepted(Accepted(sequence: sequence, isDuplicate: true, event: first))
        case .conflict(_, let fields): return .refused([conflict(event, fields, index)])
        case .withheld: return .withheld
        }
    }

    /// The event as it would be accepted now, with its plan; nothing is stored.
    /// - Throws: why it would not be accepted: no route matches it, the client is not allowed to send it, or its timestamp is outside of
    ///   the client's window.
    package func preview(_ event: CanonicalEvent, from client: Client) throws(EventFault) -> AcceptedEvent {
        let (now, table) = (clock.now, routes.current.table)
        var submissions = SubmissionFinder(in: table, for: client, at: now)
        return fix(
            event,
            try submission(of: event, at: 0, from: client, &submissions, table, Terms(of: client, at: now))
        )
    }

    private func submission(
        of event: CanonicalEvent,
        at index: Int,
        from client: Client,
        _ submissions: inout SubmissionFinder,
        _ table: RoutingTable,
        _ terms: Terms
    ) throws(EventFault) -> Submission {
        guard client.allowance.allows(name: event.name) else { throw forbidden(index, event, client) }
        let submission = submissions.submission(
            for: event.name,
            customerID: event.customerID,
            subscriptionID: event.subscriptionID,
            at: event.timestamp
        )
        guard let submission else { throw unrouted(index, event, client, table) }
        guard client.allowance.allows(route: submission.plan.route) else {
            throw forbidden(index, event, submission.plan, client)
        }
        if let route = terms.route, submission.plan.route != route {
            throw astray(index, submission.plan, route)
        }
        if !terms.avoided.isEmpty, let fault = unwanted(index, submission.plan, terms.avoided) { throw fault }
        if let timestamp = event.timestamp, !terms.times.contains(timestamp),
            let fault = untimely(index, event, client, at: terms.now)
        {
            throw fault
        }
        return submission
    }

    /// The conditions for a request's events.
    private struct Terms {
        let now: Timestamp
        /// The timestamps that are accepted from the client. Computed once per request: durations are 128 bits wide.
        let times: ClosedRange<Timestamp>
        /// Providers and adapters to which no event must be sent.
        let avoided: Set<String>
        /// By which all events must go; nil: by any.
        let route: RouteName?

        init(of client: Client, at now: Timestamp, avoiding: Set<String> = [], by route: RouteName? = nil) {
            self.route = route
            self.now = now
            times = client.timestamps.range(at: now)
            avoided = avoiding
        }
    }

    private func fix(_ event: CanonicalEvent, _ submission: Submission) -> AcceptedEvent {
        AcceptedEvent(event, id: event.id ?? ids.next(at: submission.acceptedAt), in: submission)
    }

    private func conflict(_ event: AcceptedEvent, _ fields: [String], _ index: Int) -> EventFault {
        EventFault(
            index: index,
            field: "id",
            code: .conflict,
            message:
                "the ID \"\(event.id)\" was already used with a different \(fields.joined(separator: ", ")); "
                + "send a correction under a new ID",
            eventID: event.id
        )
    }

    /// Why an event's timestamp is refused; nil if it is not.
    private func untimely(_ index: Int, _ event: CanonicalEvent, _ client: Client, at now: Timestamp) -> EventFault? {
        guard let timestamp = event.timestamp, let refusal = client.timestamps.problem(with: timestamp, at: now) else {
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
            message: "this client may not send \"\(event.name)\"; routes.json allows \(names)"
        )
    }

    private func forbidden(_ index: Int, _ event: CanonicalEvent, _ plan: Plan, _ client: Client) -> EventFault {
        let routes = client.allowance.routes.map(\.rawValue).sorted().joined(separator: ", ")
        return EventFault(
            index: index,
            field: "name",
            code: .forbidden,
            message:
                "\"\(event.name)\" goes by the route \(plan.route?.rawValue ?? "none"), and routes.json allows this client \(routes)"
        )
    }

    /// Why a plan is refused that includes a provider to which no event must be sent; nil if it is not.
    private func unwanted(_ index: Int, _ plan: Plan, _ avoided: Set<String>) -> EventFault? {
        let found = plan.destinations.first { destination in
            let names = [destination.provider.withoutTenant.rawValue, destination.adapter.rawValue]
            return destination.mode != .shadow && names.contains { avoided.contains($0) }
        }
        guard let found else { return nil }
        let (route, provider) = (plan.route?.rawValue ?? "none", found.provider.withoutTenant)
        return EventFault(
            index: index,
            field: nil,
            code: .forbidden,
            message: "the route \(route) would send the event to \(provider), which not_to excludes; "
                + "use a client whose route does not lead there"
        )
    }

    private func astray(_ index: Int, _ plan: Plan, _ route: RouteName) -> EventFault {
        EventFault(
            index: index,
            field: nil,
            code: .forbidden,
            message: "the event goes by the route \(plan.route?.rawValue ?? "none"), and only \(route) is allowed; "
                + "use a client whose events go by that route"
        )
    }

    /// Routes that only other clients may use are not named: they would reveal what else the gateway is used for.
    private func unrouted(_ index: Int, _ event: CanonicalEvent, _ client: Client, _ table: RoutingTable) -> EventFault
    {
        let names = table.routeNames(for: client.name)
        let known = names.isEmpty ? "it has no route" : "its routes are \(names.joined(separator: ", "))"
        return EventFault(
            index: index,
            field: "name",
            code: .unrouted,
            message: "no route matches \"\(event.name)\" from this client; \(known)"
        )
    }
}
