/// What a node says that has lost the account.
extension Statement {
    /// $1 account, $2 events, $3... their requests' times, latencies, states of answers, and whether the vendor had them, $7 the lane or NULL.
    /// Returns the events that were uncertain; what a person has decided since stays.
    static let testify = Statement(
        """
        WITH known AS MATERIALIZED (
            SELECT * FROM unnest($2::int8[], $3::int8[], $4::int8[], $5::int2[], $6::bool[])
                AS k(sequence, at, latency, http_status, deduplicated)),
        doubtful AS MATERIALIZED (
            SELECT sequence FROM deliveries WHERE account = $1 AND sequence = ANY($2::int8[]) AND status = 'uncertain'
                AND claim = 0 AND NOT reached_before ORDER BY sequence FOR UPDATE),
        told AS (
            UPDATE deliveries d SET status = 'delivered', attempts = d.attempts + 1, fault_is_last_attempts = false,
                fault_code = NULL, fault_message = NULL, fault_vendor = NULL
            FROM doubtful WHERE d.account = $1 AND d.sequence = doubtful.sequence RETURNING d.sequence, d.attempts),
        tries AS (
            INSERT INTO attempts(account, sequence, ordinal, at, latency, http_status, status, deduplicated)
            SELECT $1, t.sequence, t.attempts, k.at, k.latency, k.http_status, 'delivered', k.deduplicated
            FROM told t JOIN known k USING (sequence) ON CONFLICT DO NOTHING),
        counted AS (
            INSERT INTO lane_counts(lane, word, events)
            SELECT $7, w.word, w.sign * (SELECT count(*) FROM told)
            FROM (VALUES ('uncertain', -1), ('delivered', 1)) w(word, sign) WHERE $7 IS NOT NULL
            ON CONFLICT (lane, word) DO UPDATE SET events = lane_counts.events + excluded.events)
        SELECT sequence FROM told
        """
    )
}
