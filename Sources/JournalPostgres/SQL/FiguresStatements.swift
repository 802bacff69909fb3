/// What gateways have counted, step by step.
extension Statement {
    /// $1 node, $2 its name, $3 the lengths of the steps, $4 their starts, $5 the figures.
    static let keepFigures = Statement(
        """
        INSERT INTO figures(seconds, start, node, name, content)
        SELECT f.seconds, f.start, $1, $2, f.content FROM unnest($3, $4, $5) AS f(seconds, start, content)
        ON CONFLICT (seconds, start, node) DO UPDATE SET name = excluded.name, content = excluded.content
        """
    )

    /// $1 the length of the steps, $2 the first, $3 how many rows.
    static let readFigures = read(
        """
        SELECT start, node, name, content FROM figures WHERE seconds = $1 AND start >= $2 ORDER BY start, node LIMIT $3
        """
    )

    /// $1 the length of the steps, $2 the first that stays.
    static let removeFigures = Statement("DELETE FROM figures WHERE seconds = $1 AND start < $2")
}
