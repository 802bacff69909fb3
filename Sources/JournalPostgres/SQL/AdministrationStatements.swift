/// What people ask and decide beside deliveries.
extension Statement {
    // MARK: Pins

    /// $1 name, $2 accepted from, $3 expires at.
    static let pin = Statement(
        """
        INSERT INTO pins(name, accepted_from, expires_at) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET accepted_from = excluded.accepted_from, expires_at = excluded.expires_at
        """
    )

    static let unpin = Statement("DELETE FROM pins WHERE name = $1")

    /// $1 now.
    static let unpinExpired = Statement("DELETE FROM pins WHERE expires_at <= $1")

    /// The newest number that retention has removed from any slot; 0 if there is none.
    static let readRemoved = read("SELECT coalesce(max(removed), 0)::int8 FROM slots")

    static let readPins = read("SELECT name, accepted_from, expires_at FROM pins ORDER BY name")

    // MARK: Shadow counts

    static let readShadowCounts = read(
        """
        SELECT a.name, s.class, s.field, s.events, s.first_at, s.last_at, s.samples
        FROM shadow_counts s JOIN accounts a ON a.number = s.account ORDER BY s.account, s.class, s.field
        """
    )

    /// $1 account.
    static let forgetShadowCounts = Statement("DELETE FROM shadow_counts WHERE account = $1")

    // MARK: Audit

    /// $1 category, $2 when, $3 action, $4 tenant, $5 actor, $6 key, $7 address, $8 details, $9 how many of the category stay. The entry that
    /// is added now is not among those that are counted.
    static let recordAudit = Statement(
        """
        WITH old AS (
            DELETE FROM audit WHERE category = $1 AND number <= (
                SELECT number FROM audit WHERE category = $1 ORDER BY number DESC OFFSET $9 - 1 LIMIT 1))
        INSERT INTO audit(category, at, action, tenant, actor, key_id, remote_address, details)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """
    )

    /// $1 the timestamp of the first entry that stays. Numbers rise with time, so that it ends with the first row unless there are old ones.
    static let removeAudit = Statement(
        """
        DELETE FROM audit WHERE number < coalesce(
            (SELECT number FROM audit WHERE at >= $1 ORDER BY number LIMIT 1), 9223372036854775807)
        """
    )

    /// $1 below which number, $2 categories or NULL, $3 tenant, $4 actor, $5 action, $6 from, $7 before, each or NULL, $8 how many, $9 what
    /// the details contain, or NULL.
    static let readAudit = read(
        """
        SELECT number, category, at, action, tenant, actor, key_id, remote_address, details FROM audit
        WHERE number < $1 AND ($2 IS NULL OR category = ANY($2)) AND ($3 IS NULL OR tenant = $3)
            AND ($4 IS NULL OR actor = $4) AND ($5 IS NULL OR action = $5) AND ($6 IS NULL OR at >= $6)
            AND ($7 IS NULL OR at < $7) AND ($9 IS NULL OR position($9 IN details) > 0)
        ORDER BY number DESC LIMIT $8
        """
    )
}
