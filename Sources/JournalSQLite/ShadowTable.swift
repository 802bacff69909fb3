import Events
import GRDB
import Journal

/// What shadow deliveries showed.
enum ShadowTable {
    /// Adds what one settlement's deliveries showed.
    static func add(_ tally: ShadowTally, of provider: Int64, in db: Database) throws {
        let field = try known(tally, of: provider, in: db)
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT samples FROM shadow_counts WHERE provider = ? AND class = ? AND field = ?"
            ),
            arguments: [provider, tally.shadowClass.rawValue, field]
        )
        let samples = try (tally.samples.map(\.rawValue) + (row.map { try SampleText.decode($0.value(0)) } ?? []))
            .prefix(ShadowCount.mostSamples)
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO shadow_counts(provider, class, field, events, first_at, last_at, samples)
                VALUES(?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT(provider, class, field) DO UPDATE SET events = events + excluded.events,
                    first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at),
                    samples = excluded.samples
                """
        )
        try statement.execute(
            arguments: [
                provider, tally.shadowClass.rawValue, field, tally.events, tally.at.milliseconds, tally.at.milliseconds,
                SampleText.encode(samples),
            ]
        )
    }

    /// The field under which a tally is counted: its own, unless there are too many.
    private static func known(_ tally: ShadowTally, of provider: Int64, in db: Database) throws -> String {
        let fields = try String.fetchAll(
            db.cachedStatement(sql: "SELECT DISTINCT field FROM shadow_counts WHERE provider = ?"),
            arguments: [provider]
        )
        // What has no field is none of too many.
        let isKnown = tally.field.isEmpty || fields.contains { $0.utf8.elementsEqual(tally.field.utf8) }
        return isKnown || fields.count < ShadowCount.mostFields ? tally.field : ShadowCount.otherFields
    }

    static func forget(_ provider: Int64, in db: Database) throws {
        try db.execute(sql: "DELETE FROM shadow_counts WHERE provider = ?", arguments: [provider])
    }

    static func all(names: NameTable, in db: Database) throws -> [ShadowCount] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT provider, class, field, events, first_at, last_at, samples FROM shadow_counts
                ORDER BY provider, class, field
                """
        ).compactMap { row in
            guard let provider = try names.providers[row.value(0)] else { return nil }
            let word: String = try row.value(1)
            guard let shadowClass = ShadowClass(rawValue: word) else { throw UnknownWord(word: word) }
            return try ShadowCount(
                provider: provider,
                shadowClass: shadowClass,
                field: row.value(2),
                events: row.value(3),
                first: Timestamp(milliseconds: row.value(4)),
                last: Timestamp(milliseconds: row.value(5)),
                samples: SampleText.decode(row.value(6)).map { SequenceNumber($0) }
            )
        }
    }
}

/// Some sequence numbers as text.
private enum SampleText {
    static func encode(_ samples: some Sequence<Int64>) -> String { samples.map { "\($0)" }.joined(separator: ",") }

    static func decode(_ text: String) -> [Int64] { text.split(separator: ",").compactMap { Int64($0) } }
}
