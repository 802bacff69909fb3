/// Partitions of the tables that grow with the journal: one a day.
extension Statement {
    /// The names of a table's partitions with their bounds as text. $1 the table.
    static let readPartitions = read(
        """
        SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = $1::regclass ORDER BY c.relname
        """
    )

    /// A table that can become a partition at once: its rows need not be examined.
    static func createPartition(_ name: String, of table: String, from first: Int64, to end: Int64) -> Statement {
        Statement(
            """
            CREATE TABLE IF NOT EXISTS \(name)(
                LIKE \(table) INCLUDING ALL, CONSTRAINT \(name)_range CHECK (first >= \(first) AND first < \(end))
            )
            """
        )
    }

    static func attachPartition(_ name: String, to table: String, from first: Int64, to end: Int64) -> Statement {
        Statement("ALTER TABLE \(table) ATTACH PARTITION \(name) FOR VALUES FROM (\(first)) TO (\(end))")
    }
}
