import Foundation
import PostgresServer

/// The rows about appending.
extension StoreRates {
    func appendOneRow() async throws -> Row {
        try await rowByRow(.appendOne, streams: 1)
    }

    func appendFourRow() async throws -> Row {
        try await rowByRow(.appendFour, streams: 4)
    }

    /// One event per commit, beside `pgbench` with as many connections.
    private func rowByRow(_ name: PostgresRowName, streams: Int) async throws -> Row {
        let (rate, plain) = try await inTurns {
            try await appendRate(slots: streams, group: 1)
        } beside: {
            try await oneRowInserts(connections: streams)
        }
        let limit = Limit(name: "one-row INSERT, \(streams) connections", value: plain)
        return Row(name, "append one event a commit, \(streams) streams", [Figure("", rate, "events/s", of: limit)])
    }

    /// The baseline: `pgbench` inserting one row per transaction.
    private func oneRowInserts(connections: Int) async throws -> Double {
        try await withTable("id text, event text") { table in
            let script = "INSERT INTO \(table) VALUES (gen_random_uuid()::text, '\(text)');\n"
            return try await database.repeated(script, connections: connections, .seconds(seconds))
        }
    }

    /// Groups of 64 and 512 events, beside `COPY` of the same rows.
    func appendCopyRow() async throws -> Row {
        var figures: [Figure] = []
        for group in [64, 512] {
            let (rate, copy) = try await inTurns {
                try await appendRate(slots: 1, group: group)
            } beside: {
                try await copies(group: group).rate
            }
            let limit = Limit(name: "COPY without an index", value: copy)
            figures.append(Figure("\(group) a commit", rate, "events/s", of: limit))
        }
        return Row(.appendCopy, "append groups, 1 stream", figures)
    }

    /// Copies of the same rows, a group a transaction, for about as long as a measurement takes.
    private func copies(group: Int) async throws -> (rate: Double, logBytes: Double) {
        try await withTable("id text, event text") { table in
            func statements(_ count: Int) -> String {
                var number = 0
                var all = ""
                for _ in 0..<count {
                    all += "COPY \(table) FROM STDIN;\n"
                    for _ in 0..<group {
                        number += 1
                        all += "\(UUID().uuidString)-\(number)\t\(text)\n"
                    }
                    all += "\\.\n"
                }
                return all
            }
            let trial = max(1, 1000 / group)
            let time = try await database.sent(statements(trial))
            // A file of at most some hundred megabytes.
            let count = max(1, min(1_000_000 / group, Int(seconds / time * Double(trial))))
            let file = statements(count)
            let before = try await database.logPosition()
            let elapsed = try await database.sent(file)
            let bytes = try await database.logPosition() - before
            return (Double(count * group) / elapsed, bytes / Double(count * group))
        }
    }

    /// Groups of 512 events, beside inserts into a table with a unique ID.
    func appendUniqueRow() async throws -> Row {
        let (rate, unique) = try await inTurns {
            try await appendRate(slots: 1, group: 512)
        } beside: {
            try await withTable("id text PRIMARY KEY, event text") { table in
                let script = """
                    INSERT INTO \(table) SELECT gen_random_uuid()::text, '\(text)' FROM generate_series(1, 512)
                    ON CONFLICT DO NOTHING;

                    """
                return 512 * (try await database.repeated(script, connections: 1, .seconds(seconds)))
            }
        }
        let limit = Limit(name: "rows with a unique ID that the server makes itself", value: unique)
        return Row(
            .appendUnique,
            "append 512 events a commit, 1 stream",
            [Figure("", rate, "events/s", of: limit)]
        )
    }

    /// Four streams at once, beside a single one.
    func slotsRow() async throws -> Row {
        var figures: [Figure] = []
        for group in [8, 64] {
            let (four, one) = try await inTurns {
                try await appendRate(slots: 4, group: group)
            } beside: {
                try await appendRate(slots: 1, group: group)
            }
            figures.append(Figure("\(group) a commit", four, "events/s", of: Limit(name: "1 stream", value: one)))
        }
        return Row(.slots, "append with 4 streams", figures)
    }

    /// - Parameter ids: how many the open part of the index has.
    func identitiesRow(ids: Int) async throws -> Row {
        var empty: [Double] = []
        let full = try await withStore(slots: 4) { store, _ in
            // At most so many events that a request of them is appended by itself.
            var first = 0
            while first < ids {
                let part = try await append(to: store, group: 4096, slots: 4, from: first, for: 1)
                first += part.events
            }
            var rates: [Double] = []
            for turn in 1...3 {
                empty.append(try await appendRate(slots: 4, group: 64))
                let start = 2_000_000_000 + turn * 100_000_000
                rates.append(try await append(to: store, group: 64, slots: 4, from: start).rate)
            }
            return BenchRun.median(rates)
        }
        let limit = Limit(name: "an empty journal", value: BenchRun.median(empty))
        return Row(
            .identities,
            "append 64 events a commit, 4 streams, with \(ids) IDs in the open part of the index",
            [Figure("", full, "events/s", of: limit)]
        )
    }

    /// What reaches the server's log of changes.
    func logRow() async throws -> Row {
        let bytes = try await withStore(slots: 1) { store, _ in
            _ = try await append(to: store, group: 64, slots: 1, for: min(0.3, seconds))
            let before = try await database.logPosition()
            let part = try await append(to: store, group: 64, slots: 1, from: 1_000_000_000)
            return try await (database.logPosition() - before) / Double(max(1, part.events))
        }
        let limit = Limit(name: "COPY without an index", value: try await copies(group: 64).logBytes)
        return Row(
            .log,
            "bytes in the server's log for an event, 64 a commit",
            [Figure("", bytes, "bytes/event", of: limit)]
        )
    }

    /// - Parameter hold: how long a snapshot is held, in seconds.
    func snapshotRow(hold: Double) async throws -> Row {
        try await withStore(slots: 1) { store, _ in
            _ = try await append(to: store, group: 8, slots: 1, for: min(0.3, seconds))
            let before = try await append(to: store, group: 8, slots: 1, from: 1_000_000_000).rate
            let server = database.server
            async let holding: [String] = server.run(
                "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class; SELECT pg_sleep(\(hold + seconds)); COMMIT"
            )
            _ = try await append(to: store, group: 8, slots: 1, from: 2_000_000_000, for: hold)
            let held = try await append(to: store, group: 8, slots: 1, from: 3_000_000_000).rate
            _ = try await holding
            return Row(
                .snapshot,
                "append 8 events a commit after a snapshot was held for \(hold) s of appends",
                [Figure("", held, "events/s", of: Limit(name: "before", value: before))]
            )
        }
    }
}
