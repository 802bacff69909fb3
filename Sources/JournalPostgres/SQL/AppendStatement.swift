/// The one statement of an append.
extension Statement {
    /// Appends chunks and the identities of their events, all or nothing.
    ///
    /// $1 slot, $2 its epoch, $3 the node; then what ``AppendForm`` says.
    ///
    /// The list of parts is compared as it was when the statement began. `slots.parts` is compared as it is once the slot's row is locked, so
    /// that a statement that has waited for the lock, or was held up before it, cannot pass with a list of long ago.
    ///
    /// It returns one row with `stored` or `stale` (the parts are others by now), or none: the slot is another's. Unless it returns `stored`,
    /// it has changed nothing. A key that is taken fails by the unique index of its part.
    /// - Parameters:
    ///   - form: how the group is given.
    ///   - parts: the numbers of all parts that take new identities, ascending.
    static func append(_ form: AppendForm, into parts: [Int32]) -> Statement {
        // Whatever is listed last is carried out first: the identities, so that a key that is taken fails before any content is written.
        Statement(
            """
            WITH \(fence(parts)),
            \(insertions(form, parts, if: "current"))
            SELECT \(outcome) FROM fence
            """
        )
    }

    /// The same for events of which some may be repeats: it looks the keys up first, and returns a row with an index and a number for each
    /// that is taken, if there are any.
    static func appendUnlessKnown(_ form: AppendForm, into parts: [Int32]) -> Statement {
        let known = parts.map { part in
            "SELECT o.ordinal, i.place FROM \(form.offered) JOIN identities_\(part) i ON i.key = o.key"
        }
        let isNew = "NOT EXISTS (SELECT FROM known)"
        return Statement(
            """
            WITH \(fence(parts)),
            known AS MATERIALIZED (\(known.joined(separator: " UNION ALL "))),
            \(insertions(form, parts, if: "current AND \(isNew)"))
            SELECT \(outcome) FROM fence WHERE \(isNew)
            UNION ALL SELECT 'known', ordinal, place FROM known
            """
        )
    }

    /// No row unless the lease holds, and in it whether the parts are these. Without a part they never are: nothing would find repeats.
    private static func fence(_ parts: [Int32]) -> String {
        let list = parts.map { "\($0)" }.joined(separator: ",")
        return """
            fence AS MATERIALIZED (
                SELECT slot, parts <= \(parts.last ?? -1) AND '{\(list)}'::int4[] =
                    ARRAY(SELECT number FROM identity_parts WHERE state <> 'closed' ORDER BY number) AS current
                FROM slots WHERE slot = $1 AND epoch = $2 AND node = $3 FOR NO KEY UPDATE
            )
            """
    }

    private static func insertions(_ form: AppendForm, _ parts: [Int32], if condition: String) -> String {
        let chunk = """
            chunk AS (
                INSERT INTO chunks(slot, first, count, accepted_first, accepted_last, accounts, counts, content)
                SELECT slot, c.first, c.count, c.earliest, c.latest, c.accounts::int4[], c.counts::int2[], c.content
                FROM fence, \(form.chunks) WHERE \(condition)
            )
            """
        let identities = parts.map { part in
            """
            ids_\(part) AS (
                INSERT INTO identities_\(part)(key, place) SELECT o.key, o.place FROM fence, \(form.offered) WHERE \(condition)
            )
            """
        }
        return ([chunk] + identities).joined(separator: ",\n")
    }

    private static let outcome = "CASE WHEN current THEN 'stored' ELSE 'stale' END, NULL::int4, NULL::int8"
}

/// How a group is given to the statement that appends it. Most are small and in one chunk: the server has less to do then.
enum AppendForm: CaseIterable {
    /// One event, which is a chunk. $4 its key, $5 its number, $6 when it was accepted, $7 accounts, $8 their counts, $9 the content.
    case event
    /// One chunk. $4 to $6 keys, their indices and the numbers of their events, sorted by key, so that two appends with common keys wait for
    /// each other and never in a circle; $7 to $13 the columns of the chunk.
    case chunk
    /// The same, with arrays that have an element a chunk from $7 on; the accounts and their counts are array literals.
    case chunks

    /// The keys as a table `o`.
    fileprivate var offered: String {
        switch self {
        case .event: "(SELECT $4 AS key, 0 AS ordinal, $5 AS place) AS o"
        case .chunk, .chunks: "unnest($4, $5, $6) AS o(key, ordinal, place)"
        }
    }

    /// The chunks as a table `c`.
    fileprivate var chunks: String {
        switch self {
        case .event:
            """
            (SELECT $5 AS first, 1 AS count, $6 AS earliest, $6 AS latest, $7 AS accounts, $8 AS counts, $9 AS content) AS c
            """
        case .chunk:
            """
            (SELECT $7 AS first, $8 AS count, $9 AS earliest, $10 AS latest, $11 AS accounts, $12 AS counts, $13 AS content) AS c
            """
        case .chunks:
            "unnest($7, $8, $9, $10, $11, $12, $13) AS c(first, count, earliest, latest, accounts, counts, content)"
        }
    }
}
