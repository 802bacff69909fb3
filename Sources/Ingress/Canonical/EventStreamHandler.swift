import Access
import DeliveryEngine
import Events
import HTTPTypes
import Hummingbird
import JSON
import Journal
import NIOCore
import ServiceLifecycle
import Synchronization

/// `GET /v1/events/stream`: new events and settlements as they happen, as server-sent events.
///
/// `accepted` carries an event with its position as the stream's id, so that a client that reconnects with `Last-Event-ID` misses none;
/// `settled` carries an event's id and the delivery. Settlements are not replayed: a client that was disconnected reads them from the
/// event, and one that is too slow gets `missed` with their number.
///
/// A stream ends when its key loses the right to read: within ``patience`` if there is nothing to send, and otherwise before the next
/// message.
struct EventStreamHandler: Sendable {
    private let archive: any EventArchive
    private let watch: SettlementWatch
    private let gatekeeper: Gatekeeper
    private let capacity: IngressCapacity
    /// A condition for the stream in addition to its key: false once a session has ended.
    private let isWanted: @Sendable () -> Bool

    /// The interval of keep-alive comments, which reveal that a client has disconnected.
    private static let heartbeat = Duration.seconds(15)
    /// How often an idle stream checks that its key may still read.
    private static let patience = Duration.milliseconds(250)
    private static let page = 200

    /// - Parameter isWanted: checked as often as the key.
    init(_ services: EndpointServices, while isWanted: @escaping @Sendable () -> Bool = { true }) {
        self.isWanted = isWanted
        archive = services.given.journal
        watch = services.given.delivery.settlements
        gatekeeper = services.gatekeeper
        capacity = services.capacity
    }

    func respond(to call: EndpointCall) async throws -> EndpointResponse {
        let filter = try call.listQuery(ListQuery.contentNames, asksVendors: false).filter
        let last = try call.request.headers[.lastEventID].map { text throws(Problem) in try ListQuery.position(text) }
        // An open stream is only closed by its reader, and a response to HEAD has none.
        if call.request.method == .head { return Self.response(.bytes([])) }
        return Self.response(.streamed(try await stream(filter, after: last, to: call.caller)))
    }

    /// - Parameter lastID: the position after which it begins; nil begins with new events.
    private func stream(_ filter: EventFilter, after lastID: JournalPosition?, to caller: Caller) async throws
        -> ResponseBody
    {
        let place = try StreamReservation(of: caller.client.name, in: capacity)
        let newest = try await archive.newestPosition()
        // A position that was never reached, such as one of another journal, starts with new events.
        let start = lastID?.limited(to: newest) ?? newest
        return ResponseBody { writer in
            // Held until the stream ends, or until it is clear that it never starts.
            defer { withExtendedLifetime(place) {} }
            let follower = watch.follower()
            defer { watch.end(follower) }
            try await follow(filter, from: start, for: caller, follower, &writer)
            try await writer.finish(nil)
        }
    }

    /// The response's head. An event stream must not be cached.
    private static func response(_ body: EndpointResponse.Body) -> EndpointResponse {
        EndpointResponse(
            status: .ok,
            contentType: "text/event-stream",
            fields: [HTTPField(name: .cacheControl, value: "no-store")],
            body: body
        )
    }

    /// Sends events and settlements until the client disconnects or the key loses the right to read.
    private func follow(
        _ filter: EventFilter,
        from start: JournalPosition,
        for caller: Caller,
        _ follower: SettlementFollower,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        let tenant = caller.client.tenant
        var position = start
        // At once, so that the client knows that it is connected.
        try await writer.write(ByteBuffer(string: ": connected\n\n"))
        while !Task.isCancelled, !Task.isShuttingDownGracefully, mayGoOn(caller) {
            let piece = try await archive.events(after: position, of: tenant, limit: Self.page)
            for followed in piece.events where filter.takes(followed.event.event) {
                guard mayGoOn(caller) else { return }
                try await writer.write(Self.accepted(followed))
                guard watch.isPolled else { continue }
                let open = followed.event.deliveries.filter { !$0.status.isSettled }
                follower.expect(followed.event.sequence, at: Set(open.map(\.provider)))
            }
            let isAtEnd = piece.through.isCovered(by: position)
            position = piece.through
            try await tell(follower.take(), filter, caller, through: position, &writer)
            guard isAtEnd else { continue }
            if await wait(after: position, follower, caller) { try await writer.write(ByteBuffer(string: ": \n\n")) }
        }
    }

    /// Whether the stream may continue: key, scope and session are still valid.
    private func mayGoOn(_ caller: Caller) -> Bool { isWanted() && gatekeeper.still(caller, has: .readEvents) }

    /// Sends settlements of events that the stream has passed. Others are part of the event when it is sent.
    private func tell(
        _ taken: (settled: [SettlementFollower.Settled], missed: Int),
        _ filter: EventFilter,
        _ caller: Caller,
        through position: JournalPosition,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        if taken.missed > 0 {
            try await writer.write(ByteBuffer(string: "event: missed\ndata: {\"settlements\":\(taken.missed)}\n\n"))
        }
        for settled in taken.settled {
            guard mayGoOn(caller) else { return }
            guard let archived = try await archive.event(at: settled.sequence, of: caller.client.tenant),
                filter.takes(archived.event),
                let delivery = archived.deliveries.first(where: { $0.provider == settled.provider })
            else { continue }
            try await writer.write(Self.settled(archived.event, delivery))
        }
    }

    /// Waits for news.
    /// - Returns: whether there was none for a while.
    private func wait(after position: JournalPosition, _ follower: SettlementFollower, _ caller: Caller) async -> Bool {
        enum End { case news, silence, shutdown }
        return await withTaskGroup(of: End.self) { group in
            group.addTask { [archive] in
                await archive.waitForEvents(after: position)
                return .news
            }
            group.addTask {
                await follower.wait()
                return .news
            }
            group.addTask {
                let end = ContinuousClock.now + Self.heartbeat
                while ContinuousClock.now < end {
                    do { try await Task.sleep(for: Self.patience) } catch { return .news }
                    // The stream's own loop then ends.
                    if !self.mayGoOn(caller) { return .news }
                }
                return .silence
            }
            group.addTask {
                do { try await gracefulShutdown() } catch { return .news }
                return .shutdown
            }
            let first = await group.next()
            group.cancelAll()
            return first == .silence
        }
    }

    /// An `accepted` message, whose id is the position after the event.
    private static func accepted(_ followed: FollowedEvents.Followed) -> ByteBuffer {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        EventWriter.writeMembers(of: followed.event, to: &writer)
        writer.endObject()
        return message("accepted", id: followed.position, writer.bytes)
    }

    /// A `settled` message, which has no id, because settlements are not replayed.
    private static func settled(_ event: AcceptedEvent, _ delivery: Delivery) -> ByteBuffer {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.member("id", string: event.id.rawValue)
        writer.member("name", string: event.name)
        writer.key("delivery")
        EventWriter.write(delivery, to: &writer)
        writer.endObject()
        return message("settled", id: nil, writer.bytes)
    }

    /// The data of a message must be on one line: line ends inside values that a client sent over several lines are removed.
    private static func message(_ kind: String, id: JournalPosition?, _ data: [UInt8]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(data.count + 64)
        if let id { buffer.writeString("id: \(id.text)\n") }
        buffer.writeString("event: \(kind)\ndata: ")
        // In JSON a line end only occurs between values, where a space means the same.
        buffer.writeBytes(
            data.lazy.map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? UInt8(ascii: " ") : $0 }
        )
        buffer.writeString("\n\n")
        return buffer
    }
}
