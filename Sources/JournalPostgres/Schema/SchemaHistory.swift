/// How the tables came to what they are: what each format has changed of the one before.
///
/// A format is reached in two steps, so that gateways of the format before go on while others are updated. *Expanding* adds what the new
/// format needs, and leaves all that the old one uses. *Contracting* removes what only the old one used, when no gateway of it is left.
struct SchemaHistory: Sendable {
    /// One format.
    struct Change: Sendable {
        /// That the tables have when they are expanded.
        let format: Int
        /// Each is a transaction of its own and can be repeated: `ADD COLUMN IF NOT EXISTS` with a default, `CREATE TABLE IF NOT EXISTS`,
        /// `CREATE INDEX CONCURRENTLY IF NOT EXISTS` after a `DROP INDEX IF EXISTS` of one that is not valid.
        var expand: [Statement] = []
        /// The same, for what is not needed any more.
        var contract: [Statement] = []
    }

    /// Ascending, from format 2 on. ``Schema/statements`` make the tables as all of them together leave them.
    let changes: [Change]

    /// The newest format.
    var format: Int { changes.last?.format ?? 1 }

    /// Of this version.
    static let current = SchemaHistory(changes: [
        Change(
            format: 2,
            expand: [Statement("CREATE TABLE IF NOT EXISTS migration_log(\(LedgerTables.migrationLogColumns))")]
        ),
        Change(
            format: 3,
            expand: [Statement("CREATE TABLE IF NOT EXISTS parity_unbilled(\(ParityTables.unbilledColumns))")]
        ),
        Change(
            format: 4,
            expand: [Statement("CREATE TABLE IF NOT EXISTS parity_watches(\(ParityTables.watchColumns))")]
        ),
        Change(
            format: 5,
            expand: [
                Statement("CREATE TABLE IF NOT EXISTS sessions(\(SharedTables.sessionColumns))"),
                Statement("CREATE TABLE IF NOT EXISTS figures(\(SharedTables.figuresColumns))"),
            ]
        ),
    ])

    /// - Parameter changes: ascending, from format 2 on.
    init(changes: [Change]) {
        precondition(changes.map(\.format).elementsEqual(2..<(changes.count + 2)), "formats have no gaps")
        self.changes = changes
    }

    /// What is to be done on tables of a format, to add what later ones need.
    func changes(after format: Int) -> [Change] { changes.filter { $0.format > format } }
}

extension Statement {
    /// Whether no append waits behind it while it waits: for every transaction that began before, such as that of a backup.
    var waitsAside: Bool { text.contains(" CONCURRENTLY ") }
}
