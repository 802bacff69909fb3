/// Removing what is old and settled everywhere.
extension Statement {
    /// States in which a delivery stays.
    private static let settled = "('delivered', 'discarded', 'skipped')"

    /// The next chunks of a slot, and whether each can go: it was accepted before a time, is whole, is settled at each account, and nothing
    /// still reads it. $1 the slot, $2 the last number that was looked at, $3 the time, $4 how many, $5 the number that ends the walk.
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
            )
        FROM candidates c, limits ORDER BY c.first
        """
    )

    /// Removes chunks with all that belongs to them; returns how many events they had. $1 the slot, $2 their first numbers, $3 their last.
    static let removeChunks = Statement(
        """
        WITH gone AS MATERIALIZED (SELECT * FROM unnest($2, $3) AS g(first, last)),
        chunk AS (
            DELETE FROM chunks c USING gone WHERE c.slot = $1 AND c.first = gone.first RETURNING c.count
        ),
        runs AS (
            DELETE FROM delivered d USING gone WHERE d.slot = $1 AND d.first >= gone.first AND d.first <= gone.last
        ),
        tries AS (DELETE FROM attempts a USING gone WHERE a.sequence >= gone.first AND a.sequence <= gone.last),
        amended AS (DELETE FROM amendments a USING gone WHERE a.sequence >= gone.first AND a.sequence <= gone.last),
        rows AS (DELETE FROM deliveries r USING gone WHERE r.sequence >= gone.first AND r.sequence <= gone.last),
        slot AS (
            UPDATE slots SET removed = greatest(removed, (SELECT max(last) FROM gone)) WHERE slot = $1
        )
        SELECT coalesce(sum(count), 0)::int8 FROM chunk
        """
    )

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

    /// Whether a partition is attached, and whether an earlier try to detach it has come half of the way. $1 its name.
    static let readAttachment = read("SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = to_regclass($1)")

    /// Waits for those who still read the partition, and keeps nobody from reading or writing the others.
    static func detachPartition(_ name: String, from table: String) -> Statement {
        Statement("ALTER TABLE \(table) DETACH PARTITION \(name) CONCURRENTLY")
    }

    static func finishDetaching(_ name: String, from table: String) -> Statement {
        Statement("ALTER TABLE \(table) DETACH PARTITION \(name) FINALIZE")
    }

    static func dropTable(_ name: String) -> Statement { Statement("DROP TABLE IF EXISTS \(name)") }

    /// Removes rows of a range of numbers, some at a time. $1 the first number, $2 the number after the last, $3 how many.
    static func removeRows(of table: String, by column: String) -> Statement {
        Statement(
            """
            DELETE FROM \(table) WHERE ctid = ANY(ARRAY(
                SELECT ctid FROM \(table) WHERE \(column) >= $1 AND \(column) < $2 LIMIT $3))
            """
        )
    }

    /// Closed parts that have no identity of an event that is there.
    static let readEmptyIdentityParts = read(
        """
        SELECT number FROM identity_parts
        WHERE state = 'closed' AND newest < coalesce((SELECT min(c.first) FROM slots s CROSS JOIN LATERAL (
            SELECT first FROM chunks WHERE chunks.slot = s.slot ORDER BY first LIMIT 1) c), 9223372036854775807)
        """
    )

    /// $1 the part.
    static let forgetIdentityPart = Statement(
        """
        WITH filters AS (DELETE FROM identity_filters WHERE part = $1)
        DELETE FROM identity_parts WHERE number = $1 AND state = 'closed'
        """
    )
}
