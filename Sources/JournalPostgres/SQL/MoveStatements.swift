import JournalFormat

/// Taking over a journal that another store has kept. All of it is in slot 0.
extension Statement {
    // MARK: Names

    /// $1 numbers, $2 tenants, $3 clients.
    static let moveOrigins = Statement(
        """
        INSERT INTO origins(number, tenant, client) OVERRIDING SYSTEM VALUE SELECT * FROM unnest($1, $2, $3)
        ON CONFLICT DO NOTHING
        """
    )

    /// $1 numbers, $2 plans as JSON.
    static let movePlans = Statement(
        """
        INSERT INTO plans(number, digest, encoded) OVERRIDING SYSTEM VALUE
        SELECT p.number, sha256(p.encoded), p.encoded FROM unnest($1, $2) AS p(number, encoded) ON CONFLICT DO NOTHING
        """
    )

    /// $1 numbers, $2 names. Their first epoch has ended: others have delivered to them.
    static let moveAccounts = Statement(
        """
        INSERT INTO accounts(number, name, epoch) OVERRIDING SYSTEM VALUE SELECT a.number, a.name, 1
        FROM unnest($1, $2) AS a(number, name) ON CONFLICT DO NOTHING
        """
    )

    /// New names get numbers above those that were moved.
    static let continueNumbers: [Statement] = ["origins", "plans", "accounts", "revisions", "audit"].map { table in
        read(
            """
            SELECT setval(pg_get_serial_sequence('\(table)', 'number'), coalesce((SELECT max(number) FROM \(table)), 0) + 1, false)
            """
        )
    }

    // MARK: Events

    /// The last number that was moved; NULL if there is none yet.
    static let readLastMoved = read("SELECT first + count - 1 FROM chunks WHERE slot = 0 ORDER BY first DESC LIMIT 1")

    /// The first numbers of the first and of the last chunk that were moved.
    static let readMovedNumbers = read("SELECT min(first), max(first) FROM chunks WHERE slot = 0")

    /// The first numbers of chunks that were moved. $1 the first, $2 the last one.
    static let readMovedChunkNumbers = read("SELECT first FROM chunks WHERE slot = 0 AND first BETWEEN $1 AND $2")

    /// $1 the first numbers of chunks.
    static let removeMovedChunks = Statement("DELETE FROM chunks WHERE slot = 0 AND first = ANY($1)")

    /// $1... one element per chunk.
    static let moveChunks = Statement(
        """
        INSERT INTO chunks(slot, first, count, accepted_first, accepted_last, accounts, counts, content)
        SELECT 0, c.first, c.count, c.a, c.b, c.accounts::int4[], c.counts::int2[], c.content
        FROM unnest($1, $2, $3, $4, $5, $6, $7) AS c(first, count, a, b, accounts, counts, content)
        """
    )

    /// $1 keys, $2 their events.
    static func moveIdentities(into part: Int32) -> Statement {
        Statement("INSERT INTO identities_\(part)(key, place) SELECT * FROM unnest($1, $2)")
    }

    /// $1 the part. All its events are there.
    static func addMovedPart(_ part: Int32) -> Statement {
        Statement(
            """
            INSERT INTO identity_parts(number, state, newest)
            SELECT \(part), 'closed', max(place) FROM identities_\(part) HAVING count(*) > 0 ON CONFLICT DO NOTHING
            """
        )
    }

    /// $1 the highest number that was removed before.
    static let addMovedSlot = Statement(
        """
        INSERT INTO slots(slot, epoch, removed) VALUES (0, 1, $1)
        ON CONFLICT (slot) DO UPDATE SET removed = greatest(slots.removed, excluded.removed)
        """
    )

    // MARK: Deliveries

    /// Empties what is moved as a whole, also what an interrupted try has left. Damage that was found stays.
    static let forgetMovedLedger = Statement(
        """
        TRUNCATE cursors, delivered, flights,
        \(MovedTable.allCases.filter { $0 != .damage }.map(\.rawValue).joined(separator: ", "))
        """
    )

    /// $1... one element per run.
    static let moveRuns = Statement(
        """
        INSERT INTO delivered(account, slot, first, last, events, at, latency, http_status, deduplicated, skipped, members)
        SELECT r.account, 0, r.first, r.last, r.events, r.at, r.latency, r.http_status, r.deduplicated, r.skipped, r.members
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            AS r(account, first, last, events, at, latency, http_status, deduplicated, skipped, members)
        """
    )

    /// $1 accounts, $2 up to where they have walked.
    static let moveCursors = Statement(
        "INSERT INTO cursors(account, slot, place) SELECT c.account, 0, c.place FROM unnest($1, $2) AS c(account, place)"
    )

    /// $1 account, $2 what may be in flight. Any epoch of an owner is higher.
    static let moveFlight = Statement("INSERT INTO flights(account, epoch, number, sequences) VALUES ($1, 0, 0, $2)")

    /// Rows of a table; a parameter for each of its columns.
    static func move(_ table: MovedTable) -> Statement {
        let columns = table.columns
        let parameters = columns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        let names = columns.map(\.name).joined(separator: ", ")
        let rows = "unnest(\(parameters)) AS r(\(names))"
        switch table {
        case .holds, .operatorHolds:
            let rest = columns.dropFirst().map(\.name)
            return Statement(
                """
                INSERT INTO \(table.rawValue)(account, \(rest.joined(separator: ", ")))
                SELECT a.number, \(rest.map { "r.\($0)" }.joined(separator: ", ")) FROM \(rows)
                JOIN accounts a ON a.name = r.provider
                """
            )
        case .damage:
            return Statement("INSERT INTO damage(slot, \(names)) SELECT 0, r.* FROM \(rows) ON CONFLICT DO NOTHING")
        case .lanes, .shadowCounts:
            // Some values have no array type of their own here.
            let values = columns.map { column in
                switch column.name {
                case "rate": "r.rate::float8"
                case "samples": "string_to_array(r.samples, ',')::int8[]"
                default: "r.\(column.name)"
                }
            }
            return Statement(
                "INSERT INTO \(table.rawValue)(\(names)) SELECT \(values.joined(separator: ", ")) FROM \(rows)"
            )
        case .revisions, .audit:
            return Statement("INSERT INTO \(table.rawValue)(\(names)) OVERRIDING SYSTEM VALUE SELECT * FROM \(rows)")
        case .deliveries, .attempts, .amendments, .laneCounts, .pins, .migrationLog:
            return Statement("INSERT INTO \(table.rawValue)(\(names)) SELECT * FROM \(rows)")
        }
    }

    // MARK: Comparing

    static let countMovedChunks = read("SELECT count(*), coalesce(sum(count), 0)::int8 FROM chunks WHERE slot = 0")

    /// The next chunks of slot 0 with the checksums at their ends. $1 after which number, $2 how many.
    static let readMovedChecksums = read(
        """
        SELECT first, count, substring(content FROM greatest(1, length(content) - 7)) FROM chunks
        WHERE slot = 0 AND first > $1 ORDER BY first LIMIT $2
        """
    )

    static func countRows(of table: MovedTable) -> Statement { read("SELECT count(*) FROM \(table.rawValue)") }

    static let countRuns = read("SELECT count(*) FROM delivered WHERE slot = 0")
}
