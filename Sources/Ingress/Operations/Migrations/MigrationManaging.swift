package import Access
package import Events
package import Migration

/// Shows migrations and carries out orders for them; `Gateway` fills it.
package protocol MigrationManaging: Sendable {
    /// All that the client may see, in the order of `routes.json`.
    func migrations(for client: Client) async throws(MigrationRefusal) -> [MigrationStatus]

    /// One that the client may see.
    func migration(_ name: MigrationName, for client: Client) async throws(MigrationRefusal) -> MigrationStatus

    /// What each of a migration's providers got of the events of each day, from the first order on. Counting reads the journal, and
    /// ends after a few seconds with the days that were counted until then; the next call counts further ones.
    func days(of name: MigrationName, for client: Client) async throws(MigrationRefusal) -> MigrationDays

    /// Carries out an order, or only says what it would do. When it returns, the order is on disk and followed by this gateway; by others
    /// within a second.
    func carryOut(_ order: MigrationOrder, on name: MigrationName, by caller: Caller) async throws(MigrationRefusal)
        -> MigrationOutcome
}
