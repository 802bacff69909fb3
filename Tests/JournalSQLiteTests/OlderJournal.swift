import GRDB

/// Takes from a journal what later versions of its format have added.
enum OlderJournal {
    /// The tables that came with each version.
    private static let tables: [Int: [String]] = [
        2: ["holds", "revisions"], 3: ["removed"], 5: ["audit"], 6: ["operator_holds"], 8: ["clock_steps"],
        9: ["lanes", "lane_counts", "pins", "shadow_counts", "amendments"],
        10: ["migration_log"],
    ]

    static func lower(_ db: Database, to version: Int) throws {
        for (since, names) in tables where since > version {
            for name in names { try db.execute(sql: "DROP TABLE \(name)") }
        }
        if version < 9 {
            try db.execute(
                sql: """
                    DROP INDEX delivered_known;
                    DROP INDEX attempts_known;
                    ALTER TABLE delivered DROP COLUMN skipped;
                    ALTER TABLE delivered DROP COLUMN members;
                    ALTER TABLE deliveries DROP COLUMN reached_before;
                    """
            )
        }
        if version < 6 { try db.execute(sql: "ALTER TABLE deliveries DROP COLUMN reached_at") }
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }
}
