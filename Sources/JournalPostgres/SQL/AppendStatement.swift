/// The one statement of an append.
extension Statement {
    /// Appends chunks and the identities of their events, all or nothing.
    ///
    /// $1 slot, $2 its epoch, $3 the node; $4 to $6 keys, their indices and the numbers of their events, sorted by key, so that two appends
    /// with common keys wait for each other and never in a circle; $7 to $13 one element a chunk, of which the accounts and their counts are
    /// array literals.
    ///
    /// The list of parts is compared as it was when the statement began. `slots.parts` is compared as it is once the slot's row is locked, so
    /// that a statement that has waited for the lock, or was held up before it, cannot pass with a list of long ago.
    ///
    /// It returns one row with `stored`, `fenced` (the slot is another's) or `stale` (the parts are others by now). Unless it returns
    /// `stored`, it has changed nothing. A key that is taken fails by the unique index of its part.
    /// - Parameter parts: the numbers of all parts that take new identities, ascending.
    static func append(into parts: [Int32]) -> Statement {
        // Whatever is listed last is carried out first: the identities, so that a key that is taken fails before any content is written.
        Statement(
            """
            WITH \(conditions(parts)),
            go AS MATERIALIZED (SELECT slot FROM fence CROSS JOIN guard),
            \(chunks),
            \(insertions(parts))
            SELECT \(outcome)
            """
        )
    }

    /// The same for events of which some may be repeats: it looks the keys up first, and returns a row with an index and a number for each
    /// that is taken, if there are any.
    static func appendUnlessKnown(into parts: [Int32]) -> Statement {
        let known = parts.map { part in
            "SELECT o.ordinal, i.place FROM offered o JOIN identities_\(part) i ON i.key = o.key"
        }
        return Statement(
            """
            WITH \(conditions(parts)),
            known AS MATERIALIZED (\(known.joined(separator: " UNION ALL "))),
            go AS MATERIALIZED (SELECT slot FROM fence CROSS JOIN guard WHERE NOT EXISTS (SELECT FROM known)),
            \(chunks),
            \(insertions(parts))
            SELECT \(outcome) WHERE NOT EXISTS (SELECT FROM known)
            UNION ALL SELECT 'known', ordinal, place FROM known
            """
        )
    }

    private static func conditions(_ parts: [Int32]) -> String {
        let list = parts.map { "\($0)" }.joined(separator: ",")
        return """
            fence AS MATERIALIZED (
                SELECT slot, parts FROM slots WHERE slot = $1 AND epoch = $2 AND node = $3 FOR NO KEY UPDATE
            ),
            guard AS MATERIALIZED (
                SELECT 1 FROM fence WHERE fence.parts <= \(parts.last ?? 0) AND
                    (SELECT array_agg(number ORDER BY number) FROM identity_parts WHERE state <> 'closed') = '{\(list)}'::int4[]
            ),
            offered AS MATERIALIZED (SELECT key, ordinal, place FROM unnest($4, $5, $6) AS o(key, ordinal, place))
            """
    }

    private static func insertions(_ parts: [Int32]) -> String {
        parts.map { part in
            "ids_\(part) AS (INSERT INTO identities_\(part)(key, place) SELECT o.key, o.place FROM go, offered o)"
        }
        .joined(separator: ",\n")
    }

    private static let chunks = """
        chunk AS (
            INSERT INTO chunks(slot, first, count, accepted_first, accepted_last, accounts, counts, content)
            SELECT go.slot, c.first, c.count, c.earliest, c.latest, c.accounts::int4[], c.counts::int2[], c.content
            FROM go, unnest($7, $8, $9, $10, $11, $12, $13)
                AS c(first, count, earliest, latest, accounts, counts, content)
        )
        """

    private static let outcome = """
        CASE WHEN NOT EXISTS (SELECT FROM fence) THEN 'fenced' WHEN NOT EXISTS (SELECT FROM guard) THEN 'stale'
            ELSE 'stored' END, NULL::int4, NULL::int8
        """
}
