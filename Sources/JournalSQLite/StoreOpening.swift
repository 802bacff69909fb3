import CoreMetrics
import Events
import Foundation
import GRDB
import Journal
import JournalFormat
import Logging
import Telemetry

/// Opens the database and reads what the store keeps in memory.
struct StoreOpening {
    let folder: URL
    let settings: SQLiteStoreSettings
    let metrics: any MetricsFactory
    let announce: CommitAnnouncement
    let logger: Logger

    private var file: URL { folder.appending(path: "journal.sqlite") }

    /// The database's connections: a writer that flushes each commit, and readers.
    func database() throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "tollgate.journal"
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            // Before the first table, since the size is fixed by then. A commit of a few events rewrites the last page of the tree
            // and often two more, so that larger pages write more; smaller ones cost more time where a chunk has many.
            try db.execute(sql: "PRAGMA page_size = 2048")
            try db.execute(sql: "PRAGMA cache_size = -4096")
        }
        try Schema.refuseNewer(file)
        try FolderPermissions.makeFile(file.path)
        let pool = try DatabasePool(path: file.path, configuration: configuration)
        try pool.writeWithoutTransaction { db in
            // The pool sets NORMAL when it turns on the write-ahead log, and NORMAL does not flush a commit.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // `Checkpoints` does it beside the writer.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
            try db.execute(sql: "PRAGMA journal_size_limit = \(min(64 << 20, (settings.diskLimitBytes ?? .max) / 8))")
            try Schema.prepare(db, path: file.path)
        }
        return pool
    }

    /// Connections that read, beside those of ``database()``, which is open by then.
    func readers(_ count: Int, label: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = label
        configuration.readonly = true
        configuration.maximumReaderCount = count
        configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA cache_size = -2048") }
        return try DatabasePool(path: file.path, configuration: configuration)
    }

    /// The connection of ``Checkpoints``.
    func checkpointConnection() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "tollgate.checkpoint"
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA cache_size = -256")
            try db.execute(sql: "PRAGMA synchronous = FULL")
        }
        return try DatabaseQueue(path: file.path, configuration: configuration)
    }

    /// Reads the journal's state.
    func parts(_ db: Database) throws -> StoreParts {
        let key = try MetaTable.hashKey(in: db)
        let names = JournalNames(
            try NameTable(
                loading: db,
                hash: IdentityHash(key: key, significantBits: settings.identityHashBits),
                logger: logger
            )
        )
        let bounds = try JournalBounds(of: db)
        let cache = ChunkCache(limitBytes: settings.cacheBytes)
        let damage = DamageLog(known: try ChunkDamage.all(in: db), logger: logger)
        let reader = JournalReader(names: names, cache: cache, damage: damage)
        let removed = try RemovedTable.all(in: db)
        let index = try IdentityIndex(
            folder: folder.appending(path: "index"),
            unit: settings.newestIdentities,
            key: key,
            removed: removed,
            logger: logger
        )
        let rebuild = IdentityRebuild(index: index, reader: reader, unit: settings.newestIdentities)
        let indexed = try rebuild.open(floor: bounds.oldest, newest: bounds.newest, in: db)
        logger.debug("identities read from the journal", metadata: ["events": "\(indexed)"])
        let columns = try ColumnIndex(
            folder: folder.appending(path: "columns"),
            unit: settings.eventsPerSegment,
            key: key,
            names: names,
            removed: removed,
            retryPause: settings.indexRetryPause,
            logger: logger
        )
        try columns.open(floor: bounds.oldest, newest: bounds.newest)
        let departures = try departures(db)
        let lanes = try LaneTable.entries(in: db)
        let loading = LedgerLoading(db: db, reader: reader, newest: bounds.newest, lanes: lanes)
        let commits = GroupCommit(settings: settings, announce: announce)
        return StoreParts(
            folder: folder,
            settings: settings,
            journalID: try MetaTable.journalID(in: db),
            identityKey: key,
            logger: logger,
            names: names,
            cache: cache,
            damage: damage,
            reader: reader,
            index: index,
            columns: columns,
            ledger: ProviderLedger(try loading.load()),
            leases: LeaseWatch(),
            lanes: LaneBook(lanes),
            newest: AdvancingValue(rising: bounds.newest),
            newestAtOpening: bounds.newest,
            commits: commits,
            departures: departures,
            duplicates: DuplicateFinder(
                pool: try readers(2, label: "tollgate.duplicates"),
                index: index,
                reader: reader,
                commits: commits,
                settings: settings
            ),
            checkpoints: Checkpoints(
                connection: try checkpointConnection(),
                diskLimitBytes: settings.diskLimitBytes,
                logger: logger
            ),
            metrics: CommitMetrics(factory: metrics)
        )
    }

    /// Withdraws the intents of requests that certainly did not leave, and begins a new log with the rest of them.
    private func departures(_ db: Database) throws -> DepartureLog {
        let intents = try Row.fetchAll(db, sql: "SELECT provider, sequence FROM intents").map { row in
            try Departure(provider: row.value(0), sequence: row.value(1))
        }
        guard let departed = DepartureLog.departed(in: folder) else { return DepartureLog(in: folder, with: intents) }
        let unsent = intents.filter { !departed.contains($0) }
        let log = DepartureLog(in: folder, with: intents.filter { departed.contains($0) })
        guard !unsent.isEmpty else { return log }
        try db.inTransaction(.immediate) {
            let delete = try db.cachedStatement(sql: "DELETE FROM intents WHERE provider = ? AND sequence = ?")
            for intent in unsent { try delete.execute(arguments: [intent.provider, intent.sequence]) }
            return .commit
        }
        logger.info("requests that had not been sent are sent again", metadata: ["events": "\(unsent.count)"])
        return log
    }
}
