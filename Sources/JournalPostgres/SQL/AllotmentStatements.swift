/// Tokens of rate limits that nodes share.
extension Statement {
    /// What is given when so much is there: what is needed, or nothing; of what is wanted beside, what is there.
    private static func given(of level: String) -> String {
        "CASE WHEN \(level) + 1e-9 >= least($5, $3) THEN $5 + greatest(0, least($6, \(level) - $5)) ELSE 0 END"
    }

    /// $1 whose, $2 which limit, $3 how many tokens it has, $4 the seconds in which one comes back, $5 needed, $6 wanted beside. Returns
    /// what was given and what is left. The database's clock decides what has come back; it may go backwards.
    static let allot = Statement(
        """
        INSERT INTO allotments AS a(client, what, tokens, given, at)
        VALUES ($1, $2, $3 - \(given(of: "$3")), \(given(of: "$3")), clock_timestamp())
        ON CONFLICT (client, what) DO UPDATE SET (tokens, given, at) = (
            SELECT l.level - \(given(of: "l.level")), \(given(of: "l.level")), l.at
            FROM (SELECT least($3, a.tokens + greatest(0, extract(epoch FROM c.now - a.at)::float8) / $4) AS level, c.now AS at
                FROM (SELECT clock_timestamp() AS now) c) l)
        RETURNING given, tokens
        """
    )
}
