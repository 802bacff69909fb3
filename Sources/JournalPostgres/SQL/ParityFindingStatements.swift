/// What comparisons found.
extension Statement {
    /// $1 run, $2 window, $3 providers.
    static let forgetParityWindow: [Statement] = ["cells", "causes", "findings"].map { table in
        Statement("DELETE FROM parity_\(table) WHERE run = $1 AND \"window\" = $2 AND provider = ANY($3)")
    }

    /// $1 run, $2 window, $3 providers, $4 names, $5 expected, $6 found, $7 missing, $8 extra, $9 different.
    static let addParityCells = Statement(
        """
        INSERT INTO parity_cells(run, "window", provider, name, expected, found, missing, extra, different)
        SELECT $1, $2, c.* FROM unnest($3, $4, $5, $6, $7, $8, $9) AS c
        """
    )

    /// $1 run, $2 window, $3 providers, $4 causes, $5 names, $6 counts.
    static let addParityCauses = Statement(
        """
        INSERT INTO parity_causes(run, "window", provider, cause, name, count)
        SELECT $1, $2, c.* FROM unnest($3, $4, $5, $6) AS c
        """
    )

    /// $1 run, $2 window, $3 to $16 the columns, $17 how many findings a run keeps.
    static let addParityFindings = Statement(
        """
        INSERT INTO parity_findings(run, "window", provider, key, cause, confirmed, sequence, tenant, event_id, vendor_id, name,
            customer_id, subscription_id, at_ms, differences, detail)
        SELECT $1, $2, f.provider, f.key, f.cause, f.confirmed, f.sequence, f.tenant, f.event, f.vendor, f.name, f.customer,
            f.subscription, f.at, f.differences, f.detail
        FROM unnest($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) WITH ORDINALITY
            AS f(provider, key, cause, confirmed, sequence, tenant, event, vendor, name, customer, subscription, at,
                differences, detail, place)
        WHERE f.place <= $17 - (SELECT count(*) FROM parity_findings WHERE run = $1)
        ORDER BY f.place
        """
    )

    /// $1 run, $2 window, $3 providers, $4 calls, $5 counted only, $6 summed, $7 sampled, $8 why it is unreadable.
    static let addParityReads = Statement(
        """
        INSERT INTO parity_reads AS r(run, "window", provider, calls, counted_only, summed, sampled, unreadable)
        SELECT $1, $2, c.* FROM unnest($3, $4, $5, $6, $7, $8) AS c
        ON CONFLICT (run, provider, "window") DO UPDATE SET calls = r.calls + excluded.calls,
            counted_only = excluded.counted_only, summed = excluded.summed, sampled = excluded.sampled,
            unreadable = excluded.unreadable
        """
    )

    private static let parityFinding = """
        number, provider, key, cause, confirmed, sequence, tenant, event_id, vendor_id, name, customer_id,
        subscription_id, at_ms, differences, detail, resolution
        """

    /// $1 run, $2 window, $3 provider.
    static let readParityFindingsOfWindow = read(
        """
        SELECT \(parityFinding) FROM parity_findings WHERE run = $1 AND "window" = $2 AND provider = $3 ORDER BY number
        """
    )

    /// $1 run, $2 after which number, $3 cause, $4 provider, $5 customer, $6 name, $8 event, each or NULL, $7 how many.
    static let readParityFindings = read(
        """
        SELECT \(parityFinding) FROM parity_findings
        WHERE run = $1 AND number > $2 AND ($3 IS NULL OR cause = $3) AND ($4 IS NULL OR provider = $4)
            AND ($5 IS NULL OR customer_id = $5) AND ($6 IS NULL OR name = $6) AND ($8 IS NULL OR event_id = $8)
        ORDER BY number LIMIT $7
        """
    )

    /// $1 run, $2 how many, $3 causes that make a bill wrong.
    static let readParityCustomers = read(
        """
        SELECT customer_id, provider, count(*) AS findings, count(*) FILTER (WHERE cause = ANY($3)) AS billed
        FROM parity_findings WHERE run = $1 GROUP BY customer_id, provider
        ORDER BY billed DESC, findings DESC, customer_id COLLATE "C" NULLS FIRST, provider COLLATE "C" LIMIT $2
        """
    )

    /// $1 run, $2 what stands in the text of a difference of money.
    static let readParityMoney = read(
        """
        SELECT customer_id, provider, differences FROM parity_findings WHERE run = $1 AND strpos(differences, $2) > 0
        """
    )

    /// $1 run, $2 how many, $3 after how many.
    static let readParityCells = read(
        """
        SELECT c.provider, c.name, sum(c.expected)::int8, sum(c.found)::int8, sum(c.missing)::int8, sum(c.extra)::int8,
            sum(c.different)::int8
        FROM parity_cells c JOIN parity_providers p ON p.run = c.run AND p.provider = c.provider
        WHERE c.run = $1 GROUP BY c.provider, c.name, p.place ORDER BY c.name COLLATE "C", p.place LIMIT $2 OFFSET $3
        """
    )

    /// $1 run, $2 how many.
    static let readParityFindingDays = read(
        """
        SELECT provider, at_ms - (at_ms % 86400000 + 86400000) % 86400000 AS day, cause, name, count(*)
        FROM parity_findings WHERE run = $1 GROUP BY 1, 2, 3, 4
        ORDER BY provider COLLATE "C", day, cause COLLATE "C", name COLLATE "C" LIMIT $2
        """
    )

    /// $1 before when.
    static let forgetParityResends = Statement("DELETE FROM parity_resends WHERE at_ms < $1")

    /// $1 numbers, $2 what was done, $3 when.
    static let noteParityResends = Statement(
        """
        WITH done AS (
            UPDATE parity_findings SET resolution = $2 WHERE number = ANY($1) RETURNING sequence, provider, run)
        INSERT INTO parity_resends(sequence, provider, at_ms, run)
        SELECT DISTINCT ON (sequence, provider) sequence, provider, $3, run FROM done WHERE sequence IS NOT NULL
        ON CONFLICT (sequence, provider, at_ms) DO UPDATE SET run = excluded.run
        """
    )

    /// $1 event.
    static let readParityResends = read(
        "SELECT provider, at_ms, run FROM parity_resends WHERE sequence = $1 ORDER BY at_ms, provider COLLATE \"C\""
    )

    /// $1 cause, $2 provider, $3 name, $4 reason, $5 until, $6 client, $7 when.
    static let acceptParityCause = Statement(
        """
        INSERT INTO parity_acceptances(cause, provider, name, reason, until_ms, client, at_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """
    )

    /// $1 before when.
    static let forgetUnbilled = Statement("DELETE FROM parity_unbilled WHERE at_ms < $1")

    /// $1 provider, $2 ids, $3 reasons, $4 when. Of an id that stands there twice, the last reason.
    static let noteUnbilled = Statement(
        """
        INSERT INTO parity_unbilled(provider, event_id, reason, at_ms)
        SELECT DISTINCT ON (id) $1, id, reason, $4 FROM unnest($2, $3) WITH ORDINALITY AS noted(id, reason, place)
        ORDER BY id, place DESC
        ON CONFLICT (provider, event_id) DO UPDATE SET reason = excluded.reason, at_ms = excluded.at_ms
        """
    )

    /// $1 provider, $2 how many stay.
    static let trimUnbilled = Statement(
        """
        DELETE FROM parity_unbilled WHERE provider = $1 AND event_id IN (
            SELECT event_id FROM parity_unbilled WHERE provider = $1 ORDER BY at_ms DESC, event_id COLLATE "C" OFFSET $2)
        """
    )

    /// $1 provider.
    static let readUnbilled = read("SELECT event_id, reason FROM parity_unbilled WHERE provider = $1")

    /// $1 when they are valid.
    static let readParityAcceptances = read(
        """
        SELECT cause, provider, name, reason, until_ms, client, at_ms FROM parity_acceptances WHERE until_ms > $1
        ORDER BY number
        """
    )
}
