/// Lanes of backfills.
extension Statement {
    private static let columns = """
        l.number, l.account, p.name, l.adapter, l.filter, l.routes, l.through, l.state, l.rate,
            l.started_by, l.started_at, l.changed_by, l.changed_at, l.ended_at
        FROM lanes l JOIN accounts p ON p.number = l.provider
        """

    /// All lanes, the newest first.
    static let readLanes = read("SELECT \(columns) ORDER BY l.number DESC")

    /// $1 number.
    static let readLane = read("SELECT \(columns) WHERE l.number = $1")

    /// What is acted upon of each lane, the newest first. Reads no part of the journal.
    static let readLaneMarks = read(
        """
        SELECT l.number, l.state, l.rate, l.through IS NOT NULL,
            EXISTS (SELECT 1 FROM lane_counts c WHERE c.lane = l.number AND c.word = 'retrying' AND c.events > 0)
        FROM lanes l ORDER BY l.number DESC
        """
    )

    /// $1 account. The lane whose account it is.
    static let readLaneOfAccount = read("SELECT \(columns) WHERE l.account = $1")

    /// $1 number, $2 provider, $3 account, $4 adapter, $5 filter, $6 routes, $7 where it begins, $8 state, $9 rate, $10 who, $11 when. No row
    /// if another lane was started since the newest was seen: each follows the one before.
    static let startLane = Statement(
        """
        INSERT INTO lanes(number, provider, account, adapter, filter, routes, first, state, rate, started_by, started_at,
            changed_by, changed_at)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10, $11
        WHERE (SELECT coalesce(max(number), 0) FROM lanes) = $1 - 1
        ON CONFLICT DO NOTHING RETURNING number
        """
    )

    /// $1 number, $2 states in which it can be changed, then what changes or NULL: $3 state, $4 rate, $5 end, $6 who, $7 when. An end that is
    /// there stays. No row if it cannot be changed.
    static let changeLane = Statement(
        """
        UPDATE lanes SET state = coalesce($3, state), rate = coalesce($4, rate), through = coalesce(through, $5),
            changed_by = coalesce($6, changed_by), changed_at = coalesce($7, changed_at)
        WHERE number = $1 AND state = ANY($2) RETURNING number
        """
    )

    /// $1 account, $2 epoch, $3 node, $4 lane, $5 state that it must have, $6 state that it gets, $7 when, $8... cursors. Ends the lease, too.
    static let endLane = Statement(
        """
        WITH lane AS MATERIALIZED (SELECT number FROM lanes WHERE number = $4 AND state = $5 FOR NO KEY UPDATE),
        fence AS (
            UPDATE accounts SET node = NULL, epoch = epoch + 1 FROM lane
            WHERE accounts.number = $1 AND epoch = $2 AND node = $3 RETURNING accounts.number),
        ended AS (UPDATE lanes SET state = $6, ended_at = $7 FROM fence WHERE lanes.number = $4),
        moved AS (
            INSERT INTO cursors(account, slot, place)
            SELECT number, m.slot, m.place FROM fence, unnest($8::int2[], $9::int8[]) AS m(slot, place)
            ON CONFLICT (account, slot) DO UPDATE SET place = greatest(cursors.place, excluded.place))
        SELECT 1 FROM fence
        """
    )

    /// $1 account, $2 epoch, $3 node, $4 lane, $5 how many, $6 code, $7 message. One row with how many deliveries that wait were discarded.
    static let discardRetries = Statement(
        """
        WITH fence AS MATERIALIZED (
            SELECT number FROM accounts WHERE number = $1 AND epoch = $2 AND node = $3 FOR NO KEY UPDATE),
        due AS MATERIALIZED (
            SELECT sequence FROM deliveries WHERE account = $1 AND next_attempt_at IS NOT NULL
            ORDER BY sequence LIMIT $5 FOR UPDATE),
        discarded AS (
            UPDATE deliveries d SET status = 'discarded', next_attempt_at = NULL, claim = 0, fault_is_last_attempts = false,
                fault_code = $6, fault_message = $7, fault_vendor = NULL
            FROM fence, due WHERE d.account = fence.number AND d.sequence = due.sequence RETURNING 1),
        counted AS (
            INSERT INTO lane_counts(lane, word, events)
            SELECT $4, w.word, w.sign * (SELECT count(*) FROM discarded) FROM (VALUES ('retrying', -1), ('discarded', 1)) w(word, sign)
            ON CONFLICT (lane, word) DO UPDATE SET events = lane_counts.events + excluded.events)
        SELECT (SELECT count(*) FROM discarded) FROM fence
        """
    )

    /// $1 lane.
    static let readLaneCounts = read("SELECT word, events FROM lane_counts WHERE lane = $1")

    /// $1 slot, $2 after this number, $3 the lowest first number of its chunk, $4 up to this number, $5 how many chunks. How many chunks and
    /// events there are, and where they end; NULL if there are none.
    static let countEvents = read(
        """
        SELECT count(*), coalesce(sum(least(c.last, $4) - greatest(c.first - 1, $2)), 0)::int8, max(least(c.last, $4))
        FROM (
            SELECT first, first + count - 1 AS last FROM chunks
            WHERE slot = $1 AND first >= $3 AND first <= $4 AND first + count - 1 > $2 ORDER BY first LIMIT $5) c
        """
    )

    /// $1 accounts, $2 slot, $3 and $4 the first and the last event of a chunk. Runs in it.
    static let readRunsInChunk = read(
        """
        SELECT first, last, members FROM delivered
        WHERE account = ANY($1::int4[]) AND slot = $2 AND first BETWEEN ($3 & ~4095::int8) AND $4 AND last >= $3
        """
    )

    /// The same of rows, without what a cancelled lane released. $2 and $3 the first and the last event, $4 the code of those.
    static let readRowsInChunk = read(
        """
        SELECT sequence FROM deliveries WHERE account = ANY($1::int4[]) AND sequence BETWEEN $2 AND $3
            AND NOT (status = 'discarded' AND fault_code IS NOT DISTINCT FROM $4)
        """
    )
}
