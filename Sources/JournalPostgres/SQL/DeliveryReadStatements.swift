/// Reading the outcome of deliveries.
extension Statement {
    /// $1 numbers of events.
    static let readDeliveryRows = read(
        """
        SELECT sequence, account, status, attempts, next_attempt_at, fault_is_last_attempts,
            fault_code, fault_message, fault_vendor
        FROM unnest($1) AS p(number) JOIN deliveries d ON d.sequence = p.number ORDER BY sequence, account
        """
    )

    /// The runs of some accounts within some spans of 4096 numbers. $1 accounts, $2 slots, $3 the spans' lowest numbers.
    static let readRuns = read(
        """
        SELECT d.account, d.first, d.last, d.at, d.latency, d.http_status, d.deduplicated, d.skipped, d.members
        FROM unnest($1, $2, $3) AS p(account, slot, lowest)
        CROSS JOIN LATERAL (
            SELECT * FROM delivered
            WHERE delivered.account = p.account AND delivered.slot = p.slot
                AND delivered.first >= p.lowest AND delivered.first < p.lowest + 4096
            OFFSET 0
        ) d
        ORDER BY d.account, d.first
        """
    )

    /// $1 accounts, $2 numbers of events: pairs.
    static let readAttempts = read(
        """
        SELECT a.account, a.sequence, a.at, a.latency, a.http_status, a.status, a.deduplicated,
            a.fault_code, a.fault_message, a.fault_vendor
        FROM unnest($1, $2) AS p(account, number)
        JOIN attempts a ON a.account = p.account AND a.sequence = p.number ORDER BY a.account, a.sequence, a.ordinal
        """
    )

    /// $1 accounts, $2 numbers of events: pairs.
    static let readAmendments = read(
        """
        SELECT a.account, a.sequence, a.at, a.client, a.first_attempt, a.destination
        FROM unnest($1, $2) AS p(account, number)
        JOIN amendments a ON a.account = p.account AND a.sequence = p.number
        ORDER BY a.account, a.sequence, a.first_attempt
        """
    )

    /// The accounts of lanes, the oldest lane first, with the name of their provider.
    static let readLaneAccounts = read(
        "SELECT l.number, l.account, a.name, l.adapter FROM lanes l JOIN accounts a ON a.number = l.provider ORDER BY l.number"
    )

    /// A page of rows: sequences and accounts. $1 and $2 the row before it; each of the next three does not restrict if it is NULL:
    /// $3 statuses, $4 accounts, $5 origins; $6 how many.
    static let readDeliveryPage = deliveryPage(of: "deliveries d")

    /// The same of some events alone, whose rows are looked up. $7 the events.
    static let readDeliveryPageOfEvents = deliveryPage(
        of: """
            unnest($7::int8[]) AS p(number)
            CROSS JOIN LATERAL (SELECT * FROM deliveries WHERE deliveries.sequence = p.number OFFSET 0) d
            """
    )

    private static func deliveryPage(of rows: String) -> Statement {
        read(
            """
            SELECT d.sequence, d.account FROM \(rows)
            WHERE (d.sequence, d.account) > ($1, $2) AND ($3 IS NULL OR d.status = ANY($3))
                AND ($4 IS NULL OR d.account = ANY($4)) AND ($5 IS NULL OR d.origin = ANY($5))
            ORDER BY d.sequence, d.account LIMIT $6
            """
        )
    }

    /// Numbers of events, from one on, whose first attempt the vendor said it knew, or runs of such. $1 the lowest number, $2 how many.
    static let readDuplicateRows = read(
        """
        SELECT sequence FROM attempts WHERE deduplicated AND ordinal = 1 AND sequence >= $1
        GROUP BY sequence ORDER BY sequence LIMIT $2
        """
    )

    /// Runs of deliveries that the vendor knew already. $1 the lowest number that they may reach to, $2 the lowest number of its span,
    /// $3 how many.
    static let readDuplicateRuns = read(
        """
        SELECT account, first, last, at, latency, http_status, deduplicated, skipped, members FROM delivered
        WHERE deduplicated AND first >= $2 AND last >= $1 ORDER BY first LIMIT $3
        """
    )
}
