/// What gateways tell each other.
extension Statement {
    /// $1 node, $2 accounts, $3 the epochs of their leases, $4 how many deliveries wait, $5 since when, $6 whether ready, $7 details.
    static let report = Statement(
        """
        INSERT INTO reports(account, epoch, at, waiting, oldest, is_ready, detail)
        SELECT a.number, a.epoch, now(), r.waiting, r.oldest, r.ready, r.detail
        FROM unnest($2, $3, $4, $5, $6, $7) AS r(account, epoch, waiting, oldest, ready, detail)
        JOIN accounts a ON a.number = r.account AND a.epoch = r.epoch AND a.node = $1
        ORDER BY a.number
        ON CONFLICT (account) DO UPDATE SET epoch = excluded.epoch, at = excluded.at, waiting = excluded.waiting,
            oldest = excluded.oldest, is_ready = excluded.is_ready, detail = excluded.detail
        WHERE reports.epoch <= excluded.epoch
        """
    )

    /// Each account with a report: its name, its holder with name, the report's age in milliseconds, and what it says.
    static let readReports = read(
        """
        SELECT a.name, a.node, n.name, (extract(epoch FROM clock_timestamp() - r.at) * 1000)::int8, r.waiting, r.oldest,
            r.is_ready, r.detail
        FROM reports r JOIN accounts a ON a.number = r.account LEFT JOIN nodes n ON n.node = a.node ORDER BY a.name
        """
    )

    /// Nodes with what each holds and what its accounts report.
    static let readReportingNodes = read(
        """
        SELECT n.node, n.name, n.version, n.routes, (extract(epoch FROM n.started_at) * 1000)::int8, n.draining,
            (SELECT count(*) FROM accounts a WHERE a.node = n.node), (SELECT count(*) FROM slots s WHERE s.node = n.node),
            r.waiting, r.oldest
        FROM nodes n CROSS JOIN LATERAL (
            SELECT coalesce(sum(r.waiting), 0)::int8 AS waiting, min(r.oldest) AS oldest
            FROM accounts a JOIN reports r ON r.account = a.number AND r.epoch = a.epoch WHERE a.node = n.node) r
        ORDER BY n.name, n.started_at, n.node
        """
    )

    /// $1 account. When the oldest event was accepted that waits behind the account's cursors, as far as the heads of chunks tell; NULL
    /// if there is none.
    static let readOldestBehind = read(
        """
        SELECT min(h.accepted_first)
        FROM (SELECT slot FROM slots UNION SELECT 0::int2) s LEFT JOIN cursors c ON c.account = $1 AND c.slot = s.slot
        CROSS JOIN LATERAL (
            SELECT accepted_first FROM chunks
            WHERE slot = s.slot AND first > coalesce(c.place, 0) - 32768 AND first + count - 1 > coalesce(c.place, 0)
                AND $1 = ANY(accounts)
            ORDER BY first LIMIT 1) h
        """
    )
}
