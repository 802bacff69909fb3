/// What a new owner of an account reads, and what owners read of the journal.
extension Statement {
    /// One row at least if the lease holds. What the newest row of `flights` names has no outcome, whatever its row in `deliveries` says,
    /// because every outcome writes the next row. Rows of these are claimed at once, so that nobody revises them.
    static let takeInterrupted = Statement(
        """
        \(fence),
        newest AS MATERIALIZED (
            SELECT sequences FROM flights WHERE account = $1 ORDER BY epoch DESC, number DESC LIMIT 1),
        flying AS MATERIALIZED (SELECT DISTINCT unnest(sequences) AS sequence FROM newest),
        claimed AS (
            UPDATE deliveries d SET claim = $2 FROM fence, flying
            WHERE d.account = fence.number AND d.sequence = flying.sequence
            RETURNING d.sequence, d.attempts, d.reached_at, d.status)
        SELECT f.sequence, c.attempts, c.reached_at, c.status,
            (SELECT destination FROM amendments a WHERE a.account = $1 AND a.sequence = f.sequence
                ORDER BY first_attempt DESC LIMIT 1)
        FROM fence LEFT JOIN flying f ON true LEFT JOIN claimed c ON c.sequence = f.sequence ORDER BY f.sequence
        """
    )

    /// $1 account.
    static let readCursors = read("SELECT slot, place FROM cursors WHERE account = $1")

    /// $1 account. Runs that end after the cursor of their slot; those of slots without one are all.
    static let readRunsBehindCursors = read(
        """
        SELECT d.slot, d.first, d.last, d.members
        FROM (SELECT slot FROM slots UNION SELECT 0::int2) s LEFT JOIN cursors c ON c.account = $1 AND c.slot = s.slot
        CROSS JOIN LATERAL (
            SELECT slot, first, last, members FROM delivered
            WHERE account = $1 AND slot = s.slot AND first >= (coalesce(c.place, 0) & ~4095::int8)
                AND last > coalesce(c.place, 0)) d
        """
    )

    /// $1 account, $2 after which event.
    static let readRowsBehind = read("SELECT sequence FROM deliveries WHERE account = $1 AND sequence > $2")

    /// $1 account, $2 epoch. When the next retry is due that nobody has claimed; NULL if there is none.
    static let readNextDue = read(
        "SELECT min(next_attempt_at) FROM deliveries WHERE account = $1 AND next_attempt_at IS NOT NULL AND claim < $2"
    )

    /// $4 rows that get an outcome though nobody has claimed them. At least one row if the lease holds.
    static let claimForOutcome = Statement(
        """
        \(fence),
        claimed AS (
            UPDATE deliveries d SET claim = $2 FROM fence WHERE d.account = fence.number AND d.sequence = ANY($4::int8[])
            RETURNING d.sequence, d.attempts, d.status)
        SELECT c.sequence, c.attempts, c.status FROM fence LEFT JOIN claimed c ON true
        """
    )

    /// $1 account, $2 events. Their newest amendments.
    static let readAmended = read(
        """
        SELECT DISTINCT ON (sequence) sequence, destination FROM amendments
        WHERE account = $1 AND sequence = ANY($2::int8[]) ORDER BY sequence, first_attempt DESC
        """
    )

    /// The chunks of a slot that have events of an account, without their content. $1 the slot, $2 after this number, $3 the lowest first
    /// number of its chunk, $4 up to this number, $5 the account, $6 how many. With how many events of the account are in each.
    static let readOwnChunkHeads = read(
        """
        SELECT first, count, counts[array_position(accounts, $5)] FROM chunks
        WHERE slot = $1 AND first >= $3 AND first <= $4 AND first + count - 1 > $2 AND $5 = ANY(accounts)
        ORDER BY first LIMIT $6
        """
    )

    /// $1 accounts by name, $2 the epochs of their leases, $3 the numbers of the newest flights that were written under these, or 0. Those of
    /// which the database has less.
    static let readAccountsBehind = read(
        """
        SELECT o.name FROM unnest($1::text[], $2::int8[], $3::int8[]) AS o(name, epoch, flight)
        WHERE NOT EXISTS (
            SELECT FROM accounts a WHERE a.name = o.name AND a.epoch >= o.epoch AND (o.flight = 0 OR EXISTS (
                SELECT FROM flights f WHERE f.account = a.number AND (f.epoch, f.number) >= (o.epoch, o.flight))))
        """
    )

    /// $1 account.
    static let readNewestFlight = read(
        "SELECT epoch, number FROM flights WHERE account = $1 ORDER BY epoch DESC, number DESC LIMIT 1"
    )

    /// Removes rows of `flights` that newer ones have taken the place of, in the order of their writing. $1 account, $2 and $3 the epoch and
    /// the number from which on, $4 and $5 those before which it ends, $6 how many. Returns which.
    static let removeOldFlights = Statement(
        """
        WITH old AS MATERIALIZED (
            SELECT epoch, number FROM flights
            WHERE account = $1 AND (epoch, number) >= ($2, $3) AND (epoch, number) < ($4, $5)
            ORDER BY epoch, number LIMIT $6),
        gone AS (
            DELETE FROM flights f USING old WHERE f.account = $1 AND f.epoch = old.epoch AND f.number = old.number)
        SELECT epoch, number FROM old ORDER BY epoch, number
        """
    )
}
