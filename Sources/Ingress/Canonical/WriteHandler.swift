import Acceptance
import Events
import HTTPTypes
import JSON
import Journal
import Routing

/// `POST /v1/events`: bytes in, status and bytes out. Knows no server, so that any of them may call it.
struct WriteHandler: Sendable {
    private let acceptor: Acceptor
    private let reader = EventReader()

    init(accepting acceptor: Acceptor) {
        self.acceptor = acceptor
    }

    /// What is answered.
    struct Answer {
        let status: HTTPResponse.Status
        let body: [UInt8]
        /// Events that are on disk, for the log.
        let accepted: Int
    }

    /// Accepts a body's events, all or nothing unless `isPartial`.
    /// - Throws: ``Problem`` if nothing was stored.
    func respond(to body: [UInt8], layout: EventReader.Layout, isPartial: Bool, from client: Client) async throws
        -> Answer
    {
        let batch = reader.read(body, as: layout)
        guard batch.faults.isEmpty || (isPartial && !batch.events.isEmpty) else {
            throw Problem.events(batch.faults, count: batch.count)
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
            throw Problem.events(result.faults, count: batch.count)
        }
        return Answer(
            status: result.faults.isEmpty ? .accepted : HTTPResponse.Status(code: 207, reasonPhrase: "Multi-Status"),
            body: Self.json(result, count: batch.count),
            accepted: result.accepted.count
        )
    }

    /// Counts, then a result an event, in the order of the request.
    private static func json(_ result: Acceptor.Result, count: Int) -> [UInt8] {
        let duplicates = result.accepted.count { $0.isDuplicate }
        var writer = JSONWriter(capacity: 128 + count * 120)
        writer.beginObject()
        writer.member("accepted", integer: result.accepted.count - duplicates)
        writer.member("duplicates", integer: duplicates)
        writer.member("rejected", integer: count - result.accepted.count)
        writer.key("events")
        writer.beginArray()
        let faults = Dictionary(grouping: result.faults) { $0.index ?? -1 }
        var accepted = result.accepted.makeIterator()
        var next = accepted.next()
        for index in 0..<count {
            if let event = next, event.index == index {
                write(event, to: &writer)
                next = accepted.next()
            } else {
                write(faults[index] ?? [], at: index, to: &writer)
            }
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ event: Acceptor.Accepted, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("index", integer: event.index)
        writer.member("id", string: event.id.rawValue)
        writer.member("status", string: event.isDuplicate ? "duplicate" : "accepted")
        writer.member("timestamp", string: event.timestamp.rfc3339)
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
