import Events
import Journal

@testable import JournalPostgres

/// A store whose events are numbered 1, 2, 3 and so on, as the behaviour suite counts them.
final class NumberedStore: EventStore {
    let store: PostgresEventStore
    let numbers: EventNumbers

    init(_ store: PostgresEventStore, _ numbers: EventNumbers) {
        self.store = store
        self.numbers = numbers
    }

    // MARK: EventAppending

    func append(_ request: AppendRequest) async throws(StoreError) -> [AppendResult] {
        try await store.append(request).map { numbers.counted($0) }
    }

    func original(_ sequence: SequenceNumber) async throws(StoreError) -> AcceptedEvent? {
        try await store.original(numbers.real(sequence))
    }

    // MARK: JournalGrowth

    func newestPosition() async throws(StoreError) -> JournalPosition {
        try await numbers.counted(store.newestPosition())
    }

    func waitForEvents(after position: JournalPosition) async {
        await store.waitForEvents(after: numbers.real(position))
    }

    // MARK: AccountLeasing

    func lease(_ provider: ProviderName) async throws(StoreError) -> AccountLease { try await store.lease(provider) }

    func waitForEnd(of lease: AccountLease) async -> LeaseEnd { await store.waitForEnd(of: lease) }

    func isSafe(_ lease: AccountLease, at now: ContinuousClock.Instant) -> Bool { store.isSafe(lease, at: now) }

    func giveBack(_ lease: AccountLease, unsent: [SequenceNumber]) async throws(StoreError) {
        try await store.giveBack(lease, unsent: unsent.map { numbers.real($0) })
    }

    // MARK: DeliveryLedger

    func claimBlock(under lease: AccountLease, limit: BlockLimit) async throws(StoreError) -> DeliveryBlock? {
        try await store.claimBlock(under: lease, limit: limit).map { block in
            DeliveryBlock(
                provider: block.provider,
                deliveries: block.deliveries.map { numbers.counted($0) },
                reachesEnd: block.reachesEnd
            )
        }
    }

    func claimDue(under lease: AccountLease, at now: Timestamp, limit: BlockLimit) async throws(StoreError)
        -> [ClaimedDelivery]
    {
        try await store.claimDue(under: lease, at: now, limit: limit).map { numbers.counted($0) }
    }

    func nextDue(for provider: ProviderName) -> Timestamp? { store.nextDue(for: provider) }

    func bringForward(under lease: AccountLease, by step: Duration) async throws(StoreError) {
        try await store.bringForward(under: lease, by: step)
    }

    func claimInterrupted(under lease: AccountLease) async throws(StoreError) -> [ClaimedDelivery] {
        try await store.claimInterrupted(under: lease).map { numbers.counted($0) }
    }

    func intend(_ sequences: [SequenceNumber], under lease: AccountLease) async throws(StoreError) {
        try await store.intend(sequences.map { numbers.real($0) }, under: lease)
    }

    func departs(_ sequences: [SequenceNumber], under lease: AccountLease) {
        store.departs(sequences.map { numbers.real($0) }, under: lease)
    }

    func settle(_ settlement: Settlement, under lease: AccountLease) async throws(StoreError) {
        try await store.settle(numbers.real(settlement), under: lease)
    }

    func hold(_ hold: ProviderHold?, under lease: AccountLease) async throws(StoreError) {
        try await store.hold(hold, under: lease)
    }

    func hold(of provider: ProviderName) async throws(StoreError) -> ProviderHold? {
        try await store.hold(of: provider)
    }

    func operatorHold(of provider: ProviderName) async throws(StoreError) -> OperatorHold? {
        try await store.operatorHold(of: provider)
    }

    func makeRetriesDue(of provider: ProviderName, waitingBeyond limit: Timestamp, at now: Timestamp)
        async throws(StoreError)
    {
        try await store.makeRetriesDue(of: provider, waitingBeyond: limit, at: now)
    }

    // MARK: EventArchive

    var journalID: String { store.journalID }

    func events(withIDs ids: [EventID], of tenant: TenantID) async throws(StoreError) -> [ArchivedEvent] {
        try await store.events(withIDs: ids, of: tenant).map { numbers.counted($0) }
    }

    func deliveries(of sequences: [SequenceNumber], in tenant: TenantID) async throws(StoreError)
        -> [SequenceNumber: [Delivery]]
    {
        let found = try await store.deliveries(of: sequences.map { numbers.real($0) }, in: tenant)
        return Dictionary(uniqueKeysWithValues: found.map { (numbers.counted($0.key), $0.value) })
    }

    func search(_ search: EventSearch, of tenant: TenantID) async throws(StoreError) -> EventPage {
        var search = search
        search.after = search.after.map { numbers.real($0) }
        search.until = search.until.map { numbers.real($0) }
        let page = try await store.search(search, of: tenant)
        return EventPage(
            events: page.events.map { numbers.counted($0) },
            hasMore: page.hasMore,
            total: page.total,
            stoppedAt: page.stoppedAt.map { numbers.counted($0) }
        )
    }

    func names(_ filter: EventFilter, of tenant: TenantID, after: String?, limit: Int) async throws(StoreError)
        -> EventNamePage
    {
        try await store.names(filter, of: tenant, after: after, limit: limit)
    }

    func event(at sequence: SequenceNumber, of tenant: TenantID) async throws(StoreError) -> ArchivedEvent? {
        try await store.event(at: numbers.real(sequence), of: tenant)
            .map { numbers.counted($0) }
    }

    func events(after position: JournalPosition, of tenant: TenantID, limit: Int) async throws(StoreError)
        -> FollowedEvents
    {
        let found =
            try await store
            .events(after: numbers.real(position), of: tenant, limit: limit)
        return FollowedEvents(
            events: found.events.map { followed in
                FollowedEvents.Followed(
                    event: numbers.counted(followed.event),
                    position: numbers.counted(followed.position)
                )
            },
            through: numbers.counted(found.through)
        )
    }

    func deliveries(matching filter: DeliveryFilter, after: DeliveryCursor?, limit: Int) async throws(StoreError)
        -> DeliveryPage
    {
        let archive = store
        return try await numbers.counted(
            archive.deliveries(matching: filter, after: after.map { numbers.real($0) }, limit: limit)
        )
    }

    func deliveries(
        matching filter: DeliveryFilter,
        untriedAt providers: [ProviderName],
        after: DeliveryCursor?,
        limit: Int
    ) async throws(StoreError) -> DeliveryPage {
        let archive = store
        return try await numbers.counted(
            archive.deliveries(
                matching: filter,
                untriedAt: providers,
                after: after.map { numbers.real($0) },
                limit: limit
            )
        )
    }

    func backlog(of provider: ProviderName) async throws(StoreError) -> Backlog {
        try await store.backlog(of: provider)
    }

    func backlogAges(of provider: ProviderName, at now: Timestamp) async throws(StoreError) -> BacklogAges {
        try await store.backlogAges(of: provider, at: now)
    }

    func waitingAdapters(of provider: ProviderName) async throws(StoreError) -> Set<AdapterName> {
        try await store.waitingAdapters(of: provider)
    }

    func providersWithBacklog() async throws(StoreError) -> [ProviderName] {
        try await store.providersWithBacklog()
    }

    func damage() async throws(StoreError) -> [ChunkDamage] {
        try await store.damage().map { numbers.counted($0) }
    }

    func newestAcceptance() async throws(StoreError) -> Timestamp? {
        try await store.newestAcceptance()
    }

    func notedTime() async throws(StoreError) -> Timestamp? {
        try await store.notedTime()
    }

    // MARK: RecordedTraffic and LedgerCounting

    func recorded(_ window: RecordedWindow, after position: JournalPosition?, limit: Int) async throws(StoreError)
        -> RecordedPiece
    {
        let piece = try await store.recorded(window, after: position.map { numbers.real($0) }, limit: limit)
        return RecordedPiece(
            events: piece.events.map { numbers.counted($0) },
            through: numbers.counted(piece.through),
            isLast: piece.isLast,
            damage: piece.damage.map { numbers.counted($0) }
        )
    }

    func ledgerCounts(_ window: RecordedWindow) async throws(StoreError) -> LedgerCounts {
        var counts = try await store.ledgerCounts(window)
        counts.damage = counts.damage.map { numbers.counted($0) }
        return counts
    }

    // MARK: LaneKeeping

    func start(_ lane: NewLane) async throws(StoreError) -> LaneStart {
        try await store.start(lane)
    }

    func lanes() async throws(StoreError) -> [Lane] { try await store.lanes() }

    func laneMarks() async throws(StoreError) -> [LaneMark] { try await store.laneMarks() }

    func lane(_ number: LaneNumber) async throws(StoreError) -> Lane? {
        try await store.lane(number)
    }

    func change(_ number: LaneNumber, _ change: LaneChange, by client: ClientName, at now: Timestamp)
        async throws(StoreError) -> LaneAnswer
    {
        try await store.change(number, change, by: client, at: now)
    }

    func lease(_ number: LaneNumber, taking membership: any LaneMembership) async throws(StoreError) -> AccountLease {
        try await store.lease(number, taking: membership)
    }

    func end(_ number: LaneNumber, under lease: AccountLease, at now: Timestamp) async throws(StoreError) -> LaneAnswer
    {
        try await store.end(number, under: lease, at: now)
    }

    // MARK: MigrationKeeping

    func migrationVersion() async throws(StoreError) -> Int64 { try await store.migrationVersion() }

    func migrationActs() async throws(StoreError) -> [MigrationAct] { try await store.migrationActs() }

    func append(_ act: MigrationAct, recording entry: AuditEntry) async throws(StoreError) -> Bool {
        try await store.append(act, recording: entry)
    }

    // MARK: ShadowCounting

    func shadowCounts() async throws(StoreError) -> [ShadowCount] {
        try await store.shadowCounts().map { count in
            ShadowCount(
                provider: count.provider,
                shadowClass: count.shadowClass,
                field: count.field,
                events: count.events,
                first: count.first,
                last: count.last,
                samples: count.samples.map { numbers.counted($0) }
            )
        }
    }

    func forgetShadowCounts(of provider: ProviderName) async throws(StoreError) {
        try await store.forgetShadowCounts(of: provider)
    }

    // MARK: JournalAdministration

    func count(_ revision: DeliveryRevision) async throws(StoreError) -> RevisionCount {
        try await store.count(revision)
    }

    func revise(_ revision: DeliveryRevision) async throws(StoreError) -> RevisionCount {
        try await store.revise(revision)
    }

    func record(_ lookup: RecordedLookup) async throws(StoreError) -> Bool {
        try await store.record(
            RecordedLookup(sequence: numbers.real(lookup.sequence), account: lookup.account, attempt: lookup.attempt)
        )
    }

    func revisions(of tenant: TenantID, limit: Int) async throws(StoreError) -> [RecordedRevision] {
        try await store.revisions(of: tenant, limit: limit)
    }

    func hold(_ provider: ProviderName, byOperator hold: OperatorHold?) async throws(StoreError) {
        try await store.hold(provider, byOperator: hold)
    }

    func removeSettled(acceptedBefore moment: Timestamp) async throws(StoreError) -> Int {
        try await store.removeSettled(acceptedBefore: moment)
    }

    // MARK: RetentionPinning

    func pin(_ pin: RetentionPin) async throws(StoreError) { try await store.pin(pin) }

    func unpin(_ name: String) async throws(StoreError) { try await store.unpin(name) }

    func pins() async throws(StoreError) -> [RetentionPin] { try await store.pins() }

    func removedThrough() async throws(StoreError) -> Timestamp? { try await store.removedThrough() }

    func note(_ time: Timestamp) async throws(StoreError) {
        try await store.note(time)
    }

    func unpinExpired(at now: Timestamp) async throws(StoreError) {
        try await store.unpinExpired(at: now)
    }

    // MARK: AuditRecording

    func record(_ entry: AuditEntry) async throws(StoreError) {
        try await store.record(entry)
    }

    func auditLog(_ filter: AuditFilter, before: Int64?, limit: Int) async throws(StoreError) -> [RecordedAuditEntry] {
        try await store.auditLog(filter, before: before, limit: limit)
    }

    func removeAuditEntries(before timestamp: Timestamp) async throws(StoreError) -> Int {
        try await store.removeAuditEntries(before: timestamp)
    }

    var acceptedSinceOpening: [ProviderName: Int] { store.acceptedSinceOpening }
}
