/// Reading the journal's chunks.
extension Statement {
    private static let chunkColumns = "c.slot, c.first, c.count, c.accepted_first, c.accepted_last, c.content"

    /// The chunks that hold these events. $1 their slots, $2 their numbers, $3 the lowest first number that each one's chunk can have.
    static let readChunksHolding = read(
        """
        SELECT DISTINCT ON (c.slot, c.first) \(chunkColumns)
        FROM unnest($1, $2, $3) AS p(slot, number, lowest)
        CROSS JOIN LATERAL (
            SELECT * FROM chunks
            WHERE chunks.slot = p.slot AND chunks.first <= p.number AND chunks.first >= p.lowest
            ORDER BY chunks.first DESC LIMIT 1
        ) c
        WHERE c.first + c.count > p.number
        ORDER BY c.slot, c.first
        """
    )

    /// The chunks of one slot that have events after a number. $1 the slot, $2 the number, $3 the lowest first number of its chunk,
    /// $4 how many.
    static let readChunksAfter = read(
        """
        SELECT \(chunkColumns) FROM chunks c
        WHERE c.slot = $1 AND c.first >= $3 AND c.first + c.count - 1 > $2 ORDER BY c.first LIMIT $4
        """
    )

    /// The last number that each slot has given, and when the newest event that is there was accepted; NULL if there is none.
    static let readEnds = read(
        """
        SELECT s.slot, greatest(c.last, s.removed), c.accepted_last, c.last FROM slots s
        LEFT JOIN LATERAL (
            SELECT chunks.first + chunks.count - 1 AS last, chunks.accepted_last FROM chunks
            WHERE chunks.slot = s.slot ORDER BY chunks.first DESC LIMIT 1
        ) c ON true
        WHERE c.last IS NOT NULL OR s.removed > 0
        """
    )

    /// Where the oldest chunk of each slot begins.
    static let readBeginnings = read(
        """
        SELECT s.slot, c.first FROM slots s CROSS JOIN LATERAL (
            SELECT chunks.first FROM chunks WHERE chunks.slot = s.slot ORDER BY chunks.first LIMIT 1
        ) c
        """
    )

    /// $1 slots, $2 first numbers: those of these chunks that are there, or that retention has removed.
    static let readFirsts = read(
        """
        SELECT c.first FROM unnest($1::int2[], $2::int8[]) AS o(slot, first)
        JOIN chunks c ON c.slot = o.slot AND c.first = o.first
        UNION ALL
        SELECT o.first FROM unnest($1::int2[], $2::int8[]) AS o(slot, first)
        JOIN slots s ON s.slot = o.slot AND o.first <= s.removed
        """
    )

    /// The highest number of a slot whose time it has used. $1 the slot.
    static let readNewestChunk = read(
        "SELECT greatest((SELECT max(first) FROM chunks WHERE slot = $1), (SELECT removed FROM slots WHERE slot = $1))"
    )

    /// $1 the slot, $2 and $3 the first and the last event, $4 what is wrong.
    static let noteDamage = Statement(
        "INSERT INTO damage(slot, first, last, reason) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
    )

    static let readDamage = read("SELECT first, last, reason FROM damage ORDER BY first")
}
