/// Acts of migrations.
extension Statement {
    static let readMigrationVersion = read("SELECT count(*) FROM migration_log")

    static let readMigrationActs = read(
        """
        SELECT migration, number, action, detail, plan, actor, key_id, at FROM migration_log
        ORDER BY migration COLLATE "C", number
        """
    )

    /// $1 migration, $2 number, $3 action, $4 detail, $5 plan, $6 actor, $7 key, $8 when; of the audit entry $9 when, $10 action,
    /// $11 tenant, $12 actor, $13 key, $14 address, $15 details. No row: another act has the number, or the one before it is missing.
    static let appendMigrationAct = Statement(
        """
        WITH kept AS (
            INSERT INTO migration_log(migration, number, action, detail, plan, actor, key_id, at)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8
            WHERE $2 = 1 + (SELECT coalesce(max(number), 0) FROM migration_log WHERE migration = $1)
            ON CONFLICT DO NOTHING
            RETURNING number),
        noted AS (
            INSERT INTO audit(category, at, action, tenant, actor, key_id, remote_address, details)
            SELECT 'administration', $9, $10, $11, $12, $13, $14, $15 FROM kept)
        SELECT number FROM kept
        """
    )
}
