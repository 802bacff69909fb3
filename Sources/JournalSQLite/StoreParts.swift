import Foundation
import Journal
import JournalFormat
import Logging
import Telemetry

/// What the store's calls and its writer share.
struct StoreParts: Sendable {
    let folder: URL
    let settings: SQLiteStoreSettings
    let journalID: String
    /// The key of the identity hash.
    let identityKey: SipHash
    let logger: Logger
    let names: JournalNames
    let cache: ChunkCache
    let damage: DamageLog
    let reader: JournalReader
    let index: IdentityIndex
    let columns: ColumnIndex
    let ledger: ProviderLedger
    let leases: LeaseWatch
    let lanes: LaneBook
    let newest: AdvancingValue<Int64>
    /// Events with higher numbers were accepted since the store was opened.
    let newestAtOpening: Int64
    let commits: GroupCommit
    let departures: DepartureLog
    let duplicates: DuplicateFinder
    let checkpoints: Checkpoints
    let metrics: CommitMetrics
    let accepted = AcceptedCounts()
    let disk = FullDisk()
}
