package import Access
package import Events
package import Migration

/// Shows migrations and carries out orders for them; implemented by `Gateway`.
package protocol MigrationManaging: Sendable {
    /// All migrations that the client may see, in the order of `routes.json`.
    func migrations(for client: Client) async throws(MigrationRefusal) -> [MigrationStatus]

    /// One that the client may see.
    func migration(_ name: MigrationName, for client: Client) async throws(MigrationRefusal) -> MigrationStatus

    /// What each of a migration's providers received of each day's events, from the first order on. Counting reads the journal, and stops
    /// after a few seconds with the days counted so far; the next call continues.
    func days(of name: MigrationName, for client: Client) async throws(MigrationRefusal) -> MigrationDays

    /// Carries out an order; a dry run only says what it would do. When it returns, the order is on disk and effective at this gateway,
    /// and at others within a second.
    func carryOut(_ order: MigrationOrder, on name: MigrationName, by caller: Caller) async throws(MigrationRefusal)
        -> MigrationOutcome
}
