/// Retries: rows that wait for another try. Most statements begin with the fence.
extension Statement {
    /// $4 now, $5 how many, $6 all that the owner knows to be claimed, if an answer to a claim may have been lost: then others that are
    /// claimed under its epoch are free as well; else NULL. One row for each that is claimed, at least one if the lease holds; each with
    /// when the next one is due that nobody has claimed.
    static let claimDue = Statement(
        """
        \(fence),
        due AS MATERIALIZED (
            SELECT sequence FROM deliveries WHERE account = $1 AND next_attempt_at <= $4 AND \(isFree)
            ORDER BY sequence LIMIT $5 FOR UPDATE SKIP LOCKED),
        claimed AS (
            UPDATE deliveries d SET claim = $2 FROM fence, due WHERE d.account = fence.number AND d.sequence = due.sequence
            RETURNING d.sequence, d.attempts, d.reached_at, d.status)
        SELECT (SELECT min(next_attempt_at) FROM deliveries d WHERE account = $1 AND next_attempt_at IS NOT NULL
                AND \(isFree) AND NOT EXISTS (SELECT FROM due WHERE due.sequence = d.sequence)),
            c.sequence, c.attempts, c.reached_at, c.status,
            (SELECT destination FROM amendments a WHERE a.account = $1 AND a.sequence = c.sequence
                ORDER BY first_attempt DESC LIMIT 1)
        FROM fence LEFT JOIN claimed c ON true ORDER BY c.sequence
        """
    )

    private static let isFree = "(claim < $2 OR (claim = $2 AND sequence <> ALL ($6::int8[])))"

    /// $4 rows that are claimed and are due again as they were, $5 the number of the flight, $6 all that is in flight. Only who inserts the
    /// flight frees them, so that it may run twice, and even late, when they are claimed again.
    static let unclaim = Statement(
        """
        \(fence), \(flight("$5", "$6")),
        freed AS (
            UPDATE deliveries d SET claim = 0 FROM flight
            WHERE d.account = flight.account AND d.sequence = ANY($4::int8[]) AND d.claim = $2)
        SELECT 1 FROM fence
        """
    )

    /// $4 after which event, $5 by how many milliseconds, $6 how many, $7 the number of the flight, $8 all that is in flight. One row: the
    /// last of them, or NULL. Only who inserts the flight moves them, so that it may run twice.
    static let bringForward = Statement(
        """
        \(fence),
        chosen AS MATERIALIZED (
            SELECT sequence FROM deliveries WHERE account = $1 AND next_attempt_at IS NOT NULL AND sequence > $4
            ORDER BY sequence LIMIT $6),
        \(flight("$7", "$8")),
        moved AS (
            UPDATE deliveries d SET next_attempt_at = d.next_attempt_at - $5 FROM flight, chosen
            WHERE d.account = flight.account AND d.sequence = chosen.sequence AND d.next_attempt_at IS NOT NULL)
        SELECT (SELECT max(sequence) FROM chosen) FROM fence
        """
    )

    /// $1 account, $2 later than this, $3 now, $4 how many. Any node may do this. Returns how many.
    static let makeRetriesDue = Statement(
        """
        WITH late AS MATERIALIZED (
            SELECT sequence FROM deliveries WHERE account = $1 AND next_attempt_at > $2 LIMIT $4 FOR UPDATE),
        moved AS (
            UPDATE deliveries d SET next_attempt_at = $3 FROM late WHERE d.account = $1 AND d.sequence = late.sequence
            RETURNING 1),
        nudge AS (
            INSERT INTO nudges(account, number) SELECT $1, 1 WHERE EXISTS (SELECT FROM moved)
            ON CONFLICT (account) DO UPDATE SET number = nudges.number + 1)
        SELECT count(*) FROM moved
        """
    )
}
