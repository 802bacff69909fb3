/// The keys of clients.
extension Statement {
    static let readClientKeyVersion = read("SELECT coalesce(max(number), 0) FROM client_key_changes")

    static let readClientKeys = read(
        """
        SELECT id, digest, client, origin, created_at, not_before, expires_at, revoked_at FROM client_keys ORDER BY number
        """
    )

    /// $1 the version that the change was decided from, $2 ids, $3 digests, $4 clients, $5 origins, $6 when created, $7 not before,
    /// $8 expires, $9 revoked; of the act $10 when, $11 action, $12 actor, $13 details. No row: another change came first.
    static let putClientKeys = Statement(
        """
        WITH turn AS (
            INSERT INTO client_key_changes(single, number) VALUES (true, $1 + 1)
            ON CONFLICT (single) DO UPDATE SET number = excluded.number WHERE client_key_changes.number = $1
            RETURNING number),
        kept AS (
            INSERT INTO client_keys(id, digest, client, origin, created_at, not_before, expires_at, revoked_at)
            SELECT k.id, k.digest, k.client, k.origin, k.created, k.start, k.expiry, k.revoked
            FROM turn, unnest($2, $3, $4, $5, $6, $7, $8, $9)
                AS k(id, digest, client, origin, created, start, expiry, revoked)
            ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at,
                revoked_at = coalesce(client_keys.revoked_at, excluded.revoked_at)),
        noted AS (
            INSERT INTO audit(category, at, action, actor, details)
            SELECT 'administration', $10, $11, $12, $13 FROM turn)
        SELECT number FROM turn
        """
    )

    /// They are rows of `meta` whose names begin with these words and end with the digest in hexadecimal digits.
    private static let clientKeyUse = "key use "

    static let readClientKeyUses = read(
        """
        SELECT decode(substr(name, length('\(clientKeyUse)') + 1), 'hex'), value FROM meta WHERE name LIKE '\(clientKeyUse)%'
        """
    )

    /// $1 digests, $2 days, $3 the oldest day that is kept.
    static let noteClientKeyUses = Statement(
        """
        WITH noted AS (
            SELECT '\(clientKeyUse)' || encode(u.digest, 'hex') AS name, u.day FROM unnest($1, $2) AS u(digest, day)),
        gone AS (
            DELETE FROM meta WHERE name LIKE '\(clientKeyUse)%' AND value < $3 AND name NOT IN (SELECT name FROM noted))
        INSERT INTO meta(name, value) SELECT name, day FROM noted
        ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE meta.value < excluded.value
        """
    )
}
