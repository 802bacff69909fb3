/// The sessions of browsers at the dashboard.
extension Statement {
    /// $1 the idle limit and $2 the longest life, in milliseconds.
    private static let isOpen = """
        used_at > now() - $1 * interval '1 ms' AND opened_at > now() - $2 * interval '1 ms'
        """

    /// $1 idle limit, $2 longest life, $3 token, $4 key, $5 how many sessions there may be beside this one.
    static let openSession = Statement(
        """
        WITH ended AS (
            DELETE FROM sessions WHERE NOT (\(isOpen))
                OR token IN (SELECT token FROM sessions ORDER BY used_at DESC, token OFFSET $5))
        INSERT INTO sessions(token, key, opened_at, used_at) VALUES ($3, $4, now(), now()) ON CONFLICT (token) DO NOTHING
        """
    )

    /// $1 idle limit, $2 longest life, $3 tokens. Token, key, and the milliseconds since it was opened and used.
    static let readSessions = read(
        """
        SELECT token, key, (extract(epoch FROM now() - opened_at) * 1000)::int8,
            (extract(epoch FROM now() - used_at) * 1000)::int8
        FROM sessions WHERE token = ANY($3) AND \(isOpen)
        """
    )

    /// $1 tokens.
    static let useSessions = Statement("UPDATE sessions SET used_at = now() WHERE token = ANY($1)")

    /// $1 token.
    static let closeSession = Statement("DELETE FROM sessions WHERE token = $1")
}
