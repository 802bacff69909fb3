package import Events
import GRDB
package import Parity

/// Runs and how far they are.
extension ParityStore {
    /// - Throws: ``ParityError/tooMany(limit:)`` if too many wait already. With a new run the oldest ones that have ended are removed.
    package func add(_ order: ParityOrder, for tenant: TenantID, by client: ClientName, at now: Timestamp)
        async throws(ParityError) -> ParityRun
    {
        let id = try await write { db in
            let open = try Int.fetchOne(db, sql: "SELECT count(*) FROM runs WHERE state NOT IN ('finished', 'failed')")
            guard open ?? 0 < Self.mostOpen else { throw ParityError.tooMany(limit: Self.mostOpen) }
            try db.execute(
                sql: """
                    INSERT INTO runs(tenant, client, requested_at, from_ms, until_ms, level, sample, state)
                    VALUES(?, ?, ?, ?, ?, ?, ?, 'queued')
                    """,
                arguments: [
                    tenant.rawValue, client.rawValue, now.milliseconds, order.window.from.milliseconds,
                    order.window.until.milliseconds, order.storedLevel, order.sample,
                ]
            )
            let id = db.lastInsertedRowID
            for (place, provider) in order.providers.enumerated() {
                try db.execute(
                    sql: "INSERT INTO providers(run, place, provider) VALUES(?, ?, ?)",
                    arguments: [id, place, provider.rawValue]
                )
            }
            try Self.removeOld(before: id - Self.mostRuns, in: db)
            return id
        }
        return ParityRun(
            id: id,
            order: order,
            tenant: tenant,
            client: client,
            requestedAt: now,
            reports: order.providers.map { ProviderReport(provider: $0) }
        )
    }

    /// Removes runs with all that belongs to them; those that have not ended stay.
    private static func removeOld(before id: Int64, in db: Database) throws {
        let old = try Int64.fetchAll(
            db,
            sql: "SELECT id FROM runs WHERE id <= ? AND state IN ('finished', 'failed')",
            arguments: [id]
        )
        for run in old {
            for table in ["providers", "windows", "reads", "cells", "causes", "findings"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE run = ?", arguments: [run])
            }
            try db.execute(sql: "DELETE FROM runs WHERE id = ?", arguments: [run])
        }
    }

    /// The run that is next: the oldest that is not over.
    package func next() async throws(ParityError) -> ParityRun? {
        let id = try await read { db in
            try Int64.fetchOne(
                db,
                sql: "SELECT id FROM runs WHERE state NOT IN ('finished', 'failed') ORDER BY id LIMIT 1"
            )
        }
        guard let id else { return nil }
        return try await run(id, at: Timestamp(milliseconds: 0))
    }

    /// - Parameter now: by which acceptances are valid.
    package func run(_ id: Int64, at now: Timestamp) async throws(ParityError) -> ParityRun? {
        try await read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM runs WHERE id = ?", arguments: [id])
                .map { try Self.run($0, at: now, in: db) }
        }
    }

    package func runs(before id: Int64?, limit: Int, at now: Timestamp) async throws(ParityError) -> [ParityRun] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM runs WHERE id < ? ORDER BY id DESC LIMIT ?",
                arguments: [id ?? .max, limit]
            ).map { try Self.run($0, at: now, in: db) }
        }
    }

    private static func run(_ row: Row, at now: Timestamp, in db: Database) throws -> ParityRun {
        let id: Int64 = try row.decode(forColumn: "id")
        guard let stored = try ParityOrder.level(stored: row.decode(forColumn: "level")),
            let state = try ParityRun.State(rawValue: row.decode(forColumn: "state"))
        else {
            throw ParityError.store("run \(id) was written by another version")
        }
        let window = try ReadWindow(
            storedFrom: row.decode(forColumn: "from_ms"),
            until: row.decode(forColumn: "until_ms")
        )
        guard let window else { throw Self.damage("a window ends before it begins") }
        var reports = try reports(of: id, at: now, in: db)
        let events = try count(row.decode(forColumn: "events"))
        // Amounts are counted by customer.
        if state.isOver, stored.level != .usage, events > 0 {
            // Lanes deliver events whose plans lack the provider, so that the plans alone do not tell.
            for index in reports.indices {
                reports[index].notPlanned = max(0, events - reports[index].totals.expected)
            }
        }
        let windows = try Row.fetchOne(
            db,
            sql: "SELECT count(*), coalesce(sum(state <> 'open'), 0) FROM windows WHERE run = ?",
            arguments: [id]
        )
        var run = try ParityRun(
            id: id,
            order: ParityOrder(
                window: window,
                providers: reports.map(\.provider),
                level: stored.level,
                sample: row.decode(forColumn: "sample"),
                metrics: stored.metrics
            ),
            tenant: TenantID(row.decode(forColumn: "tenant") as String),
            client: ClientName(row.decode(forColumn: "client") as String),
            requestedAt: Timestamp(milliseconds: row.decode(forColumn: "requested_at")),
            state: state,
            endedAt: (row.decode(forColumn: "ended_at") as Int64?).map { Timestamp(milliseconds: $0) },
            reports: reports
        )
        run.reason = try row.decode(forColumn: "reason")
        run.events = events
        run.windows = try windows?.decode(atIndex: 0) ?? 0
        run.windowsRead = try windows?.decode(atIndex: 1) ?? 0
        return run
    }

    private static func reports(of id: Int64, at now: Timestamp, in db: Database) throws -> [ProviderReport] {
        let acceptances = try acceptances(at: now, in: db)
        return try Row.fetchAll(db, sql: "SELECT * FROM providers WHERE run = ? ORDER BY place", arguments: [id]).map {
            row in
            let provider = try ProviderName(row.decode(forColumn: "provider") as String)
            let sums = try Row.fetchOne(
                db,
                sql: """
                    SELECT coalesce(sum(expected), 0), coalesce(sum(found), 0), coalesce(sum(missing), 0),
                        coalesce(sum(extra), 0), coalesce(sum(different), 0)
                    FROM cells WHERE run = ? AND provider = ?
                    """,
                arguments: [id, provider.rawValue]
            )
            let reads = try Row.fetchOne(
                db,
                sql: """
                    SELECT coalesce(sum(calls), 0), coalesce(sum(counted_only), 0), coalesce(sum(sampled), 0), min(unreadable),
                    coalesce(sum(summed), 0) FROM reads WHERE run = ? AND provider = ?
                    """,
                arguments: [id, provider.rawValue]
            )
            var report = try ProviderReport(
                provider: provider,
                totals: CellCounts(
                    expected: count(sums, 0),
                    found: count(sums, 1),
                    missing: count(sums, 2),
                    extra: count(sums, 3),
                    different: count(sums, 4)
                ),
                notPlanned: row.decode(forColumn: "not_planned"),
                forecast: (row.decode(forColumn: "least") as Int?).map {
                    try CallForecast(least: $0, most: row.decode(forColumn: "most"))
                },
                calls: count(reads, 0) + count(row.decode(forColumn: "extra_calls")),
                unreadable: reads?.decode(String?.self, atIndex: 3) ?? row.decode(forColumn: "fault"),
                causes: causes(of: id, at: provider, acceptances, in: db)
            )
            report.countedOnly = try count(reads, 1)
            report.summed = try count(reads, 4)
            report.sampledParts = try count(reads, 2)
            return report
        }
    }

    private static func causes(of id: Int64, at provider: ProviderName, _ acceptances: [Acceptance], in db: Database)
        throws -> [CauseCount]
    {
        var counts: [Cause: CauseCount] = [:]
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT cause, name, sum(count) FROM causes WHERE run = ? AND provider = ? GROUP BY cause, name",
            arguments: [id, provider.rawValue]
        )
        for row in rows {
            guard let cause = try Cause(rawValue: row.decode(atIndex: 0)) else { continue }
            let (name, count): (String, Int) = try (row.decode(atIndex: 1), count(row.decode(atIndex: 2)))
            let isAccepted = acceptances.contains { $0.covers(cause, at: provider, named: name) }
            counts[cause, default: CauseCount(cause: cause, count: 0)].count += count
            if isAccepted { counts[cause]?.accepted += count }
        }
        return Cause.allCases.compactMap { counts[$0] }
    }

    /// A count that may be added to others.
    private static func count(_ value: Int64) throws -> Int {
        guard let count = StoredCount.read(value) else { throw damage("a count is too large, or negative") }
        return count
    }

    private static func count(_ row: Row?, _ column: Int) throws -> Int {
        try count(row?.decode(atIndex: column) ?? 0)
    }

    // MARK: Progress

    /// - Parameter reason: why it failed; nil otherwise.
    package func set(_ state: ParityRun.State, of id: Int64, reason: String?, at now: Timestamp)
        async throws(ParityError)
    {
        try await write { db in
            try db.execute(
                sql: "UPDATE runs SET state = ?, reason = ?, ended_at = ? WHERE id = ?",
                arguments: [state.rawValue, reason, state.isOver ? now.milliseconds : nil, id]
            )
        }
    }

    /// The plan of a run: its windows, and what it will take.
    package func plan(_ windows: [ReadWindow], events: Int, _ reports: [ProviderReport], for id: Int64)
        async throws(ParityError)
    {
        try await write { db in
            try db.execute(sql: "DELETE FROM windows WHERE run = ?", arguments: [id])
            for window in windows { try Self.insert(window, of: id, in: db) }
            for report in reports {
                try db.execute(
                    sql: "UPDATE providers SET least = ?, most = ?, not_planned = ? WHERE run = ? AND provider = ?",
                    arguments: [
                        report.forecast?.least, report.forecast?.most, report.notPlanned, id, report.provider.rawValue,
                    ]
                )
            }
            try db.execute(sql: "UPDATE runs SET state = 'reading', events = ? WHERE id = ?", arguments: [events, id])
        }
    }

    /// Notes calls to a provider that belong to no window, and why a part of the comparison failed there; the first reason stays.
    package func note(calls: Int, fault: String?, at provider: ProviderName, for id: Int64) async throws(ParityError) {
        try await write { db in
            try db.execute(
                sql: """
                    UPDATE providers SET extra_calls = extra_calls + ?, fault = coalesce(fault, ?)
                    WHERE run = ? AND provider = ?
                    """,
                arguments: [calls, fault, id, provider.rawValue]
            )
        }
    }

    private static func insert(_ window: ReadWindow, of id: Int64, in db: Database) throws {
        try db.execute(
            sql: "INSERT INTO windows(run, from_ms, until_ms, state) VALUES(?, ?, ?, 'open')",
            arguments: [id, window.from.milliseconds, window.until.milliseconds]
        )
    }

    /// Windows that are in a state, in order.
    package func windows(_ state: WindowState, of id: Int64, limit: Int) async throws(ParityError) -> [ReadWindow] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT from_ms, until_ms FROM windows WHERE run = ? AND state = ? ORDER BY from_ms LIMIT ?",
                arguments: [id, state.rawValue, limit]
            ).map { row in
                let window = try ReadWindow(storedFrom: row.decode(atIndex: 0), until: row.decode(atIndex: 1))
                guard let window else { throw Self.damage("a window ends before it begins") }
                return window
            }
        }
    }

    /// Puts two halves in the place of a window that holds too much.
    package func split(_ window: ReadWindow, into halves: (ReadWindow, ReadWindow), of id: Int64)
        async throws(ParityError)
    {
        try await write { db in
            try db.execute(
                sql: "DELETE FROM windows WHERE run = ? AND from_ms = ?",
                arguments: [id, window.from.milliseconds]
            )
            try Self.insert(halves.0, of: id, in: db)
            try Self.insert(halves.1, of: id, in: db)
        }
    }
}
