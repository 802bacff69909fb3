import Access
import ConfigurationFile
import DeliveryEngine
import Events
import HTTPTypes
import JSON
import Journal
import Routing

/// `/v1/backfills`: sends a provider events that were accepted before it was in the routes.
struct BackfillsHandler: Sendable {
    private let backfills: any BackfillManaging
    private let routes: CurrentRoutes
    private let clock: any WallClock

    init(_ services: EndpointServices) {
        backfills = services.given.operations.orders.backfills
        routes = services.given.routes
        clock = services.given.clock
    }

    /// Starts one; a dry run only says what it would do.
    func start(_ call: EndpointCall) async throws -> EndpointResponse {
        let now = clock.now
        let routes = routes.current.routes
        let migrations = routes.migrations.filter { routes.maySee($0, call.client) }
        let body = try await call.parseBody { try BackfillBody($0, at: now, migrations: migrations) }
        return try await answer { () async throws(BackfillRefusal) in
            if body.isDryRun { return .json(try await backfills.forecast(body.order, for: call.client)) }
            let start = try await backfills.start(body.order, by: call.caller)
            var writer = JSONWriter(capacity: 1024)
            writer.beginObject()
            writer.member("effect", stringOrNull: start.effect)
            writer.key("left_out")
            IncompletePeriods.write(start.leftOut, to: &writer)
            Self.write(start.backfills, to: &writer)
            writer.endObject()
            return .json(writer.bytes, status: .created)
        }
    }

    /// `GET /v1/backfills`: those that the client may see, newest first.
    func list(_ call: EndpointCall) async throws -> EndpointResponse {
        try await answer { () async throws(BackfillRefusal) in
            let all = try await backfills.backfills(for: call.client)
            var writer = JSONWriter(capacity: 512 * (all.count + 1))
            writer.beginObject()
            Self.write(all, to: &writer)
            writer.endObject()
            return .json(writer.bytes)
        }
    }

    /// `GET /v1/backfills/{id}`; 404 also for one that is hidden from the client.
    func show(_ call: EndpointCall) async throws -> EndpointResponse {
        let number = try Self.number(call.parameter)
        return try await answer { () async throws(BackfillRefusal) in
            Self.json(try await backfills.backfill(number, for: call.client))
        }
    }

    /// Pauses, resumes or cancels one.
    func change(_ call: EndpointCall, _ change: LaneChange) async throws -> EndpointResponse {
        let number = try Self.number(call.parameter)
        return try await answer { () async throws(BackfillRefusal) in
            Self.json(try await backfills.change(number, change, by: call.caller))
        }
    }

    /// Changes its rate. The body is `{"rate": 20}`.
    func update(_ call: EndpointCall) async throws -> EndpointResponse {
        let rate = try await call.parseBody { try BackfillBody.rate(in: $0) }
        return try await change(call, .rate(rate))
    }

    /// Runs a step, and makes a problem of its refusal.
    private func answer(_ body: () async throws(BackfillRefusal) -> EndpointResponse) async throws -> EndpointResponse {
        do {
            return try await body()
        } catch {
            throw Problem(error)
        }
    }

    /// - Throws: 400 if the text is no number of a backfill.
    private static func number(_ text: String) throws(Problem) -> LaneNumber {
        guard let number = Int64(text), number > 0 else {
            throw .badParameter("id", "is the number of a backfill, such as 3")
        }
        return LaneNumber(number)
    }

    // MARK: - As JSON

    private static func json(_ backfill: BackfillView) -> EndpointResponse {
        var writer = JSONWriter(capacity: 512)
        write(backfill, to: &writer)
        return .json(writer.bytes)
    }

    /// As the member `backfills` of the object that is being written.
    private static func write(_ backfills: [BackfillView], to writer: inout JSONWriter) {
        writer.key("backfills")
        writer.beginArray()
        for backfill in backfills { write(backfill, to: &writer) }
        writer.endArray()
    }

    /// As every endpoint shows a backfill: order, state, progress, and what keeps it waiting.
    private static func write(_ backfill: BackfillView, to writer: inout JSONWriter) {
        let lane = backfill.lane
        writer.beginObject()
        writer.member("id", integer: lane.number.rawValue)
        writer.member("provider", string: lane.provider.rawValue)
        writer.member("adapter", string: lane.adapter.rawValue)
        writer.member("state", string: lane.state.rawValue)
        writer.member("held_by", stringOrNull: backfill.heldBy)
        writer.key("rate")
        writer.number("\(lane.rate)")
        writer.key("current_rate")
        writer.number("\(backfill.currentRate)")
        write(lane.filter, to: &writer)
        writer.member("left_out_customers", integer: backfill.leftOutCustomers)
        writer.key("progress")
        writer.beginObject()
        writer.member("walked", integer: lane.progress.walked)
        writer.member("ahead", integer: lane.progress.ahead)
        writer.member("end_is_fixed", bool: lane.progress.hasEnd)
        writer.endObject()
        writer.key("deliveries")
        writer.beginObject()
        for status: DeliveryStatus in [.delivered, .retrying, .rejected, .uncertain, .discarded] {
            writer.member(status.rawValue, integer: lane.counts.statuses[status, default: 0])
        }
        writer.member("deduplicated", integer: lane.counts.deduplicated)
        writer.endObject()
        writer.member("started_by", string: lane.startedBy.rawValue)
        writer.member("started_at", string: lane.startedAt.rfc3339)
        writer.member("changed_by", string: lane.changedBy.rawValue)
        writer.member("changed_at", string: lane.changedAt.rfc3339)
        writer.member("ended_at", stringOrNull: lane.endedAt?.rfc3339)
        writer.endObject()
    }

    /// Which events it is for. `since` and `until` are null where the window has no such end; lists are empty for all.
    private static func write(_ filter: LaneFilter, to writer: inout JSONWriter) {
        writer.key("filter")
        writer.beginObject()
        writer.member("tenant", stringOrNull: filter.tenant?.rawValue)
        writer.member("since", stringOrNull: filter.from?.rfc3339)
        writer.member("until", stringOrNull: filter.until?.rfc3339)
        writer.member("names", strings: filter.names)
        writer.member("customer_ids", strings: filter.customerIDs)
        writer.endObject()
    }
}
