import Events
import Journal
import Randomness

extension StoreBehaviour {
    /// Searches and name counts agree with a look at each event, whatever is asked, while events come in any order of time, are
    /// delivered and removed, with restarts and crashes in between.
    ///
    /// - Parameter seed: decides all that happens; a failure names it.
    package static func randomSearches(seed: UInt64) -> StoreCheck {
        StoreCheck("finds what a look at each event finds, seed \(seed)") { store, fixture in
            var life = RandomSearches(store: store, fixture: fixture, generator: SplitMix(seed: seed))
            for _ in 0..<110 { try await life.step() }
            return life.store
        }
    }
}

/// Changes a store, asks it for events, and goes through all of them by their numbers to see whether the answer is right.
private struct RandomSearches {
    var store: any EventStore
    let fixture: any StoreFixture
    var generator: SplitMix
    private var steps = 0
    private var stored = 0

    init(store: any EventStore, fixture: any StoreFixture, generator: SplitMix) {
        self.store = store
        self.fixture = fixture
        self.generator = generator
    }

    private static let tenants: [TenantID] = ["shop", "bank"]
    private static let words = ["", "a", "b", "ab", "ä", "a rather long text with a number in it: 1"]

    mutating func step() async throws {
        steps += 1
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<45: try await append()
        case 45..<53: try await settle()
        case 53..<57: try await remove()
        case 57..<61: store = try await fixture.crash(store)
        case 61..<65: store = try await fixture.restart(store)
        case 65..<80: try await compareSearch()
        case 80..<90: try await comparePages()
        default: try await compareNames()
        }
    }

    // MARK: What may happen

    private mutating func append() async throws {
        let plans = [Sample.lago, Sample.polar, Sample.both]
        let events = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
            stored += 1
            let seconds = Int.random(in: -30...30, using: &generator)
            return AcceptedEvent(
                CanonicalEvent(
                    name: "name-\(Int.random(in: 0..<4, using: &generator))",
                    customerID: maybeWord(),
                    subscriptionID: maybeWord(),
                    timestamp: Sample.accepted + .seconds(seconds),
                    source: maybeWord()
                ),
                id: EventID("event-\(stored)"),
                in: Submission(
                    tenant: Self.tenants[Int.random(in: 0..<6, using: &generator) / 5],
                    client: Bool.random(using: &generator) ? "web" : "cron",
                    acceptedAt: Sample.accepted + .seconds(steps),
                    plan: plans[Int.random(in: 0..<3, using: &generator)]
                )
            )
        }
        try await store.store(events)
    }

    private mutating func settle() async throws {
        for provider in ["lago", "polar"] as [ProviderName] {
            let limit = BlockLimit(events: Int.random(in: 1...60, using: &generator), bytes: 1 << 20)
            guard let block = try await store.claimBlock(for: provider, limit: limit) else { continue }
            var sequences = block.deliveries.sequences
            if Int.random(in: 0..<4, using: &generator) == 0 {
                let rejected = sequences.removeLast()
                try await store.settle([rejected], at: provider, as: .rejected)
            }
            if !sequences.isEmpty { try await store.settleDelivered(sequences, at: provider) }
        }
    }

    private mutating func remove() async throws {
        let before = Sample.accepted + .seconds(Int.random(in: 0...steps, using: &generator))
        _ = try await store.removeSettled(acceptedBefore: before)
    }

    // MARK: Comparing

    private mutating func compareSearch() async throws {
        let (filter, tenant) = (anyFilter(), anyTenant())
        let order: EventSearch.Order = Bool.random(using: &generator) ? .newestFirst : .oldestFirst
        let limit = Int.random(in: 4...25, using: &generator)
        let all = try await matching(filter, of: tenant)
        let sorted = order == .oldestFirst ? all : all.reversed()
        var found: [ArchivedEvent] = []
        var cursor: EventCursor?
        repeat {
            let search = EventSearch(filter, order: order, after: cursor, limit: limit, wantsTotal: true)
            let page = try await store.search(search, of: tenant)
            try expect(page.total, all.count, "the total")
            try expect(page.events.count <= limit, true, "a page keeps to its limit")
            found += page.events
            cursor = page.next
        } while cursor != nil && found.count <= all.count
        try expect(found.map(\.sequence), sorted.map(\.sequence), "the events, \(order)")
        try expect(found.map(\.deliveries), sorted.map(\.deliveries), "their deliveries")
        try await compareParts(filter, tenant, order, limit, sorted)
    }

    private mutating func compareParts(
        _ filter: EventFilter,
        _ tenant: TenantID,
        _ order: EventSearch.Order,
        _ limit: Int,
        _ sorted: [ArchivedEvent]
    ) async throws {
        guard !sorted.isEmpty else { return }
        let end = Int.random(in: 0..<sorted.count, using: &generator)
        let skip = Int.random(in: 0...sorted.count, using: &generator)
        let until = EventCursor(timestamp: sorted[end].event.timestamp, sequence: sorted[end].sequence)
        let search = EventSearch(filter, order: order, until: until, skip: skip, limit: limit)
        let page = try await store.search(search, of: tenant)
        let expected = sorted[..<end].dropFirst(skip)
        // A page may end before its limit, for its bytes or its time, but then says that more follow.
        let count = page.hasMore ? page.events.count : min(limit, expected.count)
        try expect(page.events.map(\.sequence), expected.prefix(count).map(\.sequence), "a part of the events")
        if page.stoppedAt == nil { try expect(page.hasMore, expected.count > count, "whether more follow") }
    }

    /// Follows the cursors of pages that may end early, and expects every event once, in order.
    private mutating func comparePages() async throws {
        let (filter, tenant) = (anyFilter(), anyTenant())
        let order: EventSearch.Order = Bool.random(using: &generator) ? .newestFirst : .oldestFirst
        let limit = Int.random(in: 1...9, using: &generator)
        let all = try await matching(filter, of: tenant)
        var found: [SequenceNumber] = []
        var (cursor, pages): (EventCursor?, Int) = (nil, 0)
        repeat {
            let page = try await store.search(
                EventSearch(filter, order: order, after: cursor, limit: limit),
                of: tenant
            )
            found += page.events.map(\.sequence)
            if let stopped = page.stoppedAt {
                try expect(cursor.map { $0 == stopped } ?? false, false, "a search that is stopped has come further")
            }
            (cursor, pages) = (page.next, pages + 1)
        } while cursor != nil && pages < 10_000
        let sorted = order == .oldestFirst ? all : all.reversed()
        try expect(found, sorted.map(\.sequence), "the events of all pages, \(order)")
    }

    private mutating func compareNames() async throws {
        let (filter, tenant) = (anyFilter(), anyTenant())
        var expected: [String: [Timestamp]] = [:]
        for event in try await matching(filter, of: tenant) {
            expected[event.event.name, default: []].append(event.event.timestamp)
        }
        let summaries = expected.sorted { $0.key < $1.key }.map { name, times in
            EventNameSummary(name: name, count: times.count, firstSeen: times[0], lastSeen: times[times.count - 1])
        }
        let limit = Int.random(in: 1...4, using: &generator)
        var found: [EventNameSummary] = []
        var after: String?
        repeat {
            let page = try await store.names(filter, of: tenant, after: after, limit: limit)
            try expect(page.names.count <= limit, true, "a page of names keeps to its limit")
            found += page.names
            after = page.next
        } while after != nil
        try expect(found, summaries, "the names")
    }

    /// The tenant's events that a filter takes, in the order of their time.
    private func matching(_ filter: EventFilter, of tenant: TenantID) async throws -> [ArchivedEvent] {
        var found: [ArchivedEvent] = []
        let newest = try await store.newestPosition().number().rawValue
        for sequence in 1..<max(2, newest + 1) {
            guard let event = try await store.event(at: SequenceNumber(sequence), of: tenant) else { continue }
            if filter.takes(event) { found.append(event) }
        }
        return found.sorted { ($0.event.timestamp, $0.sequence) < ($1.event.timestamp, $1.sequence) }
    }

    private mutating func anyTenant() -> TenantID {
        Int.random(in: 0..<12, using: &generator) == 0
            ? "nobody" : Self.tenants[Int.random(in: 0..<2, using: &generator)]
    }

    private mutating func maybeWord() -> String? {
        Bool.random(using: &generator) ? Self.words[Int.random(in: 0..<Self.words.count, using: &generator)] : nil
    }

    private mutating func someWords() -> [String] {
        guard Int.random(in: 0..<4, using: &generator) == 0 else { return [] }
        return (0..<Int.random(in: 1...3, using: &generator)).map { _ in maybeWord() ?? "unknown" }
    }

    private mutating func anyFilter() -> EventFilter {
        func one(in most: Int) -> Bool { Int.random(in: 0..<most, using: &generator) == 0 }
        var filter = EventFilter(customerIDs: someWords(), subscriptionIDs: someWords(), sources: someWords())
        if one(in: 4) { filter.names = ["name-1", "name-3", "name-9"] }
        if one(in: 3) { filter.from = Sample.accepted + .seconds(Int.random(in: -30...20, using: &generator)) }
        if one(in: 3) { filter.before = Sample.accepted + .seconds(Int.random(in: -20...31, using: &generator)) }
        if one(in: 5) { filter.provider = "polar" }
        if one(in: 7) { filter.deliveryStatuses = one(in: 2) ? [.rejected] : [.pending, .delivered] }
        if one(in: 8) { filter.condition = { $0.id.rawValue.hasSuffix("3") } }
        if one(in: 12) { filter.ids = ["event-1", "event-40", "event-70", "nothing"] }
        return filter
    }
}

extension EventFilter {
    /// The meaning of a filter, once more and as plainly as possible.
    fileprivate func takes(_ archived: ArchivedEvent) -> Bool {
        let event = archived.event
        func isWanted(_ text: String?, _ wanted: [String]) -> Bool {
            wanted.isEmpty || text.map(wanted.contains) ?? false
        }
        guard isWanted(event.name, names), isWanted(event.customerID, customerIDs),
            isWanted(event.subscriptionID, subscriptionIDs), isWanted(event.source, sources),
            ids.isEmpty || ids.contains(event.id)
        else { return false }
        if let from, event.timestamp < from { return false }
        if let before, event.timestamp >= before { return false }
        if let condition, !condition(event) { return false }
        return (provider == nil && deliveryStatuses.isEmpty)
            || archived.deliveries.contains { delivery in
                (provider == nil || delivery.provider == provider)
                    && (deliveryStatuses.isEmpty || deliveryStatuses.contains(delivery.status))
            }
    }
}
