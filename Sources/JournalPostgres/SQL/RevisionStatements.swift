/// What people decide about deliveries, whichever node owns the account.
extension Statement {
    /// $1 account, $2 events. A row is busy while the account's owner has it claimed, and while nobody owns the account but the owner before
    /// may have sent it.
    private static let page = """
        flying AS MATERIALIZED (
            SELECT unnest(f.sequences) AS sequence FROM (
                SELECT sequences FROM flights WHERE account = $1 ORDER BY epoch DESC, number DESC LIMIT 1) f),
        page AS MATERIALIZED (
            SELECT p.*, p.claim > p.epoch OR (p.claim = p.epoch AND p.node IS NOT NULL)
                OR p.sequence IN (SELECT sequence FROM flying) AS busy
            FROM locked p)
        """

    private static let columns = """
        d.sequence, d.status, d.attempts, d.claim, d.reached_at IS NOT NULL AS reached, d.reached_before, d.fault_code,
            a.epoch, a.node
        """

    /// $1 account, $2 events. What their rows say, and whether they are busy.
    static let readTraces = read(
        """
        WITH locked AS MATERIALIZED (
            SELECT \(columns) FROM deliveries d JOIN accounts a ON a.number = d.account
            WHERE d.account = $1 AND d.sequence = ANY($2::int8[])), \(page)
        SELECT sequence, busy, status, attempts, reached, reached_before, fault_code FROM page
        """
    )

    /// $1 account, $2 events, $3 the states that can be changed, $4 the state that they get, $5 when they are due or NULL,
    /// $6 the number of the revision or NULL for a new one, $7 tenant, $8 action, $9 filter, $10 client, $11 when,
    /// $12 how many others were changed, $13 how many others were busy, $14... settings for some of them, with whether their events are known
    /// to be sent by nobody but this process, $17 the lane or NULL.
    ///
    /// Returns the revision's number, and for each event whether it was busy, changed, and amended, and what its row said.
    static let revise = Statement(
        """
        WITH locked AS MATERIALIZED (
            SELECT \(columns) FROM deliveries d JOIN accounts a ON a.number = d.account
            WHERE d.account = $1 AND d.sequence = ANY($2::int8[]) ORDER BY d.sequence FOR UPDATE OF d), \(page),
        meant AS MATERIALIZED (SELECT * FROM page WHERE NOT busy AND status = ANY($3::text[])),
        changed AS (
            UPDATE deliveries d SET status = $4, next_attempt_at = $5, claim = 0, reached_at = NULL,
                reached_before = d.reached_before OR d.reached_at IS NOT NULL OR d.status = 'uncertain'
            FROM meant m WHERE d.account = $1 AND d.sequence = m.sequence RETURNING d.sequence),
        amended AS (
            INSERT INTO amendments(account, sequence, first_attempt, at, client, destination)
            SELECT $1, m.sequence, m.attempts + 1, $11, $10, s.destination
            FROM unnest($14::int8[], $15::bytea[], $16::bool[]) AS s(sequence, destination, is_own) JOIN meant m USING (sequence)
            WHERE NOT m.reached AND NOT m.reached_before AND m.status <> 'uncertain'
                AND (s.is_own OR (m.status = 'rejected' AND m.attempts = 0 AND m.fault_code = 'untranslatable'))
            ON CONFLICT (account, sequence, first_attempt) DO UPDATE SET at = excluded.at, client = excluded.client,
                destination = excluded.destination
            RETURNING sequence),
        counted AS (
            INSERT INTO lane_counts(lane, word, events)
            SELECT $17, w.word, sum(w.events) FROM (
                SELECT status AS word, -count(*) AS events FROM meant GROUP BY status
                UNION ALL SELECT $4, count(*) FROM meant) w
            WHERE $17 IS NOT NULL GROUP BY w.word
            ON CONFLICT (lane, word) DO UPDATE SET events = lane_counts.events + excluded.events),
        nudge AS (
            INSERT INTO nudges(account, number) SELECT $1, 1 WHERE EXISTS (SELECT FROM meant)
            ON CONFLICT (account) DO UPDATE SET number = nudges.number + 1),
        new AS (
            INSERT INTO revisions(tenant, action, filter, client, at, changed, busy)
            SELECT $7, $8, $9, $10, $11, (SELECT count(*) FROM meant) + $12, (SELECT count(*) FROM page WHERE busy) + $13
            WHERE $6 IS NULL RETURNING number),
        old AS (
            UPDATE revisions SET changed = changed + (SELECT count(*) FROM meant) + $12,
                busy = busy + (SELECT count(*) FROM page WHERE busy) + $13
            WHERE number = $6 RETURNING number)
        SELECT (SELECT number FROM new UNION ALL SELECT number FROM old), p.sequence, p.busy,
            c.sequence IS NOT NULL, am.sequence IS NOT NULL, p.status, p.attempts, p.reached, p.reached_before, p.fault_code
        FROM (SELECT) one LEFT JOIN page p ON true LEFT JOIN changed c ON c.sequence = p.sequence
            LEFT JOIN amended am ON am.sequence = p.sequence
        """
    )

    /// $1 tenant, $2 how many.
    static let readRevisions = read(
        "SELECT action, filter, client, at, changed, busy FROM revisions WHERE tenant = $1 ORDER BY number DESC LIMIT $2"
    )

    /// $1 account. All that the owner may have sent without an outcome.
    static let readFlying = read(
        """
        SELECT DISTINCT unnest(f.sequences) FROM (
            SELECT sequences FROM flights WHERE account = $1 ORDER BY epoch DESC, number DESC LIMIT 1) f
        """
    )

    /// $1 account. Whether somebody holds it.
    static let readIsHeld = read("SELECT node IS NOT NULL FROM accounts WHERE number = $1")

    // MARK: - What waits

    /// $1 account, $2 how many chunks of each slot, the oldest. Its events that have no outcome: those in chunks that reach after the cursor,
    /// without those of runs and rows there. A run stays within its chunk, so that all of both belong to these chunks.
    ///
    /// Returns a row for each slot with chunks: the events, those of runs, those of rows, how many chunks were examined, and the first and
    /// the last number of the last of these.
    static let readBacklog = read(
        """
        WITH walks AS MATERIALIZED (
            SELECT s.slot, coalesce(c.place, 0) AS place
            FROM (SELECT slot FROM slots UNION SELECT 0::int2) s LEFT JOIN cursors c ON c.account = $1 AND c.slot = s.slot),
        behind AS MATERIALIZED (
            SELECT w.slot, h.first, h.last, h.events FROM walks w CROSS JOIN LATERAL (
                SELECT first, first + count - 1 AS last, counts[array_position(accounts, $1)] AS events FROM chunks
                WHERE slot = w.slot AND first > w.place - 32768 AND first + count - 1 > w.place
                ORDER BY first LIMIT $2) h),
        own AS MATERIALIZED (
            SELECT slot, min(first) AS first, sum(events) AS events FROM behind b
            WHERE events IS NOT NULL AND NOT EXISTS (SELECT FROM damage d WHERE d.slot = b.slot AND d.first = b.first)
            GROUP BY slot),
        bounds AS MATERIALIZED (
            SELECT slot, count(*) AS chunks, max(first) AS first, max(last) AS last FROM behind GROUP BY slot)
        SELECT b.slot, coalesce(o.events, 0),
            (SELECT coalesce(sum(events), 0) FROM delivered d
                WHERE d.account = $1 AND d.slot = b.slot AND d.first BETWEEN o.first AND b.last),
            (SELECT count(*) FROM deliveries d WHERE d.account = $1 AND d.sequence BETWEEN o.first AND b.last
                AND \(slot(of: "d.sequence")) = b.slot),
            b.chunks, b.first, b.last
        FROM bounds b LEFT JOIN own o ON o.slot = b.slot
        """
    )

    /// The next chunks of a slot. $1 account, $2 slot, $3 the first number of the chunk before, $4 up to which first number, $5 how many.
    /// Returns how many there are, the first number of the last one, and how many events of the account are in those that can be read.
    static let countBacklog = read(
        """
        WITH page AS MATERIALIZED (
            SELECT first, counts[array_position(accounts, $1)] AS events FROM chunks
            WHERE slot = $2 AND first > $3 AND first <= $4 ORDER BY first LIMIT $5)
        SELECT count(*), max(p.first), coalesce(sum(p.events) FILTER (WHERE d.first IS NULL), 0)
        FROM page p LEFT JOIN damage d ON d.slot = $2 AND d.first = p.first
        """
    )

    /// $1 account, $2 slot, $3 after which event. How many events of the slot have an outcome, by runs and by rows.
    static let readSettledBehind = read(
        """
        SELECT (SELECT coalesce(sum(events), 0) FROM delivered d WHERE d.account = $1 AND d.slot = $2 AND d.first > $3),
            (SELECT count(*) FROM deliveries d
                WHERE d.account = $1 AND d.sequence > $3 AND \(slot(of: "d.sequence")) = $2)
        """
    )

    /// $1 account, $2 how many chunks of each slot, the newest, $3 to $6 when the age classes begin, latest first. A row for each class that
    /// has events without an outcome: the class, and how many; and one of the class -1: how many slots have more chunks.
    static let readBacklogAges = read(
        """
        WITH walks AS MATERIALIZED (
            SELECT s.slot, coalesce(c.place, 0) AS place
            FROM (SELECT slot FROM slots UNION SELECT 0::int2) s LEFT JOIN cursors c ON c.account = $1 AND c.slot = s.slot),
        behind AS MATERIALIZED (
            SELECT w.slot, h.first, h.last, h.events, h.accepted FROM walks w CROSS JOIN LATERAL (
                SELECT first, first + count - 1 AS last, counts[array_position(accounts, $1)] AS events,
                    accepted_first AS accepted
                FROM chunks
                WHERE slot = w.slot AND first > w.place - 32768 AND first + count - 1 > w.place AND $1 = ANY(accounts)
                ORDER BY first DESC LIMIT $2) h
            WHERE NOT EXISTS (SELECT FROM damage d WHERE d.slot = w.slot AND d.first = h.first)),
        waiting AS MATERIALIZED (
            SELECT \(ageClass("b.accepted", from: 3)) AS class,
                b.events
                - (SELECT coalesce(sum(d.events), 0) FROM delivered d
                    WHERE d.account = $1 AND d.slot = b.slot AND d.first BETWEEN b.first AND b.last)
                - (SELECT count(*) FROM deliveries d WHERE d.account = $1 AND d.sequence BETWEEN b.first AND b.last
                    AND \(slot(of: "d.sequence")) = b.slot) AS events
            FROM behind b)
        SELECT class, sum(greatest(events, 0))::int8 FROM waiting GROUP BY class
        UNION ALL
        SELECT -1, count(*) FROM (SELECT FROM behind GROUP BY slot HAVING count(*) >= $2) full_slots
        """
    )

    /// $1 account, $2 how many retries, the newest, $3 to $6 when the age classes begin, latest first. A row for each class that has retries:
    /// the class, and how many. One whose chunk was removed is as old as can be.
    static let readRetryAges = read(
        """
        WITH retries AS MATERIALIZED (
            SELECT sequence FROM deliveries WHERE account = $1 AND next_attempt_at IS NOT NULL
            ORDER BY sequence DESC LIMIT $2),
        times AS MATERIALIZED (
            SELECT coalesce((
                SELECT c.accepted_first FROM chunks c
                WHERE c.slot = \(slot(of: "r.sequence")) AND c.first <= r.sequence AND c.first > r.sequence - 32768
                ORDER BY c.first DESC LIMIT 1), 0) AS accepted
            FROM retries r)
        SELECT \(ageClass("accepted", from: 3)) AS class, count(*) FROM times GROUP BY class
        """
    )

    /// How many of four times, latest first, a time is before: the index of its age class.
    /// - Parameter parameter: the number of the first of them.
    private static func ageClass(_ time: String, from parameter: Int) -> String {
        (0..<4).map { "(\(time) < $\(parameter + $0))::int4" }.joined(separator: " + ")
    }

    private static func slot(of sequence: String) -> String {
        "CASE WHEN \(sequence) < 1099511627776 THEN 0 ELSE (\(sequence) >> 12) & 1023 END"
    }

    /// $1 account. How many deliveries wait for another try, and the oldest that does not wait for its own time only.
    static let readRetries = read(
        """
        SELECT count(*), min(sequence) FILTER (WHERE fault_code IS DISTINCT FROM 'timestamp_in_future')
        FROM deliveries WHERE account = $1 AND next_attempt_at IS NOT NULL
        """
    )
}
