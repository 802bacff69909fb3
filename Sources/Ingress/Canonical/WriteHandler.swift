import Acceptance
import Access
import DeliveryEngine
import Events
import HTTPTypes
import JSON
import Journal
import Telemetry

/// `POST /v1/events`: bytes in, status and bytes out. Knows no server, so that any of them may call it.
struct WriteHandler: Sendable {
    private let acceptor: Acceptor
    private let limiter: ClientLimiter
    private let waiting: DeliveryWait
    private let traces: TraceLinks
    private let reader: EventReader
    private let bodies: LargeBodies

    init(
        accepting acceptor: Acceptor,
        limiter: ClientLimiter,
        waiting: DeliveryWait,
        traces: TraceLinks,
        reader: EventReader,
        bodies: LargeBodies
    ) {
        self.acceptor = acceptor
        self.limiter = limiter
        self.waiting = waiting
        self.traces = traces
        self.reader = reader
        self.bodies = bodies
    }

    /// What a request asks for beside its events.
    struct Options {
        var layout = EventReader.Layout.json
        /// Whether the good events are taken where others are bad.
        var isPartial = false
        /// How long to wait for the primary destinations.
        var wait: WaitPreference?
        /// The trace that the request belongs to.
        var trace: TraceContext?
    }

    /// How a body is laid out, by its content type. Without one it is taken for JSON, as most clients mean it.
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

    /// What is answered.
    struct Answer {
        let status: HTTPResponse.Status
        let body: [UInt8]
        /// Events that are on disk, for the log.
        let accepted: Int
        /// Ids of the first of them, for the log.
        let ids: [EventID]
    }

    /// Accepts a body's events, all or nothing unless a part will do; waits for the primaries if that is asked for.
    /// - Throws: ``Problem`` if nothing was stored.
    func respond(to body: [UInt8], _ options: Options, from client: Client) async throws -> Answer {
        let isPartial = options.isPartial
        let batch = try await bodies.decode(isLarge: body.count >= LargeBodies.least) { [reader] in
            reader.read(body, as: options.layout)
        }
        guard !batch.exceedsLimit else { throw Problem.tooManyEvents(limit: reader.limit) }
        // A fault of the request as a whole is no event's, so that no part of it will do.
        let isWhole = batch.faults.allSatisfy { $0.index != nil }
        guard batch.faults.isEmpty || (isPartial && isWhole && !batch.events.isEmpty) else {
            throw Problem.events(
                batch.faults,
                omitted: batch.omittedFaults,
                bad: batch.count - batch.events.count,
                count: batch.count,
                isPartial: isPartial
            )
        }
        do {
            try limiter.admit(events: batch.events.count, of: client)
        } catch {
            throw Problem(error)
        }
        var result: Acceptor.Result
        do {
            result = try await acceptor.accept(batch.events, from: client, policy: isPartial ? .each : .allOrNothing)
        } catch {
            throw Problem(error)
        }
        result.faults += batch.faults
        result.faults.sort { ($0.index ?? 0) < ($1.index ?? 0) }
        if !result.faults.isEmpty, !isPartial || result.accepted.isEmpty {
            throw Problem.events(
                result.faults,
                omitted: batch.omittedFaults,
                bad: batch.count - batch.events.count,
                count: batch.count,
                isPartial: isPartial
            )
        }
        if let trace = options.trace { traces.note(result.accepted.lazy.map(\.sequence), trace) }
        let deliveries = await deliveries(of: result.accepted, options.wait, client)
        let isSettled = deliveries?.joined().allSatisfy(\.status.isSettled) ?? false
        return Answer(
            status: result.faults.isEmpty ? isSettled ? .ok : .accepted : .multiStatus,
            body: Self.json(result, deliveries, omitted: batch.omittedFaults, count: batch.count),
            accepted: result.accepted.count,
            ids: result.accepted.prefix(RequestLogEntry.mostIDs).map(\.id)
        )
    }

    /// What became of the events at their primaries; nil if nobody waits. The events are on disk whatever happens here, so a journal that
    /// cannot be read now must not turn the answer into an error.
    private func deliveries(of accepted: [Acceptor.Accepted], _ wait: WaitPreference?, _ client: Client) async
        -> [[Delivery]]?
    {
        guard let wait else { return nil }
        do {
            return try await waiting.deliveries(
                of: accepted,
                tenant: client.tenant,
                atMost: .seconds(wait.seconds)
            )
        } catch {
            return nil
        }
    }

    /// Counts, then a result an event, in the order of the request.
    private static func json(_ result: Acceptor.Result, _ deliveries: [[Delivery]]?, omitted: Int, count: Int)
        -> [UInt8]
    {
        let duplicates = result.accepted.count { $0.isDuplicate }
        var writer = JSONWriter(capacity: 128 + count * 120)
        writer.beginObject()
        writer.member("accepted", integer: result.accepted.count - duplicates)
        writer.member("duplicates", integer: duplicates)
        writer.member("rejected", integer: count - result.accepted.count)
        writer.key("events")
        writer.beginArray()
        let faults = Dictionary(grouping: result.faults.prefix(EventFault.mostListed)) { $0.index ?? -1 }
        var place = 0
        for index in 0..<count {
            if place < result.accepted.count, result.accepted[place].index == index {
                write(result.accepted[place], deliveries?[place], to: &writer)
                place += 1
            } else {
                write(faults[index] ?? [], at: index, to: &writer)
            }
        }
        writer.endArray()
        let more = omitted + max(0, result.faults.count - EventFault.mostListed)
        if more > 0 { writer.member("errors_omitted", integer: more) }
        writer.endObject()
        return writer.bytes
    }

    private static func write(
        _ event: Acceptor.Accepted,
        _ deliveries: [Delivery]?,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.member("index", integer: event.index)
        writer.member("id", string: event.id.rawValue)
        writer.member("status", string: event.isDuplicate ? "duplicate" : "accepted")
        writer.member("timestamp", moment: event.timestamp)
        if let deliveries {
            writer.key("deliveries")
            writer.beginArray()
            for delivery in deliveries { EventWriter.write(delivery, to: &writer) }
            writer.endArray()
        }
        writer.endObject()
    }

    private static func write(_ faults: [EventFault], at index: Int, to writer: inout JSONWriter) {
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

extension HTTPResponse.Status {
    static let multiStatus = HTTPResponse.Status(code: 207, reasonPhrase: "Multi-Status")
}
