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
                try await PipelineLoad(ledger: store, lease: lease, requests: 8, events: 100, intends: false).run().rate
            }
        } beside: {
            try await deletedRows(events: events)
        }
        let limit = Limit(name: "rows claimed with SKIP LOCKED and deleted when done, 1 worker", value: rows)
        return Row(
            .settling,
            "claim and settle blocks of 100, 1 account",
            [Figure("", rate, "deliveries/s", of: limit)]
        )
    }

    /// The baseline for claiming and settling: a plain queue table, from which a worker takes 100 rows at a time and deletes them when they
    /// are done. Its claim is a transaction of its own, so that others see it while the worker is busy.
    private func deletedRows(events: Int) async throws -> Double {
        let columns = "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event text, worker text"
        return try await withTable(columns) { table in
            try await database.server.run(
                """
                INSERT INTO \(table)(event) SELECT '\(text)' FROM generate_series(1, \(events));
                CREATE INDEX ON \(table)(id) WHERE worker IS NULL;
                ANALYZE \(table)
                """
            )
            let script = """
                WITH free AS MATERIALIZED (
                    SELECT id FROM \(table) WHERE worker IS NULL ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED),
                claimed AS (UPDATE \(table) q SET worker = 'w' FROM free WHERE q.id = free.id RETURNING q.id, q.event)
                SELECT array_agg(id) AS ids, sum(length(event)) AS size FROM claimed \\gset
                DELETE FROM \(table) WHERE id = ANY(:ids::int8[]);

                """
            return 100 * (try await database.repeated(script, connections: 1, .times(events / 100)))
        }
    }

    /// Sends one event at a time to a vendor without deduplication, next to a row for each intent.
    func intendRow() async throws -> Row {
        let events = max(1000, Int(2000 * seconds))
        let (rate, rows) = try await inTurns {
            try await withBacklog(of: events) { store, lease in
                try await PipelineLoad(ledger: store, lease: lease, requests: 64, events: 1, intends: true).run().rate
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
}
