import Events
import Foundation
import Journal
import JournalPostgres
import PostgresServer

/// The row about the change of days.
extension StoreRates {
    private static let pastDays = 5

    /// The longest time that an append takes while the tables of days are attached and dropped, beside a reader whose transaction is open.
    func daysRow() async throws -> Row {
        let schema = PostgresServer.newSchema()
        let row = try await withStore(in: schema, slots: 1) { store in
            let quiet = try await longestAppend(to: store) { try await Task.sleep(for: .seconds(seconds)) }
            try await makeDays(schema)
            let attached = try await beside(aReaderOf: schema) {
                // Another gateway's start makes the tables of the next days.
                try await longestAppend(to: store) { try await withStore(in: schema, slots: 1) { _ in } }
            }
            let dropped = try await beside(aReaderOf: schema) {
                try await longestAppend(to: store) {
                    _ = try await store.removeSettled(acceptedBefore: Timestamp(milliseconds: 0))
                }
            }
            try await checkDays(schema)
            let limit = Limit(name: "as it is", value: quiet)
            return Row(
                .days,
                "the longest append of 8 events while a reader's transaction is open",
                [
                    Figure("days are attached", attached, "ms", of: limit),
                    Figure("\(Self.pastDays) days are dropped", dropped, "ms", of: limit),
                ]
            )
        }
        try await remove(schema)
        return row
    }

    /// In milliseconds.
    private func longestAppend(
        to store: PostgresEventStore,
        during body: () async throws -> Void
    ) async throws -> Double {
        let sample = sample
        // Safe: it is cancelled and awaited below.
        let appending = Task {
            var (longest, number) = (Duration.zero, Int.random(in: 0...(1 << 40)))
            while !Task.isCancelled {
                let request = AppendRequest(events: sample.accepted(8, from: number), policy: .each)
                let start = ContinuousClock.now
                _ = try await store.append(request)
                longest = max(longest, .now - start)
                number += 8
            }
            return longest
        }
        do {
            try await Task.sleep(for: .seconds(min(0.5, seconds)))
            try await body()
        } catch {
            appending.cancel()
            _ = try? await appending.value
            throw error
        }
        appending.cancel()
        return try await appending.value / .milliseconds(1)
    }

    /// A reader keeps its snapshot and its locks while something is measured, and ends some seconds later at the latest.
    private func beside<Result>(
        aReaderOf schema: String,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let server = database.server
        let reading = "SELECT count(*) FROM chunks; SELECT count(*) FROM delivered; SELECT pg_sleep(\(2 * seconds + 2))"
        async let reader: [String] = server.run("BEGIN; \(reading); COMMIT -- \(schema)", schema: schema)
        let open = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%\(schema)' AND wait_event = 'PgSleep'"
        while try await database.number(open) == 0 { try await Task.sleep(for: .milliseconds(10)) }
        let result = try await body()
        _ = try await reader
        return result
    }

    /// Removes the tables of the days after today, and makes those of some days before.
    private func makeDays(_ schema: String) async throws {
        try await database.server.run(
            """
            DO $$
            DECLARE name text; day date; first int8; past int8;
            BEGIN
                FOREACH name IN ARRAY ARRAY['chunks', 'delivered'] LOOP
                    FOR number IN 1..2 LOOP
                        day := (now() AT TIME ZONE 'UTC')::date + number;
                        EXECUTE format('DROP TABLE %I', name || '_' || to_char(day, 'YYYYMMDD'));
                    END LOOP;
                    FOR number IN 2..\(Self.pastDays + 1) LOOP
                        day := (now() AT TIME ZONE 'UTC')::date - number;
                        first := (day - date '2024-01-01')::int8 * 86400000 << 22;
                        past := first + (86400000::int8 << 22);
                        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%s) TO (%s)',
                            name || '_' || to_char(day, 'YYYYMMDD'), name, first, past);
                    END LOOP;
                END LOOP;
            END $$
            """,
            schema: schema
        )
    }

    /// What was to be attached and dropped was.
    private func checkDays(_ schema: String) async throws {
        let tables = "SELECT count(*) FROM pg_inherits WHERE inhparent IN ('chunks'::regclass, 'delivered'::regclass)"
        // Today, two days after it, and that of imported events.
        guard try await database.number(tables, schema: schema) == 8 else {
            throw BenchFailure(description: "the tables of days were not changed")
        }
    }
}
