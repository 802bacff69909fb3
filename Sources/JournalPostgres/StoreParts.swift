import Journal
import JournalFormat
import Logging
import Telemetry

/// What the parts of the store share.
struct StoreParts: Sendable {
    let settings: PostgresStoreSettings
    let meta: JournalMeta
    let logger: Logger
    let clock: DatabaseClock
    let identity: JournalIdentity
    let reach: DatabaseReach
    let limits: StoreLimits
    let metrics: CommitMetrics
    let newest: NewestNumbers
    let names: JournalNames
    let cache: ChunkCache
    let keys: IdentityKeys
    let filters: IdentityFilters
    let accepted = AcceptedCounts()
    let eventCounts = EventCounts()
    let backlogs = BacklogCounts()
    let reader: JournalReader
    let partitions: DayPartitions
    /// For what one node does for all; its statements may take long, and keep nobody from writing.
    let duties: PostgresConnection
    /// For the removal of old events: what is to be removed is looked up in indexes, however much of it the server expects.
    let removals: PostgresConnection
    /// What owners of accounts read: nothing else may hold them up.
    let claims: PostgresConnection
    /// Single events, short lists and figures.
    let points: PostgresConnection
    /// How much waits, and how much there is: whoever asks waits for as long as the counting takes.
    let counts: PostgresConnection
    /// Searches: as many as run at a time.
    let searches: PostgresConnection
    /// Walks through windows.
    let walks: PostgresConnection
    /// As many as ``searches`` has connections.
    let searchSlots: ReadSlots

    /// An account that takes long to be read does not hold up all others.
    private static let claimConnections = 2
    /// How many searches may wait for their next piece, and how many of one tenant may run or wait.
    private static let (mostWaiting, mostOfTenant) = (64, 16)

    init(_ settings: PostgresStoreSettings, _ meta: JournalMeta, metrics: CommitMetrics, logger: Logger) {
        self.settings = settings
        self.meta = meta
        self.metrics = metrics
        self.logger = logger
        let identity = JournalIdentity(meta.journalID)
        let reach = DatabaseReach(settings, logger: logger)
        (self.identity, self.reach) = (identity, reach)
        func connection(_ name: String) -> ConnectionSettings {
            settings.connection(name, identity: identity, reach: reach)
        }
        limits = StoreLimits(settings)
        clock = DatabaseClock()
        newest = NewestNumbers()
        claims = PostgresConnection(connection("claims"), count: Self.claimConnections)
        points = PostgresConnection(connection("reads"))
        counts = PostgresConnection(connection("counts"))
        let searchCount = max(1, settings.readers / 2)
        searches = PostgresConnection(connection("searches"), count: searchCount)
        walks = PostgresConnection(connection("walks"), count: max(1, settings.readers - searchCount - 1))
        searchSlots = ReadSlots(
            searchCount,
            mostWaiting: Self.mostWaiting,
            mostOfTenant: Self.mostOfTenant,
            retryAfter: .seconds(1)
        )
        // New names are registered before an append, which waits no longer than it may.
        var naming = connection("names")
        naming.patience = min(naming.patience, settings.outagePatience / 2)
        names = JournalNames(PostgresConnection(naming), reach: reach)
        cache = ChunkCache(limitBytes: settings.cacheBytes)
        keys = IdentityKeys(key: meta.identityKey, significantBits: settings.identityHashBits)
        reader = JournalReader(names: names, cache: cache, logger: logger)
        var long = connection("duties")
        (long.patience, long.statementTimeout, long.lockTimeout) = (.seconds(1260), .seconds(1200), .seconds(1200))
        duties = PostgresConnection(long, whenCancelled: .leaves)
        filters = IdentityFilters(duties)
        for way in ["seqscan", "hashjoin", "mergejoin", "material"] { long.session["enable_\(way)"] = "off" }
        long.name = connection("removals").name
        removals = PostgresConnection(long, whenCancelled: .leaves)
        var brief = connection("partitions")
        brief.lockTimeout = .milliseconds(200)
        partitions = DayPartitions(connection: PostgresConnection(brief))
    }

    func close() async {
        newest.close()
        await names.close()
        // At once: each of them may be waiting for a response that never arrives.
        await withDiscardingTaskGroup { group in
            for connection in [claims, points, counts, searches, walks, partitions.connection, duties, removals] {
                group.addTask { await connection.close() }
            }
        }
    }
}
