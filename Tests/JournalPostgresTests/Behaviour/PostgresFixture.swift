import Events
import Journal
import JournalBehaviour
import PostgresServer

@testable import JournalPostgres

/// Runs the behaviour suite on a schema of its own.
///
/// A crash ends the store without a word, and buries its node: as if it had been killed, and the lease time had passed.
final class PostgresFixture: StoreFixture {
    let server: PostgresServer
    let schema = PostgresServer.newSchema()
    private let numbers = EventNumbers()
    private let settings: PostgresStoreSettings

    init(_ adjust: (inout PostgresStoreSettings) -> Void = { _ in }) async throws {
        server = try await PostgresServer.shared()
        var settings = PostgresStoreSettings(address: Secret(server.address))
        settings.schema = schema
        settings.slots = 1
        // A busy machine is neither an outage nor a death.
        settings.searchPatience = .seconds(300)
        settings.outagePatience = .seconds(300)
        settings.lease = .seconds(60)
        adjust(&settings)
        self.settings = settings
    }

    func open() async throws -> any EventStore { try await openNext() }

    func restart(_ store: any EventStore) async throws -> any EventStore {
        await (store as? NumberedStore)?.store.close()
        return try await openNext()
    }

    func crash(_ store: any EventStore) async throws -> any EventStore {
        await (store as? NumberedStore)?.store.abandon()
        try await bury()
        return try await openNext()
    }

    func damage(_ sequence: SequenceNumber, of store: any EventStore) async throws -> any EventStore {
        await (store as? NumberedStore)?.store.close()
        let number = numbers.real(sequence).rawValue
        try await server.run(
            """
            UPDATE chunks SET content =
                set_byte(content, length(content) / 2, get_byte(content, length(content) / 2) # 16)
            WHERE first <= \(number) AND first + count > \(number)
            """,
            schema: schema
        )
        return try await openNext()
    }

    let tellsDepartures = false

    func close(_ store: any EventStore) async {
        await (store as? NumberedStore)?.store.close()
    }

    /// Removes what the check has left in the database.
    func remove() async throws {
        try await server.run("SET client_min_messages = warning; DROP SCHEMA IF EXISTS \(schema) CASCADE")
    }

    /// Takes all nodes off the list.
    private func bury() async throws {
        try await server.run(
            "DELETE FROM nodes; " + Statement.freeWhatTheBuriedHeld.map(\.text).joined(separator: "; "),
            schema: schema
        )
    }

    private func openNext() async throws -> NumberedStore {
        let store = try await PostgresEventStore.open(settings, logger: TestJournal.logger)
        return NumberedStore(store, numbers)
    }
}
