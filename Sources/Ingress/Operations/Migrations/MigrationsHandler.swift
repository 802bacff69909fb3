import Events
import JSON
import Migration

/// `/v1/migrations`: the progress of each, and orders for them.
struct MigrationsHandler: Sendable {
    private let migrations: any MigrationManaging

    init(_ services: EndpointServices) {
        migrations = services.given.operations.orders.migrations
    }

    /// `GET /v1/migrations`: those of `routes.json` that the client may see.
    func list(_ call: EndpointCall) async throws -> EndpointResponse {
        try await answer { () async throws(MigrationRefusal) in
            let all = try await migrations.migrations(for: call.client)
            var writer = JSONWriter(capacity: 4096 * (all.count + 1))
            writer.beginObject()
            writer.key("migrations")
            writer.beginArray()
            for status in all { status.write(to: &writer) }
            writer.endArray()
            writer.endObject()
            return .json(writer.bytes)
        }
    }

    /// `GET /v1/migrations/{name}`: the stage with its gates, what can be ordered next, and the log.
    func show(_ call: EndpointCall) async throws -> EndpointResponse {
        try await answer { () async throws(MigrationRefusal) in
            let status = try await migrations.migration(MigrationName(call.parameter), for: call.client)
            var writer = JSONWriter(capacity: 4096)
            status.write(to: &writer)
            return .json(writer.bytes)
        }
    }

    /// `GET /v1/migrations/{name}/days`: what each side got on each of the last days.
    func days(_ call: EndpointCall) async throws -> EndpointResponse {
        try await answer { () async throws(MigrationRefusal) in
            let days = try await migrations.days(of: MigrationName(call.parameter), for: call.client)
            var writer = JSONWriter(capacity: 8192)
            days.write(to: &writer)
            return .json(writer.bytes)
        }
    }

    /// `POST /v1/migrations/{name}/actions`: carries an order out, or only says what it would do (`dry_run`).
    func act(_ call: EndpointCall) async throws -> EndpointResponse {
        let order = try await call.parseBody { try MigrationBody($0).order }
        return try await answer { () async throws(MigrationRefusal) in
            let outcome = try await migrations.carryOut(order, on: MigrationName(call.parameter), by: call.caller)
            var writer = JSONWriter(capacity: 8192)
            outcome.write(to: &writer)
            return .json(writer.bytes)
        }
    }

    /// Runs a step, and makes a problem of its refusal.
    private func answer(_ body: () async throws(MigrationRefusal) -> EndpointResponse) async throws -> EndpointResponse
    {
        do {
            return try await body()
        } catch {
            throw Problem(error)
        }
    }
}
