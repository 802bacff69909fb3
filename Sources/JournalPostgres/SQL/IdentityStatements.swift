/// The tables that keep identities, and their change from one to the next.
extension Statement {
    /// The parts of the identities with their state, oldest first.
    static let readIdentityParts = read("SELECT number, state, has_filter FROM identity_parts ORDER BY number")

    /// $1 keys.
    static func readIdentities(in part: Int32) -> Statement {
        read("SELECT key, place FROM identities_\(part) WHERE key = ANY($1)")
    }

    /// Which of some ranges of keys have something, counted from 1, and where. $1 and $2 the lowest and the highest key of each.
    static func readIdentities(inAnyOf parts: [Int32]) -> Statement {
        let found = parts.map { "SELECT place FROM identities_\($0) WHERE key BETWEEN r.low AND r.high" }
        // Without the OFFSET, the planner may read a whole part instead of looking each range up.
        return read(
            """
            SELECT r.number, i.place FROM unnest($1::int8[], $2::int8[]) WITH ORDINALITY AS r(low, high, number)
            CROSS JOIN LATERAL (\(found.joined(separator: " UNION ALL ")) OFFSET 0) i
            """
        )
    }

    /// How old the open part is, in seconds, and about how many identities it has.
    static let readOpenPart = read(
        """
        SELECT p.number, extract(epoch FROM now() - p.opened_at)::int8,
            greatest(0, (SELECT reltuples FROM pg_class WHERE oid = to_regclass('identities_' || p.number)))::int8
        FROM identity_parts p WHERE p.state = 'open'
        """
    )

    static func createIdentities(part: Int32) -> Statement {
        Statement("CREATE TABLE IF NOT EXISTS identities_\(part)(key int8 PRIMARY KEY, place int8 NOT NULL)")
    }

    /// Begins the change: from its commit on, new identities go into the old part $1 and into the next one. Does nothing if the part is not
    /// the open one any more.
    static let overlapIdentityPart = Statement(
        """
        WITH moved AS (
            UPDATE identity_parts SET state = 'overlapping' WHERE number = $1 AND state = 'open' RETURNING number
        )
        INSERT INTO identity_parts(number, state) SELECT number + 1, 'open' FROM moved
        """
    )

    static let readSlots = read("SELECT slot FROM slots WHERE parts < $1 ORDER BY slot")

    /// Waits for the append that is in flight in slot $1; whoever appends after it must know part $2.
    static let requireIdentityPart = Statement("UPDATE slots SET parts = greatest(parts, $2) WHERE slot = $1")

    static func readNewestPlace(in part: Int32) -> Statement { read("SELECT max(place) FROM identities_\(part)") }

    /// Ends the change: nobody inserts into part $1 alone any more. $2 is the newest event in it.
    static let closeIdentityPart = Statement(
        "UPDATE identity_parts SET state = 'closed', newest = $2 WHERE number = $1 AND state = 'overlapping'"
    )

    /// The next keys of a closed part. $1 the lowest that it can be, $2 how many.
    static func readKeys(in part: Int32) -> Statement {
        read("SELECT key FROM identities_\(part) WHERE key >= $1 ORDER BY key LIMIT $2")
    }

    static func countIdentities(in part: Int32) -> Statement { read("SELECT count(*) FROM identities_\(part)") }

    /// $1 the part. No row: it was removed. Otherwise it stays until the end of the transaction.
    static let lockClosedPart = Statement(
        "SELECT number FROM identity_parts WHERE number = $1 AND state = 'closed' FOR NO KEY UPDATE"
    )

    /// $1 the part, $2 the block's number, $3 its bits. Adds nothing to a part that was removed.
    static let addFilterBlock = Statement(
        """
        INSERT INTO identity_filters(part, block, bits)
        SELECT number, $2, $3 FROM identity_parts WHERE number = $1 AND state = 'closed'
        """
    )

    /// $1 the part, of which somebody may have begun a filter.
    static let removeFilter = Statement("DELETE FROM identity_filters WHERE part = $1")

    /// $1 the part, whose filter is whole now.
    static let noteFilter = Statement(
        "UPDATE identity_parts SET has_filter = true WHERE number = $1 AND state = 'closed'"
    )

    /// $1 the part.
    static let readFilter = read("SELECT bits FROM identity_filters WHERE part = $1 ORDER BY block")
}
