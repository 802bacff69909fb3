/// What the journal says about itself.
extension Statement {
    static let readMeta = read("SELECT name, value FROM meta")

    /// Which journal it is, and whether the server only reads.
    static let readIdentity = read("SELECT (SELECT value FROM meta WHERE name = 'journal'), pg_is_in_recovery()")

    /// The server's timeline: another one after every failover, and after a restore to an earlier moment.
    static let readTimeline = read(
        "SELECT CASE WHEN NOT pg_is_in_recovery() THEN left(pg_walfile_name(pg_current_wal_lsn()), 8) END"
    )

    /// $1 the name, $2 the value.
    static let writeMeta = Statement("INSERT INTO meta(name, value) VALUES ($1, $2)")

    /// Notes something in place of what was noted under the name before. $1 the name, $2 the value.
    static let putMeta = Statement(
        """
        INSERT INTO meta(name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """
    )

    /// What time it is, in milliseconds since 1970, as text. $1 the time.
    static let noteTime = Statement(
        """
        INSERT INTO meta(name, value) VALUES ('time', convert_to($1::int8::text, 'UTF8'))
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """
    )

    static let readNotedTime = read("SELECT convert_from(value, 'UTF8') FROM meta WHERE name = 'time'")

    /// Locks a slot and commits something, as an append does. $1 the node. No row: nothing was written, since somebody has locked all slots of
    /// the node.
    static let probeAppend = Statement(
        """
        WITH free AS MATERIALIZED (
            SELECT slot FROM slots WHERE node = $1 ORDER BY slot LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
        INSERT INTO meta(name, value)
        SELECT 'probe', ''::bytea WHERE EXISTS (SELECT FROM free) OR NOT EXISTS (SELECT FROM slots WHERE node = $1)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value RETURNING name
        """
    )

    /// $1 the name.
    static let removeMeta = Statement("DELETE FROM meta WHERE name = $1")

    static let openFirstIdentityPart = Statement(
        "INSERT INTO identity_parts(number, state) VALUES (1, 'open') ON CONFLICT DO NOTHING"
    )

    /// Bytes of the database, with all that it has.
    static let readSize = read("SELECT pg_database_size(current_database())")

    /// The database's clock, in milliseconds since 1970.
    static let readClock = read("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::int8")
}
