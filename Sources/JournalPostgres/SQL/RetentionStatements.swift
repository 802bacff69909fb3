/// Removing what is old and settled everywhere.
extension Statement {
    /// States in which a delivery stays.
    private static let settled = "('delivered', 'discarded', 'skipped')"

    /// The next chunks of a slot, whether each can be removed, and when its last event was accepted. A chunk can be removed if it was
    /// accepted before a time, is whole, is settled at each account, and nothing still reads it. $1 the slot, $2 the last number that was
    /// examined, $3 the time, $4 how many, $5 the number that ends the walk.
    static let readRemovable = read(
        """
        WITH candidates AS MATERIALIZED (
            SELECT slot, first, first + count AS behind, accepted_last, accounts, counts FROM chunks
            WHERE slot = $1 AND first > $2 AND first < $5 ORDER BY first LIMIT $4
        ),
        limits AS MATERIALIZED (
            SELECT least($3, (SELECT min(accepted_from) FROM pins)) AS accepted,
                (SELECT min(coalesce(c.place, 0)) FROM lanes l
                    LEFT JOIN cursors c ON c.account = l.account AND c.slot = $1
                    WHERE l.state IN ('running', 'paused', 'cancelling')) AS walked
        )
        SELECT c.first, c.behind - 1,
            c.accepted_last < limits.accepted AND c.behind - 1 <= coalesce(limits.walked, c.behind)
            AND NOT EXISTS (SELECT FROM damage d WHERE d.slot = c.slot AND d.first = c.first)
            AND NOT EXISTS (
                SELECT FROM deliveries r
                WHERE r.sequence >= c.first AND r.sequence < c.behind AND r.status NOT IN \(settled)
            )
            AND NOT EXISTS (
                SELECT FROM unnest(c.accounts, c.counts) AS a(account, events)
                WHERE a.events >
                    (SELECT coalesce(sum(d.events), 0) FROM delivered d
                        WHERE d.account = a.account AND d.slot = c.slot AND d.first >= c.first AND d.first < c.behind)
                    + (SELECT count(*) FROM deliveries r
                        WHERE r.account = a.account AND r.sequence >= c.first AND r.sequence < c.behind)
            ), c.accepted_last
        FROM candidates c, limits ORDER BY c.first
        """
    )

    /// Notes that numbers of a slot are about to be removed. $1 the slot, $2 the last of them.
    static let noteRemoved = Statement("UPDATE slots SET removed = $2 WHERE slot = $1 AND removed < $2")

    /// Removes chunks with all that belongs to them; returns how many events they had. $1 the slot, $2 their first numbers, $3 their last.
    static let removeChunks = Statement(
        """
        WITH gone AS MATERIALIZED (SELECT * FROM unnest($2::int8[], $3::int8[]) AS g(first, last)),
        chunk AS (
            DELETE FROM chunks c USING gone WHERE c.slot = $1 AND c.first = gone.first RETURNING c.count
        ),
        runs AS (\(removal(from: "delivered", by: "first", key: ["slot", "first"], where: "slot = $1"))),
        tries AS (\(removal(from: "attempts", by: "sequence", key: ["sequence", "ordinal"]))),
        amended AS (\(removal(from: "amendments", by: "sequence", key: ["sequence", "first_attempt"]))),
        rows AS (\(removal(from: "deliveries", by: "sequence", key: ["sequence"])))
        SELECT coalesce(sum(count), 0)::int8 FROM chunk
        """
    )

    /// Removes the rows of a table whose numbers are in one of the ranges of `gone`. Its index begins with the account: so the rows of a range
    /// are looked for account by account. `OFFSET 0` keeps this search as it stands.
    /// - Parameters:
    ///   - column: the one with the number.
    ///   - key: the columns that make up the table's key behind the account.
    private static func removal(
        from table: String,
        by column: String,
        key: [String],
        where condition: String = "true"
    ) -> String {
        """
        DELETE FROM \(table) r USING gone CROSS JOIN accounts x CROSS JOIN LATERAL (
                SELECT account, \(key.joined(separator: ", ")) FROM \(table)
                WHERE account = x.number AND \(column) >= gone.first AND \(column) <= gone.last AND \(condition) OFFSET 0) k
            WHERE r.account = k.account AND \(key.map { "r.\($0) = k.\($0)" }.joined(separator: " AND "))
        """
    }

    /// Notes the last number of each slot in a partition that is about to go; returns how many events are in it. The name is in the
    /// text.
    static func noteRemoval(of name: String) -> Statement {
        Statement(
            """
            WITH gone AS MATERIALIZED (SELECT slot, sum(count) AS events, max(first + count - 1) AS last FROM \(name) GROUP BY slot),
            noted AS (UPDATE slots s SET removed = greatest(s.removed, gone.last) FROM gone WHERE s.slot = gone.slot)
            SELECT coalesce(sum(events), 0)::int8 FROM gone
            """
        )
    }

    /// The tables that hold a day of the journal, whether each is attached, and whether somebody has begun to detach it.
    static let readDayTables = read(
        """
        SELECT c.relname::text, i.inhrelid IS NOT NULL AND NOT i.inhdetachpending, coalesce(i.inhdetachpending, false)
        FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
        WHERE c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'chunks'::regclass)
            AND c.relkind = 'r' AND c.relname ~ '^(chunks|delivered)_[0-9]{8}$'
        ORDER BY c.relname
        """
    )

    /// Whether a pin or a lane needs one of the chunks of a table that is not attached. The name is in the text.
    static func readNeed(of name: String) -> Statement {
        read(
            """
            SELECT EXISTS (
                SELECT FROM (
                    SELECT slot, max(first + count - 1) AS last, max(accepted_last) AS accepted FROM \(name) GROUP BY slot) g
                WHERE g.accepted >= (SELECT min(accepted_from) FROM pins)
                    OR g.last > (
                        SELECT min(coalesce(c.place, 0)) FROM lanes l
                        LEFT JOIN cursors c ON c.account = l.account AND c.slot = g.slot
                        WHERE l.state IN ('running', 'paused', 'cancelling')))
            """
        )
    }

    /// Waits for those who still read the partition, and keeps nobody from reading or writing the others.
    static func detachPartition(_ name: String, from table: String) -> Statement {
        Statement("ALTER TABLE \(table) DETACH PARTITION \(name) CONCURRENTLY")
    }

    static func finishDetaching(_ name: String, from table: String) -> Statement {
        Statement("ALTER TABLE \(table) DETACH PARTITION \(name) FINALIZE")
    }

    static func dropTable(_ name: String) -> Statement { Statement("DROP TABLE IF EXISTS \(name)") }

    /// Removes rows of a range of numbers, some at a time. $1 the first number, $2 the number after the last, $3 how many.
    static func removeRows(of table: String) -> Statement {
        Statement(
            """
            DELETE FROM \(table) WHERE ctid = ANY(ARRAY(
                SELECT r.place FROM accounts x CROSS JOIN LATERAL (
                    SELECT ctid AS place FROM \(table)
                    WHERE account = x.number AND sequence >= $1 AND sequence < $2 ORDER BY sequence LIMIT $3) r
                LIMIT $3))
            """
        )
    }

    /// Removes what newer rows of `flights` have taken the place of at the accounts of backfills that have ended: they have no owner who would.
    /// $1 how many.
    static let removeFlightsOfEndedLanes = Statement(
        """
        DELETE FROM flights WHERE ctid = ANY(ARRAY(
            SELECT o.place FROM lanes l
            CROSS JOIN LATERAL (
                SELECT epoch, number FROM flights WHERE account = l.account ORDER BY epoch DESC, number DESC LIMIT 1) n
            CROSS JOIN LATERAL (
                SELECT ctid AS place FROM flights WHERE account = l.account AND (epoch, number) < (n.epoch, n.number)
                LIMIT $1) o
            WHERE l.ended_at IS NOT NULL LIMIT $1))
        """
    )

    /// Closed parts that have no identity of an event that is there.
    static let readEmptyIdentityParts = read(
        """
        SELECT number FROM identity_parts
        WHERE state = 'closed' AND newest < coalesce((SELECT min(c.first) FROM slots s CROSS JOIN LATERAL (
            SELECT first FROM chunks WHERE chunks.slot = s.slot ORDER BY first LIMIT 1) c), 9223372036854775807)
        """
    )

    /// $1 the part. Waits for whoever makes its filter: so the filter is removed by another statement, which sees what was made.
    static let forgetIdentityPart = Statement("DELETE FROM identity_parts WHERE number = $1 AND state = 'closed'")

    /// The numbers of tables of identities that are older than every part: whoever dropped them has not finished.
    static let readForgottenIdentities = read(
        """
        SELECT n.number FROM (
            SELECT CASE WHEN relname ~ '^identities_[0-9]{1,9}$' THEN substr(relname::text, 12)::int4 END AS number
            FROM pg_class
            WHERE relkind = 'r' AND relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'chunks'::regclass)) n
        WHERE n.number < (SELECT min(number) FROM identity_parts) ORDER BY n.number
        """
    )

    /// Removes filters whose parts were removed: earlier versions left what was made while a part was dropped. A filter that is being
    /// made stays, since its part is there for as long.
    static let removeForgottenFilters = Statement(
        "DELETE FROM identity_filters f WHERE NOT EXISTS (SELECT FROM identity_parts p WHERE p.number = f.part)"
    )
}
