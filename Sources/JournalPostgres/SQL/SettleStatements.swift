/// What an account's owner writes. Each begins with the fence: the account's row, locked, if the owner's epoch is the account's still. No
/// row comes back if it is not, and nothing is changed then.
///
/// The fence compares the node, too: epochs begin at 0 again in a database that was made again under running nodes.
extension Statement {
    /// $1 account, $2 epoch, $3 node.
    static let fence = """
        WITH fence AS MATERIALIZED (
            SELECT number FROM accounts WHERE number = $1 AND epoch = $2 AND node = $3 FOR NO KEY UPDATE)
        """

    /// A row of `flights`: what is in flight from now on. It is inserted once, and only while it is the lease's newest, so that what takes its
    /// rows from here happens once, however often and however late the statement runs.
    /// - Parameters:
    ///   - number: which of the lease's flights it is.
    ///   - sequences: all that is in flight; no row is inserted if that is NULL.
    static func flight(_ number: String, _ sequences: String) -> String {
        """
        flight AS (
            INSERT INTO flights(account, epoch, number, sequences)
            SELECT fence.number, $2, \(number), \(sequences)::int8[] FROM fence WHERE \(sequences)::int8[] IS NOT NULL
                AND NOT EXISTS (SELECT FROM flights f WHERE f.account = $1 AND f.epoch = $2 AND f.number >= \(number))
            ON CONFLICT DO NOTHING RETURNING account)
        """
    }

    /// Outcomes, intents and cursors. It may run twice, and even late: a run is inserted once, and all but runs and cursors hangs on the row
    /// of `flights`. A row that is there changes only while the owner has it claimed, which ends with that; it may have claimed it again when
    /// a late try comes.
    ///
    /// $4... runs, $14... rows, $24... attempts, $34 the number of the flight, $35 all that is in flight from now on, or NULL if that does
    /// not change and there are no rows, $36... cursors.
    static let settle = Statement("\(fence), \(outcomes) SELECT 1 FROM fence")

    /// The same with $38 lane, $39... changes of its counts, $41... what shadow deliveries showed. $35 must be given.
    static let settleAndCount = Statement(
        """
        \(fence), \(outcomes),
        counts AS (
            INSERT INTO lane_counts(lane, word, events)
            SELECT $38, c.word, c.events FROM flight, unnest($39::text[], $40::int8[]) AS c(word, events)
            ON CONFLICT (lane, word) DO UPDATE SET events = lane_counts.events + excluded.events),
        shadows AS (
            INSERT INTO shadow_counts(account, class, field, events, first_at, last_at, samples)
            SELECT $1, s.class, s.field, s.events, s.first, s.last, s.samples::int8[]
            FROM flight, unnest($41::text[], $42::text[], $43::int8[], $44::int8[], $45::int8[], $46::text[])
                AS s(class, field, events, first, last, samples)
            ON CONFLICT (account, class, field) DO UPDATE SET events = shadow_counts.events + excluded.events,
                first_at = least(shadow_counts.first_at, excluded.first_at),
                last_at = greatest(shadow_counts.last_at, excluded.last_at),
                samples = (excluded.samples || shadow_counts.samples)[1:10])
        SELECT 1 FROM fence
        """
    )

    /// `flight` comes first: a statement in `WITH` sees only those before it.
    private static let outcomes = """
        \(flight("$34", "$35")),
        runs AS (
            INSERT INTO delivered(account, slot, first, last, events, at, latency, http_status, deduplicated, skipped, members)
            SELECT number, r.* FROM fence, unnest($4::int2[], $5::int8[], $6::int8[], $7::int4[], $8::int8[], $9::int8[],
                $10::int2[], $11::bool[], $12::bool[], $13::bytea[])
                AS r(slot, first, last, events, at, latency, http_status, deduplicated, skipped, members)
            ON CONFLICT DO NOTHING),
        rows AS (
            INSERT INTO deliveries(account, sequence, origin, status, attempts, next_attempt_at, reached_at,
                fault_is_last_attempts, fault_code, fault_message, fault_vendor)
            SELECT flight.account, r.* FROM flight, unnest($14::int8[], $15::int4[], $16::text[], $17::int4[], $18::int8[],
                $19::int8[], $20::bool[], $21::text[], $22::text[], $23::text[])
                AS r(sequence, origin, status, attempts, due, reached, is_last_attempts, code, message, vendor)
            ON CONFLICT (account, sequence) DO UPDATE SET status = excluded.status, attempts = excluded.attempts,
                next_attempt_at = excluded.next_attempt_at, claim = 0,
                reached_at = coalesce(deliveries.reached_at, excluded.reached_at),
                fault_is_last_attempts = excluded.fault_is_last_attempts, fault_code = excluded.fault_code,
                fault_message = excluded.fault_message, fault_vendor = excluded.fault_vendor
            WHERE deliveries.claim = $2),
        tries AS (
            INSERT INTO attempts(account, sequence, ordinal, at, latency, http_status, status, deduplicated,
                fault_code, fault_message, fault_vendor)
            SELECT flight.account, t.* FROM flight, unnest($24::int8[], $25::int4[], $26::int8[], $27::int8[], $28::int2[],
                $29::text[], $30::bool[], $31::text[], $32::text[], $33::text[])
                AS t(sequence, ordinal, at, latency, http_status, status, deduplicated, code, message, vendor)
            ON CONFLICT DO NOTHING),
        moved AS (
            INSERT INTO cursors(account, slot, place)
            SELECT number, m.slot, m.place FROM fence, unnest($36::int2[], $37::int8[]) AS m(slot, place)
            ON CONFLICT (account, slot) DO UPDATE SET place = greatest(cursors.place, excluded.place))
        """

    /// Ends a lease. $4 the number of the flight, $5 all that may have been sent or NULL if that does not change, $6... cursors.
    static let giveBack = Statement(
        """
        WITH fence AS MATERIALIZED (
            UPDATE accounts SET node = NULL, epoch = epoch + 1 WHERE number = $1 AND epoch = $2 AND node = $3
            RETURNING number),
        flight AS (
            INSERT INTO flights(account, epoch, number, sequences)
            SELECT number, $2, $4, $5::int8[] FROM fence WHERE $5::int8[] IS NOT NULL ON CONFLICT DO NOTHING),
        moved AS (
            INSERT INTO cursors(account, slot, place)
            SELECT number, m.slot, m.place FROM fence, unnest($6::int2[], $7::int8[]) AS m(slot, place)
            ON CONFLICT (account, slot) DO UPDATE SET place = greatest(cursors.place, excluded.place))
        SELECT 1 FROM fence
        """
    )

    /// $4... cursors.
    static let saveCursors = Statement(
        """
        \(fence),
        moved AS (
            INSERT INTO cursors(account, slot, place)
            SELECT number, m.slot, m.place FROM fence, unnest($4::int2[], $5::int8[]) AS m(slot, place)
            ON CONFLICT (account, slot) DO UPDATE SET place = greatest(cursors.place, excluded.place))
        SELECT 1 FROM fence
        """
    )
}
