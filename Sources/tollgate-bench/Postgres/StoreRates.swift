import Events
import Foundation
import Journal
import JournalPostgres
import Logging
import PostgresServer

/// What the shared store does by itself, in one process with whoever asks it.
struct StoreRates: Sendable {
    let database: BenchDatabase
    let sample: EventSample
    let seconds: Double
    /// As long as an event, for tables that are compared with the journal; without characters that programs of PostgreSQL read otherwise.
    let text: String

    init(database: BenchDatabase, seconds: Double) throws {
        self.database = database
        self.seconds = seconds
        sample = try EventSample()
        let events = try JSONSerialization.jsonObject(with: Data(sample.body)) as? [[String: Any]] ?? []
        guard let first = events.first else { throw BenchFailure(description: "the loads have no events") }
        let json = try JSONSerialization.data(withJSONObject: first, options: [.sortedKeys])
        text = String(decoding: json, as: UTF8.self).replacing(#/[:'\\\t]/#, with: "=")
    }

    /// Opens a journal, and removes it afterwards.
    func withStore<Result>(
        slots: Int,
        _ body: (PostgresEventStore, String) async throws -> Result
    ) async throws -> Result {
        let schema = PostgresServer.newSchema()
        let result = try await withStore(in: schema, slots: slots) { try await body($0, schema) }
        try await remove(schema)
        return result
    }

    /// Opens a journal, which may be there already.
    func withStore<Result>(
        in schema: String,
        slots: Int,
        identityPart: IdentityPartLimits = IdentityPartLimits(),
        _ body: (PostgresEventStore) async throws -> Result
    ) async throws -> Result {
        var settings = PostgresStoreSettings(address: Secret(database.server.address))
        (settings.schema, settings.slots, settings.identityPart) = (schema, slots, identityPart)
        settings.outagePatience = .seconds(60)
        let store = try await PostgresEventStore.open(
            settings,
            logger: Logger(label: "bench") { _ in
                SwiftLogNoOpLogHandler()
            }
        )
        do {
            let result = try await body(store)
            await store.close()
            return result
        } catch {
            await store.close()
            throw error
        }
    }

    func remove(_ schema: String) async throws {
        try await database.server.run("SET client_min_messages = warning; DROP SCHEMA \(schema) CASCADE")
    }

    /// Appends for some time, with as many appends at a time as the store has streams.
    /// - Parameter first: the number of the first event's id.
    func append(
        to store: PostgresEventStore,
        group: Int,
        slots: Int,
        from first: Int = 0,
        for seconds: Double? = nil
    ) async throws -> PartTime {
        let (start, count) = (ContinuousClock.now, EventCount())
        let end = start + .seconds(seconds ?? self.seconds)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for _ in 0..<slots {
                tasks.addTask {
                    while ContinuousClock.now < end {
                        let number = count.add(group)
                        let events = sample.accepted(group, from: first + number)
                        _ = try await store.append(AppendRequest(events: events, policy: .each))
                    }
                }
            }
            try await tasks.waitForAll()
        }
        return PartTime(events: count.value, time: .now - start)
    }

    /// The rate of appends to a new journal.
    func appendRate(slots: Int, group: Int) async throws -> Double {
        try await withStore(slots: slots) { store, _ in
            // The first appends make names and plans.
            _ = try await append(to: store, group: group, slots: slots, for: min(0.3, seconds))
            return try await append(to: store, group: group, slots: slots, from: 1_000_000_000).rate
        }
    }

    /// Makes a table for a baseline, lets something use it, and removes it.
    func withTable<Result>(
        _ columns: String,
        _ body: (String) async throws -> Result
    ) async throws -> Result {
        let schema = PostgresServer.newSchema()
        try await database.server.run("CREATE SCHEMA \(schema); CREATE TABLE \(schema).plain(\(columns))")
        let result = try await body("\(schema).plain")
        try await remove(schema)
        return result
    }

    /// Two rates, measured in turns, three times each: the medians.
    func inTurns(
        _ measured: () async throws -> Double,
        beside baseline: () async throws -> Double
    ) async throws -> (rate: Double, baseline: Double) {
        var (rates, baselines): ([Double], [Double]) = ([], [])
        for _ in 1...3 {
            baselines.append(try await baseline())
            rates.append(try await measured())
        }
        return (BenchRun.median(rates), BenchRun.median(baselines))
    }
}
