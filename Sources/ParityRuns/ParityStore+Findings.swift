package import Events
import GRDB
package import Parity

/// What runs found.
extension ParityStore {
    /// Writes down what a window came to at these providers, in the place of what an earlier read found.
    package func save(_ records: [ProviderName: WindowRecord], of window: ReadWindow, state: WindowState, for id: Int64)
        async throws(ParityError)
    {
        try await write { db in
            var room = try Self.room(for: id, in: db)
            for (provider, record) in records.sorted(by: { $0.key < $1.key }) {
                let place: StatementArguments = [id, window.from.milliseconds, provider.rawValue]
                for table in ["cells", "causes"] {
                    try db.execute(
                        sql: "DELETE FROM \(table) WHERE run = ? AND window = ? AND provider = ?",
                        arguments: place
                    )
                }
                try db.execute(
                    sql: "DELETE FROM findings WHERE run = ? AND window = ? AND provider = ?",
                    arguments: place
                )
                room += db.changesCount
                try Self.insertCells(record.cells, place, in: db)
                try Self.insertCauses(record, place, in: db)
                for finding in record.findings.prefix(max(0, room)) {
                    try Self.insert(finding, place, in: db)
                }
                room -= record.findings.count
                try db.execute(
                    sql: """
                        INSERT INTO reads(run, window, provider, calls, counted_only, summed, sampled, unreadable)
                        VALUES(?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, counted_only = excluded.counted_only,
                        summed = excluded.summed, sampled = excluded.sampled, unreadable = excluded.unreadable
                        """,
                    arguments: place + [
                        record.calls, record.countedOnly, record.summed, record.sampledParts, record.unreadable,
                    ]
                )
            }
            try db.execute(
                sql: "UPDATE windows SET state = ? WHERE run = ? AND from_ms = ?",
                arguments: [state.rawValue, id, window.from.milliseconds]
            )
        }
    }

    /// How many more findings are kept of a run; the counts of causes go on beyond.
    private static func room(for id: Int64, in db: Database) throws -> Int {
        let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM findings WHERE run = ?", arguments: [id])
        return mostFindings - (count ?? 0)
    }

    /// Names that are stored as one are counted together.
    /// - Parameter place: run, window and provider, with which every row begins.
    private static func insertCells(_ cells: [ExactText: CellCounts], _ place: StatementArguments, in db: Database)
        throws
    {
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO cells(run, window, provider, name, expected, found, missing, extra, different)
                VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET expected = expected + excluded.expected, found = found + excluded.found,
                missing = missing + excluded.missing, extra = extra + excluded.extra,
                different = different + excluded.different
                """
        )
        for (name, cell) in cells {
            try insert.execute(
                arguments: place + [
                    name.rawValue.storable, cell.expected, cell.found, cell.missing, cell.extra, cell.different,
                ]
            )
        }
    }

    /// - Parameter place: run, window and provider, with which every row begins.
    private static func insertCauses(_ record: WindowRecord, _ place: StatementArguments, in db: Database) throws {
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO causes(run, window, provider, cause, name, count) VALUES(?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET count = count + excluded.count
                """
        )
        for (cause, name, count) in record.causes {
            try insert.execute(arguments: place + [cause.rawValue, name.storable, count])
        }
    }

    private static func insert(_ finding: Finding, _ place: StatementArguments, in db: Database) throws {
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO findings(run, window, provider, key, cause, confirmed, sequence, tenant, event_id, vendor_id,
                name, customer_id, subscription_id, at_ms, differences, detail)
                VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        let differences = finding.differences.isEmpty ? nil : FindingText.write(finding.differences)
        try insert.execute(
            arguments: place + [
                finding.key.storable, finding.cause.rawValue, finding.isConfirmed, finding.subject.sequence?.rawValue,
                finding.subject.tenant?.rawValue, finding.subject.eventID?.storable, finding.subject.vendorID?.storable,
                finding.subject.name.storable, finding.subject.customerID?.storable,
                finding.subject.subscriptionID?.storable, finding.subject.timestamp.milliseconds, differences,
                finding.detail?.storable,
            ]
        )
    }

    /// The findings of a window at a provider.
    package func findings(of window: ReadWindow, at provider: ProviderName, for id: Int64) async throws(ParityError)
        -> [Finding]
    {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM findings WHERE run = ? AND window = ? AND provider = ? ORDER BY number",
                arguments: [id, window.from.milliseconds, provider.rawValue]
            ).map(Self.finding)
        }
    }

    package func findings(of id: Int64, _ filter: FindingFilter, after number: Int64, limit: Int, at now: Timestamp)
        async throws(ParityError) -> [NumberedFinding]
    {
        try await read { db in
            let acceptances = try Self.acceptances(at: now, in: db)
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM findings WHERE run = ? AND number > ? AND (? IS NULL OR cause = ?)
                    AND (? IS NULL OR provider = ?) AND (? IS NULL OR customer_id = ?) AND (? IS NULL OR name = ?)
                    AND (? IS NULL OR event_id = ?)
                    ORDER BY number LIMIT ?
                    """,
                arguments: [
                    id, number, filter.cause?.rawValue, filter.cause?.rawValue, filter.provider?.rawValue,
                    filter.provider?.rawValue, filter.customerID?.storable, filter.customerID?.storable,
                    filter.name?.storable, filter.name?.storable, filter.eventID?.storable, filter.eventID?.storable,
                    limit,
                ]
            ).map { row in
                let finding = try Self.finding(row)
                let accepted = acceptances.first {
                    $0.covers(finding.cause, at: finding.provider, named: finding.subject.name)
                }
                return try NumberedFinding(
                    number: row.decode(forColumn: "number"),
                    finding: finding,
                    resolution: row.decode(forColumn: "resolution") ?? accepted.map { "accepted: \($0.reason)" }
                )
            }
        }
    }

    private static func finding(_ row: Row) throws -> Finding {
        guard let cause = try Cause(rawValue: row.decode(forColumn: "cause")) else {
            throw ParityError.store("a finding was written by another version")
        }
        return try Finding(
            key: row.decode(forColumn: "key"),
            provider: ProviderName(row.decode(forColumn: "provider") as String),
            cause: cause,
            about: FindingSubject(
                sequence: (row.decode(forColumn: "sequence") as Int64?).map { SequenceNumber($0) },
                tenant: (row.decode(forColumn: "tenant") as String?).map { TenantID($0) },
                eventID: row.decode(forColumn: "event_id"),
                vendorID: row.decode(forColumn: "vendor_id"),
                name: row.decode(forColumn: "name"),
                customerID: row.decode(forColumn: "customer_id"),
                subscriptionID: row.decode(forColumn: "subscription_id"),
                timestamp: Timestamp(milliseconds: row.decode(forColumn: "at_ms"))
            ),
            differences: (row.decode(forColumn: "differences") as String?).map(FindingText.read) ?? [],
            detail: row.decode(forColumn: "detail"),
            isConfirmed: row.decode(forColumn: "confirmed")
        )
    }

    package func cells(of id: Int64, after number: Int64, limit: Int) async throws(ParityError) -> [NumberedCell] {
        try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT cells.provider, cells.name, sum(expected), sum(found), sum(missing), sum(extra), sum(different)
                    FROM cells JOIN providers ON providers.run = cells.run AND providers.provider = cells.provider
                    WHERE cells.run = ? GROUP BY cells.provider, cells.name ORDER BY cells.name, providers.place
                    LIMIT ? OFFSET ?
                    """,
                arguments: [id, limit, number]
            )
            return try rows.enumerated().map { place, row in
                let counts = try CellCounts(
                    expected: row.decode(atIndex: 2),
                    found: row.decode(atIndex: 3),
                    missing: row.decode(atIndex: 4),
                    extra: row.decode(atIndex: 5),
                    different: row.decode(atIndex: 6)
                )
                let cell = try ParityCell(
                    provider: ProviderName(row.decode(atIndex: 0) as String),
                    name: row.decode(atIndex: 1),
                    counts: counts
                )
                return NumberedCell(number: number + Int64(place) + 1, cell: cell)
            }
        }
    }

    package func findingDays(of id: Int64) async throws(ParityError) -> [FindingDay] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT provider, at_ms - (at_ms % 86400000 + 86400000) % 86400000 AS day, cause, name, count(*)
                    FROM findings WHERE run = ? GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4 LIMIT \(FindingDay.most)
                    """,
                arguments: [id]
            ).map { row in
                guard let cause = try Cause(rawValue: row.decode(atIndex: 2)) else {
                    throw ParityError.store("a finding was written by another version")
                }
                return try FindingDay(
                    provider: ProviderName(row.decode(atIndex: 0) as String),
                    day: Timestamp(milliseconds: row.decode(atIndex: 1)),
                    cause: cause,
                    name: row.decode(atIndex: 3),
                    count: row.decode(atIndex: 4)
                )
            }
        }
    }

    /// Notes that the events of findings were sent again.
    /// - Parameter oldest: resends before it are forgotten, because the journal has none of their events any more.
    package func resent(_ numbers: [Int64], at now: Timestamp, keepingSince oldest: Timestamp) async throws(ParityError)
    {
        try await write { db in
            try db.execute(sql: "DELETE FROM resends WHERE at_ms < ?", arguments: [oldest.milliseconds])
            let update = try db.cachedStatement(sql: "UPDATE findings SET resolution = ? WHERE number = ?")
            let insert = try db.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO resends(sequence, provider, at_ms, run)
                    SELECT sequence, provider, ?, run FROM findings WHERE number = ? AND sequence IS NOT NULL
                    """
            )
            for number in numbers {
                try update.execute(arguments: ["resent at \(now.rfc3339)", number])
                try insert.execute(arguments: [now.milliseconds, number])
            }
        }
    }

    /// When an event was sent again, oldest first.
    package func resends(of event: SequenceNumber) async throws(ParityError) -> [Resend] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT provider, at_ms, run FROM resends WHERE sequence = ? ORDER BY at_ms, provider",
                arguments: [event.rawValue]
            ).map { row in
                try Resend(
                    provider: ProviderName(row.decode(atIndex: 0) as String),
                    at: Timestamp(milliseconds: row.decode(atIndex: 1)),
                    comparison: row.decode(atIndex: 2)
                )
            }
        }
    }

    // MARK: Acceptances

    package func accept(_ acceptance: Acceptance) async throws(ParityError) {
        try await write { db in
            try db.execute(
                sql: """
                    INSERT INTO acceptances(cause, provider, name, reason, until_ms, client, at_ms)
                    VALUES(?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    acceptance.cause.rawValue, acceptance.provider?.rawValue, acceptance.name, acceptance.reason,
                    acceptance.until.milliseconds, acceptance.by.rawValue, acceptance.at.milliseconds,
                ]
            )
        }
    }

    package func acceptances(at now: Timestamp) async throws(ParityError) -> [Acceptance] {
        try await read { db in try Self.acceptances(at: now, in: db) }
    }

    /// The acceptances that are valid at a time.
    static func acceptances(at now: Timestamp, in db: Database) throws -> [Acceptance] {
        try Row.fetchAll(
            db,
            sql: "SELECT * FROM acceptances WHERE until_ms > ? ORDER BY number",
            arguments: [now.milliseconds]
        )
        .compactMap { row in
            guard let cause = try Cause(rawValue: row.decode(forColumn: "cause")) else { return nil }
            return try Acceptance(
                cause: cause,
                provider: (row.decode(forColumn: "provider") as String?).map { ProviderName($0) },
                name: row.decode(forColumn: "name"),
                reason: row.decode(forColumn: "reason"),
                until: Timestamp(milliseconds: row.decode(forColumn: "until_ms")),
                by: ClientName(row.decode(forColumn: "client") as String),
                at: Timestamp(milliseconds: row.decode(forColumn: "at_ms"))
            )
        }
    }
}
