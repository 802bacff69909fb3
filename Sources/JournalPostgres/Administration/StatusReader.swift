import Events
import Journal

/// Reads a ``JournalStatus``.
struct StatusReader: Sendable {
    let settings: PostgresStoreSettings
    let meta: JournalMeta
    let connection: PostgresConnection

    func status() async throws(PostgresFailure) -> JournalStatus {
        let server = try await connection.run(.readVersion).first?.text(1) ?? ""
        let tables = try await connection.run(.readTableSizes, [.text(settings.schema)])
        return JournalStatus(
            address: settings.display,
            schema: settings.schema,
            server: server.split(separator: " ").prefix(2).joined(separator: " "),
            format: JournalStatus.Format(
                current: meta.format,
                oldestWriter: meta.oldestWriter,
                known: JournalMeta.format
            ),
            journalID: meta.journalID,
            isMoving: meta.moving != nil,
            nodes: try await nodes(),
            accounts: try await accounts(),
            slots: try await slots(),
            identityParts: try await identityParts(),
            partitions: tables.filter { $0.bool(1) }.map { row in
                JournalStatus.Partition(
                    name: row.text(0),
                    rows: Int(clamping: row.integer(2)),
                    bytes: Int(clamping: row.integer(3))
                )
            },
            duties: try await connection.run(.readDuties).map { row in
                JournalStatus.Duty(name: row.text(0), node: row.optionalText(1))
            },
            bytes: tables.reduce(0) { $0 + Int(clamping: $1.integer(3)) }
        )
    }

    func nodes() async throws(PostgresFailure) -> [JournalStatus.Node] {
        var reports: [Int64: Row] = [:]
        do throws(PostgresFailure) {
            for row in try await connection.run(.readNodeReports) { reports[row.integer(0)] = row }
        } catch {
            // Tables of an older version do not have them.
            guard error.isRefusal(.undefinedTable) else { throw error }
        }
        return try await connection.run(.readNodes).map { row in
            let report = reports[row.integer(0)]
            return JournalStatus.Node(
                number: row.integer(0),
                name: row.text(1),
                version: row.text(2),
                format: Int(clamping: row.integer(3)),
                started: Timestamp(milliseconds: row.integer(4)),
                expiresIn: .milliseconds(row.integer(5)),
                isDraining: row.bool(6),
                routes: row.bytes(7),
                accounts: Int(clamping: row.integer(8)),
                slots: Int(clamping: row.integer(9)),
                waiting: report.map { Int(clamping: $0.integer(1)) },
                oldest: report?.optionalInteger(2).map { Timestamp(milliseconds: $0) }
            )
        }
    }

    private func accounts() async throws(PostgresFailure) -> [JournalStatus.Account] {
        var accounts: [JournalStatus.Account] = []
        for row in try await connection.run(.readAccountHolders) {
            let account = Int32(clamping: row.integer(0))
            let retries = try await connection.run(.readRetries, [.int4(account)]).first?.integer(0) ?? 0
            let untried = try await connection.read { (session) throws(PostgresFailure) in
                try BacklogCounts().untried(of: account, session)
            }
            accounts.append(
                JournalStatus.Account(
                    name: row.text(1),
                    epoch: row.integer(2),
                    node: row.optionalText(3),
                    since: row.optionalInteger(4).map { Timestamp(milliseconds: $0) },
                    backlog: Int(clamping: untried + retries)
                )
            )
        }
        return accounts
    }

    private func slots() async throws(PostgresFailure) -> [JournalStatus.Slot] {
        let ends = try await connection.run(.readEnds)
        return try await connection.run(.readSlotHolders).map { row in
            let newest = ends.first { $0.integer(0) == row.integer(0) }?.optionalInteger(2)
            return JournalStatus.Slot(
                number: Int(clamping: row.integer(0)),
                epoch: row.integer(1),
                node: row.optionalText(2),
                newest: newest.map { Timestamp(milliseconds: $0) }
            )
        }
    }

    private func identityParts() async throws(PostgresFailure) -> [JournalStatus.IdentityPart] {
        try await connection.run(.readPartSizes).map { row in
            JournalStatus.IdentityPart(
                number: Int(clamping: row.integer(0)),
                state: row.text(1),
                opened: Timestamp(milliseconds: row.integer(2)),
                identities: Int(clamping: row.integer(3)),
                bytes: Int(clamping: row.integer(4)),
                hasFilter: row.bool(5)
            )
        }
    }
}
