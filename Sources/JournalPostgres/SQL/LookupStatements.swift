/// What looks at vendors have shown.
extension Statement {
    /// $1 account, $2 event, $3 the status that the delivery gets, $4 when, $5 microseconds, $6 status of the answer, $7 code, $8 message,
    /// $9 the lane or NULL.
    ///
    /// Returns a row if the delivery was in a state that a look can change.
    static let recordLookup = Statement(
        """
        WITH meant AS MATERIALIZED (
            SELECT sequence, status, attempts FROM deliveries
            WHERE account = $1 AND sequence = $2 AND status IN ('uncertain', 'rejected') FOR UPDATE),
        changed AS (
            UPDATE deliveries d SET status = $3, attempts = d.attempts + 1, fault_is_last_attempts = $3 <> 'delivered',
                fault_code = NULL, fault_message = NULL, fault_vendor = NULL
            FROM meant m WHERE d.account = $1 AND d.sequence = m.sequence),
        tried AS (
            INSERT INTO attempts(account, sequence, ordinal, at, latency, http_status, status, deduplicated,
                fault_code, fault_message, fault_vendor)
            SELECT $1, m.sequence, m.attempts + 1, $4, $5, $6, $3, false, $7, $8, NULL FROM meant m),
        counted AS (
            INSERT INTO lane_counts(lane, word, events)
            SELECT $9, w.word, w.events FROM (
                SELECT status AS word, -1 AS events FROM meant WHERE status <> $3
                UNION ALL SELECT $3, 1 FROM meant WHERE status <> $3) w
            WHERE $9 IS NOT NULL
            ON CONFLICT (lane, word) DO UPDATE SET events = lane_counts.events + excluded.events)
        SELECT 1 FROM meant
        """
    )
}
