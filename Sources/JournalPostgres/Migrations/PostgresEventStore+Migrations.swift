import Events
package import Journal

extension PostgresEventStore: MigrationKeeping {
    package func migrationVersion() async throws(StoreError) -> Int64 {
        try await readPoint { (session) throws(PostgresFailure) in
            try session.run(.readMigrationVersion, []).first?.integer(0) ?? 0
        }
    }

    package func migrationActs() async throws(StoreError) -> [MigrationAct] {
        try await readPoint { (session) throws(PostgresFailure) in
            try session.run(.readMigrationActs, []).map(MigrationAct.init)
        }
    }

    package func append(_ act: MigrationAct, recording entry: AuditEntry) async throws(StoreError) -> Bool {
        let parameters = try Self.parameters(act, entry)
        do throws(PostgresFailure) {
            return try await parts.points.run(.appendMigrationAct, parameters).isEmpty == false
        } catch {
            guard !error.isCertain else { throw parts.reach.error(error) }
        }
        // No answer: whether it was carried out is seen from the log.
        if let found = try await migrationActs().first(where: { $0.isAtPosition(of: act) }) { return found == act }
        return try await runOnce(.appendMigrationAct, parameters).isEmpty == false
    }

    private static func parameters(_ act: MigrationAct, _ entry: AuditEntry) throws(StoreError) -> [Parameter] {
        [
            .text(act.migration.rawValue), .int8(Int64(act.number)), .text(act.action), .bytea(act.detail),
            .text(act.plan), .text(act.actor), .text(act.keyID), .int8(act.at.milliseconds),
            .int8(entry.at.milliseconds), .text(entry.action.storable), .text(entry.tenant?.rawValue),
            .text(entry.actor?.storable), .text(entry.keyID?.storable), .text(entry.remoteAddress?.storable),
            .bytea(try entry.encodedDetails),
        ]
    }
}

extension MigrationAct {
    /// - Parameter row: of ``Statement/readMigrationActs``.
    fileprivate init(_ row: Row) {
        self.init(
            migration: MigrationName(row.text(0)),
            number: Int(clamping: row.integer(1)),
            action: row.text(2),
            detail: row.bytes(3),
            plan: row.optionalText(4),
            actor: row.text(5),
            keyID: row.optionalText(6),
            at: Timestamp(milliseconds: row.integer(7))
        )
    }

    fileprivate func isAtPosition(of other: MigrationAct) -> Bool {
        migration == other.migration && number == other.number
    }
}
