import Events
import Foundation
import Journal
import JournalPostgres
import PostgresServer

/// The rows about settling.
extension StoreRates {
    /// Claims and settles a backlog at one account, next to a queue of rows.
    func settleRow() async throws -> Row {
        let events = max(2000, Int(20_000 * seconds))
        let (rate, rows) = try await inTurns {
            try await withBacklog(of: events) { store, lease in
                try await settle(from: store, under: lease, tasks: 8, events: 100, intends: false).rate
            }
        } beside: {
            try await deletedRows(events: events)
        }
        let limit = Limit(name: "rows claimed with SKIP LOCKED and deleted, 1 worker", value: rows)
        return Row(
            .settling,
            "claim and settle blocks of 100, 1 account",
            [Figure("", rate, "deliveries/s", of: limit)]
        )
    }

    /// The baseline for claiming and settling: deleting rows of a plain queue table, 100 at a time.
    private func deletedRows(events: Int) async throws -> Double {
        try await withTable("id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event text") { table in
            try await database.server.run(
                "INSERT INTO \(table)(event) SELECT '\(text)' FROM generate_series(1, \(events))"
            )
            let script = """
                DELETE FROM \(table) WHERE id = ANY(ARRAY(
                    SELECT id FROM \(table) ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED));

                """
            return 100 * (try await database.repeated(script, connections: 1, .times(events / 100)))
        }
    }

    /// Sends one event at a time to a vendor without deduplication, next to a row for each intent.
    func intendRow() async throws -> Row {
        let events = max(1000, Int(2000 * seconds))
        let (rate, rows) = try await inTurns {
            try await withBacklog(of: events) { store, lease in
                try await settle(from: store, under: lease, tasks: 64, events: 1, intends: true).rate
            }
        } beside: {
            try await intentRows()
        }
        let limit = Limit(name: "a row an intent, deleted with the outcome, 64 connections", value: rows)
        return Row(
            .intending,
            "claim, intend and settle one event at a time, 64 at once",
            [Figure("", rate, "deliveries/s", of: limit)]
        )
    }

    /// The baseline for intents: one row inserted, then moved to another table, per event.
    private func intentRows() async throws -> Double {
        try await withTable("id bigint PRIMARY KEY") { table in
            try await database.server.run("CREATE TABLE \(table)_done(id bigint PRIMARY KEY)")
            let script = """
                \\set id random(1, 9000000000000000000)
                INSERT INTO \(table) VALUES (:id);
                WITH sent AS (DELETE FROM \(table) WHERE id = :id RETURNING id) INSERT INTO \(table)_done SELECT id FROM sent;

                """
            return try await database.repeated(script, connections: 64, .seconds(seconds))
        }
    }

    /// Measures with a store in which this many events wait for a provider.
    private func withBacklog(
        of events: Int,
        _ body: (PostgresEventStore, AccountLease) async throws -> Double
    ) async throws -> Double {
        try await withStore(slots: 2) { store, _ in
            for first in stride(from: 0, to: events, by: 500) {
                let group = sample.accepted(min(500, events - first), from: first)
                _ = try await store.append(AppendRequest(events: group, policy: .each))
            }
            return try await body(store, try await store.lease(sample.accepted[0].plan.destinations[0].provider))
        }
    }

    /// Claims and settles with several tasks, as pipelines do.
    private func settle(
        from store: PostgresEventStore,
        under lease: AccountLease,
        tasks: Int,
        events: Int,
        intends: Bool
    ) async throws -> PartTime {
        let attempt = Attempt(
            at: Timestamp(milliseconds: 1),
            latency: .milliseconds(2),
            httpStatus: 200,
            status: .delivered
        )
        let start = ContinuousClock.now
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<tasks {
                group.addTask {
                    var count = 0
                    let limit = BlockLimit(events: events, bytes: 1 << 20)
                    while let block = try await store.claimBlock(under: lease, limit: limit) {
                        let sequences = block.deliveries.map(\.sequence)
                        if intends { try await store.intend(sequences, under: lease) }
                        let run = DeliveredRun(sequences: sequences, attempt: attempt)
                        try await store.settle(Settlement(provider: lease.provider, delivered: [run]), under: lease)
                        count += sequences.count
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        return PartTime(events: count, time: .now - start)
    }
}
