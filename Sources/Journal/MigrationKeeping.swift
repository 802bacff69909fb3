package import Events

/// Keeps the log of acts of each migration, for all gateways of a journal.
///
/// An act is never changed or removed: which vendor is of record follows from all of them.
package protocol MigrationKeeping: Sendable {
    /// Rises with each act of any migration; 0 before the first.
    func migrationVersion() async throws(StoreError) -> Int64

    /// All acts, by migration and number.
    func migrationActs() async throws(StoreError) -> [MigrationAct]

    /// Appends an act to the log of its migration, and records who did it: both or nothing. Acts are also taken while the store is full.
    /// When this returns true, that is on disk.
    /// - Returns: false if the number is not the one that follows the migration's newest act, because another act came first; nothing was
    ///   changed.
    func append(_ act: MigrationAct, recording entry: AuditEntry) async throws(StoreError) -> Bool
}

/// What somebody ordered for a migration, as the journal has it.
package struct MigrationAct: Sendable, Equatable {
    package let migration: MigrationName
    /// Its position in the migration's log, from 1 without gaps.
    package let number: Int
    /// A word of the caller's, such as `ramp`.
    package let action: String
    /// The rest of the order, which the journal keeps as it is and never reads.
    package let detail: [UInt8]
    /// The id of the plan that it rested on; nil if there was none.
    package let plan: String?
    /// The client, or who else did it.
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
