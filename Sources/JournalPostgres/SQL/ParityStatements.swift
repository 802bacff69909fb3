/// Comparisons: which there are, and how far each is.
extension Statement {
    private static let parityRun = """
        r.id, r.tenant, r.client, r.requested_at, r.events, r.from_ms, r.until_ms, r.level, r.sample, r.state, r.ended_at,
        r.reason, (SELECT count(*) FROM parity_windows w WHERE w.run = r.id),
        (SELECT count(*) FROM parity_windows w WHERE w.run = r.id AND w.state <> 'open')
        """

    /// $1 tenant, $2 client, $3 when, $4 from, $5 until, $6 level, $7 sample, $8 providers, $9 how many may be open. No row: so many are.
    static let addParityRun = Statement(
        """
        WITH run AS (
            INSERT INTO parity_runs(tenant, client, requested_at, from_ms, until_ms, level, sample)
            SELECT $1, $2, $3, $4, $5, $6, $7
            WHERE (SELECT count(*) FROM parity_runs WHERE state NOT IN ('finished', 'failed')) < $9
            RETURNING id),
        listed AS (
            INSERT INTO parity_providers(run, place, provider)
            SELECT run.id, p.place, p.provider FROM run, unnest($8) WITH ORDINALITY AS p(provider, place))
        SELECT id FROM run
        """
    )

    /// $1 the highest id of those that go if they have ended.
    static let readOldParityRuns = read("SELECT id FROM parity_runs WHERE id <= $1 AND state IN ('finished', 'failed')")

    /// $1 runs.
    static let removeParityRuns: [Statement] =
        ["providers", "reads", "windows", "cells", "causes", "findings"].map { table in
            Statement("DELETE FROM parity_\(table) WHERE run = ANY($1)")
        } + [Statement("DELETE FROM parity_runs WHERE id = ANY($1)")]

    /// $1 node. The oldest run that is not over and that no other node makes, under a new epoch.
    static let takeParityRun = Statement(
        """
        WITH me AS MATERIALIZED (SELECT node FROM nodes WHERE node = $1 FOR KEY SHARE),
        next AS MATERIALIZED (
            SELECT id FROM parity_runs
            WHERE state NOT IN ('finished', 'failed') AND (node IS NULL OR node = $1) ORDER BY id LIMIT 1
            FOR UPDATE SKIP LOCKED)
        UPDATE parity_runs r SET node = me.node, epoch = epoch + 1 FROM me, next WHERE r.id = next.id
        RETURNING r.id, r.epoch
        """
    )

    /// Fails with a division by zero if another node makes the run: whatever else is in the transaction is undone then. $1 run, $2 node,
    /// $3 epoch.
    static let fenceParityRun = Statement(
        """
        SELECT 1 / count(*) FROM (
            SELECT id FROM parity_runs WHERE id = $1 AND node = $2 AND epoch = $3 FOR NO KEY UPDATE) held
        """
    )

    /// $1 run.
    static let readParityRun = read("SELECT \(parityRun) FROM parity_runs r WHERE r.id = $1")

    /// $1 below which id, $2 how many.
    static let readParityRuns = read(
        "SELECT \(parityRun) FROM parity_runs r WHERE r.id < $1 ORDER BY r.id DESC LIMIT $2"
    )

    /// $1 run. One row per provider, with what its windows came to.
    static let readParityReports = read(
        """
        SELECT p.provider, p.least, p.most, p.not_planned, p.extra_calls, p.fault,
            c.expected, c.found, c.missing, c.extra, c.different,
            d.calls, d.counted_only, d.sampled, d.unreadable, d.summed
        FROM parity_providers p
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(expected), 0)::int8 AS expected, coalesce(sum(found), 0)::int8 AS found,
                coalesce(sum(missing), 0)::int8 AS missing, coalesce(sum(extra), 0)::int8 AS extra,
                coalesce(sum(different), 0)::int8 AS different
            FROM parity_cells WHERE run = p.run AND provider = p.provider) c
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(calls), 0)::int8 AS calls, coalesce(sum(counted_only), 0)::int8 AS counted_only,
                coalesce(sum(sampled), 0)::int8 AS sampled, min(unreadable COLLATE "C") AS unreadable,
                coalesce(sum(summed), 0)::int8 AS summed
            FROM parity_reads WHERE run = p.run AND provider = p.provider) d
        WHERE p.run = $1 ORDER BY p.place
        """
    )

    /// $1 run.
    static let readParityCauses = read(
        """
        SELECT provider, cause, name, sum(count)::int8 FROM parity_causes WHERE run = $1 GROUP BY provider, cause, name
        """
    )

    /// $1 run, $2 state, $3 reason, $4 when it ended. A run that has ended is nobody's.
    static let setParityState = Statement(
        """
        UPDATE parity_runs SET state = $2, reason = $3, ended_at = $4, node = CASE WHEN $4 IS NULL THEN node END
        WHERE id = $1
        """
    )

    /// $1 run.
    static let removeParityWindows = Statement("DELETE FROM parity_windows WHERE run = $1")

    /// $1 run, $2 starts, $3 ends.
    static let addParityWindows = Statement(
        """
        INSERT INTO parity_windows(run, from_ms, until_ms, state)
        SELECT $1, w.start, w.finish, 'open' FROM unnest($2, $3) AS w(start, finish)
        """
    )

    /// $1 run, $2 providers, $3 and $4 the forecast, $5 events that are not planned.
    static let planParityProviders = Statement(
        """
        UPDATE parity_providers p SET least = n.least, most = n.most, not_planned = n.unplanned
        FROM unnest($2, $3, $4, $5) AS n(provider, least, most, unplanned)
        WHERE p.run = $1 AND p.provider = n.provider
        """
    )

    /// $1 run, $2 events.
    static let startParityReading = Statement("UPDATE parity_runs SET state = 'reading', events = $2 WHERE id = $1")

    /// $1 run, $2 provider, $3 calls, $4 fault.
    static let noteParityCalls = Statement(
        "UPDATE parity_providers SET extra_calls = extra_calls + $3, fault = coalesce(fault, $4) WHERE run = $1 AND provider = $2"
    )

    /// $1 run, $2 state, $3 how many.
    static let readParityWindows = read(
        "SELECT from_ms, until_ms FROM parity_windows WHERE run = $1 AND state = $2 ORDER BY from_ms LIMIT $3"
    )

    /// $1 run, $2 start.
    static let removeParityWindow = Statement("DELETE FROM parity_windows WHERE run = $1 AND from_ms = $2")

    /// $1 run, $2 start, $3 state.
    static let setParityWindow = Statement("UPDATE parity_windows SET state = $3 WHERE run = $1 AND from_ms = $2")
}
