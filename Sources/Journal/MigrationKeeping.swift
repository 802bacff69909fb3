package import Events

/// Keeps the log of each migration's acts, for all gateways that share a journal.
///
/// An act is never changed or removed: together they determine which vendor is of record.
package protocol MigrationKeeping: Sendable {
    /// Increases with each act of any migration; 0 before the first.
    func migrationVersion() async throws(StoreError) -> Int64

    /// All acts, by migration and number.
    func migrationActs() async throws(StoreError) -> [MigrationAct]

    /// Appends an act to the log of its migration, and records who did it: both or nothing. Acts are also accepted while the store is
    /// full. When this returns true, that is on disk.
    /// - Returns: false if the number does not follow the migration's newest act, because another act came first; nothing was changed.
    func append(_ act: MigrationAct, recording entry: AuditEntry) async throws(StoreError) -> Bool
}

/// An order for a migration, as the journal has it.
package struct MigrationAct: Sendable, Equatable {
    package let migration: MigrationName
    /// Its position in the migration's log, from 1 without gaps.
    package let number: Int
    /// The kind of act, as the caller names it, such as `ramp`.
    package let action: String
    /// The rest of the order, which the journal keeps unchanged and never reads.
    package let detail: [UInt8]
    /// The id of the plan that it was based on; nil if there was none.
    package let plan: String?
    /// The client, or another originator.
    package let actor: String
    /// The id of the key that was presented, never the key; nil if there was none.
    package let keyID: String?
    package let at: Timestamp

    package init(
        migration: MigrationName,
        number: Int,
        action: String,
        detail: [UInt8],
        plan: String?,
        actor: String,
        keyID: String?,
        at timestamp: Timestamp
    ) {
        self.migration = migration
        self.number = number
        self.action = action
        self.detail = detail
        self.plan = plan
        self.actor = actor
        self.keyID = keyID
        at = timestamp
    }
}
