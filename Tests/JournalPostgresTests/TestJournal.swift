import Events
import Foundation
import Journal
import Logging
import PostgresServer
import Randomness

@testable import JournalPostgres

/// A journal in a schema of its own, for tests of parts of the store.
struct TestJournal: Sendable {
    let server: PostgresServer
    let schema: String
    var settings: PostgresStoreSettings

    /// - Parameters:
    ///   - own: a server that no other check uses; nil: the one that they share.
    ///   - change: what is set otherwise than by default.
    init(on own: PostgresServer? = nil, _ change: (inout PostgresStoreSettings) -> Void = { _ in }) async throws {
        server = if let own { own } else { try await PostgresServer.shared() }
        schema = PostgresServer.newSchema()
        settings = PostgresStoreSettings(address: Secret(server.address))
        settings.schema = schema
        settings.slots = 1
        // A busy machine is neither an outage nor a death.
        settings.outagePatience = .seconds(300)
        settings.lease = .seconds(60)
        change(&settings)
    }

    /// Opens a store, which is a node of its own.
    func open() async throws -> PostgresEventStore {
        try await PostgresEventStore.open(settings, logger: Self.logger)
    }

    /// A connection as the store has them, but that waits however long a busy machine takes.
    func connection() -> PostgresConnection {
        var settings = settings.connection("test")
        (settings.statementTimeout, settings.patience) = (.seconds(300), .seconds(310))
        return PostgresConnection(settings)
    }

    /// Removes chunks as retention does: it notes that their numbers are gone before they go. Without that, a gateway that is open takes them
    /// for commits that the database has lost.
    /// - Parameter condition: which chunks, in SQL.
    func removeChunks(where condition: String = "true") async throws {
        try await server.run(
            """
            UPDATE slots SET removed = greatest(removed, (
                SELECT coalesce(max(first + count - 1), 0) FROM chunks c WHERE c.slot = slots.slot AND \(condition)));
            DELETE FROM chunks WHERE \(condition)
            """,
            schema: schema
        )
    }

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static let plan = Plan(
        route: nil,
        destinations: [Destination(provider: "lago", adapter: "lago", mode: .primary)]
    )

    static func event(
        _ id: String,
        scope: String = "",
        name: String = "api_request",
        tenant: TenantID = "shop",
        client: ClientName = "web",
        plan: Plan = plan
    ) -> AcceptedEvent {
        AcceptedEvent(
            CanonicalEvent(
                idScope: scope,
                name: name,
                customerID: "c",
                timestamp: Timestamp(milliseconds: 1_750_000_000_000)
            ),
            id: EventID(id),
            in: Submission(
                tenant: tenant,
                client: client,
                acceptedAt: Timestamp(milliseconds: 1_750_000_000_000),
                plan: plan
            )
        )
    }
}
