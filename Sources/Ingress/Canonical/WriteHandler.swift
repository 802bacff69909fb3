import Acceptance
import Access
import DeliveryEngine
import Events
import HTTPTypes
import HummingbirdCore
import JSON
import Journal
import Routing
import Telemetry

/// `POST /v1/events`: bytes in, status and bytes out. It knows no server, so any server can call it.
final class WriteHandler: Sendable {
    private let acceptor: Acceptor
    private let limiter: ClientLimiter
    private let waiting: DeliveryWait
    private let traces: TraceLinks
    private let reader: EventReader
    private let bodies: LargeBodies
    private let routes: CurrentRoutes
    /// The names of all adapters.
    private let adapters: [String]

    init(_ services: IngressServices, limiter: ClientLimiter, eventLimit: Int, bodies: LargeBodies) {
        acceptor = services.acceptor
        self.limiter = limiter
        waiting = DeliveryWait(watch: services.delivery.settlements, archive: services.journal)
        traces = services.delivery.traces
        reader = EventReader(limit: eventLimit)
        self.bodies = bodies
        routes = services.routes
        adapters = services.dialects.map { $0.adapter.rawValue }.sorted()
    }

    /// What a request asks for besides accepting its events.
    struct Options {
        var layout = EventReader.Layout.json
        /// Whether valid events are accepted if others are not.
        var isPartial = false
        /// Providers and adapters to which no event must be sent.
        var avoided: Set<String> = []
        /// By which all events must go; nil: by any.
        var route: RouteName?
        /// How long to wait for the primary destinations.
        var wait: WaitPreference?
        /// The trace that the request belongs to.
        var trace: TraceContext?
    }

    /// The layout of a body, by its content type. Without one it is assumed to be JSON, as most clients intend.
    static func layout(of contentType: String?) throws(Problem) -> EventReader.Layout {
        guard let contentType, contentType != "application/json" else { return .json }
        switch contentType.prefix(while: { $0 != ";" }).filter({ $0 != " " && $0 != "\t" }).lowercased() {
        case "application/json": return .json
        case "application/x-ndjson", "application/ndjson", "application/jsonl": return .lines
        case "application/cloudevents+json": return .cloudEvent
        case "application/cloudevents-batch+json": return .cloudEvents
        default: throw .wrongContentType(contentType)
        }
    }

    /// The parameters of the query.
    private static let parameters: Set<String> = ["partial", "not_to", "route"]

    /// Accepts the events of a request.
    /// - Parameter ignoresOthers: whether the query may have parameters of the client's own. Else they are refused: a mistyped
    ///   ``Options/avoided`` would exclude nothing.
    func respond(to call: EndpointCall, ignoringOtherParameters ignoresOthers: Bool = false) async throws
        -> EndpointResponse
    {
        let headers = call.request.headers
        if !ignoresOthers {
            for (name, _) in QueryText.pairs(call.query) where !Self.parameters.contains(name) {
                throw Problem.unknownParameter(name, allowed: Self.parameters)
            }
        }
        let options = Options(
            layout: try CloudEventHeaders.layout(of: headers) ?? Self.layout(of: headers[.contentType]),
            isPartial: try call.flag("partial"),
            avoided: try avoided(call),
            route: try route(call),
            wait: WaitPreference(fields: headers[values: .prefer]),
            trace: call.trace
        )
        let body = try await call.body.read(limitBytes: call.bodyLimitBytes)
        return try await respond(to: body, options, from: call.client)
    }

    /// The providers and adapters to which no event of a request must be sent.
    /// - Throws: ``Problem`` for an unknown name: a mistyped one would exclude nothing.
    private func avoided(_ call: EndpointCall) throws(Problem) -> Set<String> {
        let names = call.values("not_to")
        guard !names.isEmpty else { return [] }
        let providers = routes.current.routes.providers.filter { $0.owner == nil }
        let known = providers.flatMap { [$0.name.rawValue, $0.traits.adapter.rawValue] } + adapters
        for name in names where !known.contains(name) {
            throw .badParameter("not_to", "is the name of a provider or of an adapter")
        }
        return Set(names)
    }

    /// The route by which all events of a request must go; nil if it does not say.
    /// - Throws: ``Problem`` at a route that no event of the client goes by.
    private func route(_ call: EndpointCall) throws(Problem) -> RouteName? {
        let names = call.values("route")
        guard let name = names.first else { return nil }
        guard names.count == 1, routes.current.table.routeNames(for: call.client.name).contains(name) else {
            throw .badParameter("route", "is the name of a route that takes events of this client")
        }
        return RouteName(name)
    }

    /// Accepts a body's events, all or none unless `partial` is set; waits for the primary destinations if requested.
    /// - Throws: ``Problem`` or ``RequestError`` if nothing was stored.
    nonisolated(nonsending) func respond(to body: [UInt8], _ options: Options, from client: Client) async throws
        -> EndpointResponse
    {
        let batch = try await read(body, options)
        do {
            try await limiter.admit(events: batch.events.count, of: client)
        } catch {
            throw RequestError.rateLimited(error)
        }
        let results: [Acceptor.Result]
        do {
            results = try await acceptor.accept(
                batch,
                from: client,
                policy: options.isPartial ? .each : .allOrNothing,
                avoiding: options.avoided,
                by: options.route,
                in: options.trace
            )
        } catch {
            throw RequestError.store(error)
        }
        let accepted = results.count(where: \.isAccepted)
        let faults = results.flatMap(\.faults)
        guard accepted == results.count || (options.isPartial && accepted > 0) else {
            throw Self.problem(faults, of: batch, options)
        }
        if let trace = options.trace { traces.note(results.lazy.compactMap(\.accepted?.sequence), trace) }
        let known = await deliveries(of: results, options.wait, client)
        let omitted = batch.omittedFaults + max(0, faults.count - EventFault.mostListed)
        var response = EndpointResponse.json(
            Self.json(results, known?.deliveries, omitted: omitted),
            status: accepted < results.count ? .multiStatus : known?.isSettled ?? false ? .ok : .accepted
        )
        // A preference may be ignored, and then is not said to be applied.
        if let wait = options.wait, known != nil {
            response.fields.append(HTTPField(name: .preferenceApplied, value: wait.applied))
        }
        response.accepted = accepted
        response.ids = results.firstAcceptedIDs
        return response
    }

    /// - Throws: ``Problem`` if the body as a whole is faulty, or if an event is and all are required.
    nonisolated(nonsending) private func read(_ body: [UInt8], _ options: Options) async throws -> EventReader.Batch {
        let batch = try await bodies.decode(isLarge: body.count >= LargeBodies.least) { [reader] in
            reader.read(body, as: options.layout)
        }
        guard !batch.exceedsLimit else { throw Problem.tooManyEvents(limit: reader.limit) }
        // A fault of the request as a whole belongs to no event, so no part of it can be accepted.
        let isWhole = batch.faults.allSatisfy { $0.index != nil }
        guard batch.faults.isEmpty || (options.isPartial && isWhole && !batch.events.isEmpty) else {
            throw Self.problem(batch.faults, of: batch, options)
        }
        return batch
    }

    /// The problem that lists the faults, with a hint at `partial` if other events are valid.
    private static func problem(_ faults: [EventFault], of batch: EventReader.Batch, _ options: Options) -> Problem {
        Problem.events(
            faults,
            omitted: batch.omittedFaults,
            bad: batch.count - batch.events.count,
            count: batch.count,
            isPartial: options.isPartial
        )
    }

    /// The outcome of the events at their primaries; nil if nobody waits, or too many do. The events are on disk whatever happens here, so
    /// a journal that cannot be read now must not turn the answer into an error.
    nonisolated(nonsending) private func deliveries(
        of results: [Acceptor.Result],
        _ wait: WaitPreference?,
        _ client: Client
    ) async
        -> DeliveryWait.Known?
    {
        guard let wait else { return nil }
        do {
            return try await waiting.deliveries(
                of: results.compactMap(\.accepted),
                from: client.name,
                tenant: client.tenant,
                atMost: .seconds(wait.seconds)
            )
        } catch {
            return nil
        }
    }

    /// Counts, then one result per event, in the order of the request.
    /// - Parameters:
    ///   - deliveries: of the accepted events, in their order, nil for those that were not read; nil if the client does not wait.
    ///   - omitted: how many faults are not listed.
    private static func json(_ results: [Acceptor.Result], _ deliveries: [[Delivery]?]?, omitted: Int) -> [UInt8] {
        let accepted = results.count(where: \.isAccepted)
        let duplicates = results.count(where: \.isDuplicate)
        var writer = JSONWriter(capacity: 128 + results.count * 120)
        writer.beginObject()
        writer.member("accepted", integer: accepted - duplicates)
        writer.member("duplicates", integer: duplicates)
        writer.member("rejected", integer: results.count - accepted)
        writer.key("events")
        writer.beginArray()
        var settled = deliveries?.makeIterator()
        var listed = 0
        for (index, result) in results.enumerated() {
            if case .accepted(let event) = result {
                write(event, at: index, settled?.next() ?? nil, to: &writer)
            } else {
                let faults = result.faults.prefix(EventFault.mostListed - listed)
                listed += faults.count
                write(faults, at: index, to: &writer)
            }
        }
        writer.endArray()
        if omitted > 0 { writer.member("errors_omitted", integer: omitted) }
        writer.endObject()
        return writer.bytes
    }

    private static func write(
        _ event: Acceptor.Accepted,
        at index: Int,
        _ deliveries: [Delivery]?,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.member("index", integer: index)
        writer.member("id", string: event.id.rawValue)
        writer.member("status", string: event.isDuplicate ? "duplicate" : "accepted")
        writer.member("timestamp", timestamp: event.timestamp)
        if let deliveries {
            writer.key("deliveries")
            writer.beginArray()
            for delivery in deliveries { EventWriter.write(delivery, to: &writer) }
            writer.endArray()
        }
        writer.endObject()
    }

    private static func write(_ faults: ArraySlice<EventFault>, at index: Int, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("index", integer: index)
        writer.member("status", string: "rejected")
        writer.key("errors")
        writer.beginArray()
        for fault in faults { FaultWriter.write(fault, to: &writer) }
        writer.endArray()
        writer.endObject()
    }
}

extension Acceptor.Result {
    fileprivate var isDuplicate: Bool {
        if case .accepted(let event) = self { event.isDuplicate } else { false }
    }
}

extension [Acceptor.Result] {
    /// The IDs of the first accepted events, as many as the log shows.
    var firstAcceptedIDs: [EventID] {
        var ids: [EventID] = []
        for case .accepted(let event) in self {
            if ids.count == RequestLogEntry.mostIDs { break }
            ids.append(event.id)
        }
        return ids
    }
}

extension HTTPResponse.Status {
    static let multiStatus = HTTPResponse.Status(code: 207, reasonPhrase: "Multi-Status")
}
