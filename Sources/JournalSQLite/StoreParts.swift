import Foundation
import Journal
import Logging

/// What the store's calls and its writer share.
struct StoreParts: Sendable {
    let folder: URL
    let settings: SQLiteStoreSettings
    let journalID: String
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
    let newest: RisingNumber
    let commits: GroupCommit
    let departures: DepartureLog
    let duplicates: DuplicateFinder
    let checkpoints: Checkpoints
    let metrics: CommitMetrics
}
