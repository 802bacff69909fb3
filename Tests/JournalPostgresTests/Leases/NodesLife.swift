import Events
import Journal
import JournalBehaviour
import PostgresServer
import Randomness
import TestSupport
import Testing

@testable import JournalPostgres

/// Does one thing after the other to several stores on one schema, and to a model that knows who owns what, and compares.
struct NodesLife {
    private var stores: [PostgresEventStore] = []
    private let journal: TestJournal
    private var random: SplitMix
    private var model = NodesModel()
    private let accepted = Timestamp(milliseconds: 1_750_000_000_000)

    init(seed: UInt64, nodes: Int) async throws {
        random = SplitMix(seed: seed)
        // A node is silent only when the test says so.
        journal = try await TestJournal { settings in
            settings.lease = .seconds(60)
            settings.outagePatience = .seconds(600)
        }
        for _ in 0..<nodes { stores.append(try await journal.open()) }
    }

    func close() async {
        for store in stores { await store.close() }
    }

    mutating func step() async throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<25: try await append()
        case 25..<35: try await take(anyProvider())
        case 35..<40: try await letGo(anyProvider())
        case 40..<43: try await bury()
        case 43..<45: try await fallSilent()
        case 45..<60: try await claim(anyProvider())
        case 60..<72: try await settle(anyProvider())
        case 72..<78: try await intend(anyProvider())
        case 78..<86: try await claimDue(anyProvider())
        case 86..<94: try await doSomethingTooLate()
        default: try await compare()
        }
    }

    /// In the end, somebody delivers all.
    mutating func finish() async throws {
        for provider in NodesModel.providers {
            try await take(provider)
            let owner = try #require(model.owners[provider])
            let store = stores[owner.node]
            _ = try await store.newestPosition()
            var rest: [SequenceNumber] = []
            while let block = try await store.claimBlock(under: owner.lease, limit: Self.many) {
                rest += block.deliveries.map(\.sequence)
            }
            #expect(rest.sorted() == model.claimable(by: provider))
        }
        try await compare()
    }

    private static let many = BlockLimit(events: 1000, bytes: 1 << 30)

    private mutating func anyProvider() -> ProviderName {
        NodesModel.providers[Int.random(in: 0..<NodesModel.providers.count, using: &random)]
    }

    private mutating func anyNode() -> Int { Int.random(in: 0..<stores.count, using: &random) }

    private mutating func some(of sequences: [SequenceNumber]) -> [SequenceNumber] {
        sequences.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
    }

    // MARK: - What may happen

    private mutating func append() async throws {
        let plans = [["lago"], ["polar"], ["lago", "polar"]].map { (names: [String]) in
            Plan(
                route: nil,
                destinations: names.map { Destination(provider: ProviderName($0), adapter: "a", mode: .primary) }
            )
        }
        let plan = plans[Int.random(in: 0..<3, using: &random)]
        let ids = Set(
            (0..<Int.random(in: 1...6, using: &random)).map { _ in "event-\(Int.random(in: 1...300, using: &random))" }
        )
        let store = stores[anyNode()]
        let events = ids.sorted().map { id in TestJournal.event(id, plan: plan) }
        let results = try await store.append(AppendRequest(events: events, policy: .each))
        for (event, result) in zip(events, results) {
            switch (model.events[event.id.rawValue], result) {
            case (nil, .stored(let sequence)): model.stored(event.id.rawValue, sequence, plan)
            case (let known?, .duplicate(let sequence, _)): #expect(known == sequence, "\(event.id)")
            case (_, let other): Issue.record("\(event.id) was answered \(other)")
            }
        }
    }

    private mutating func take(_ provider: ProviderName) async throws {
        let node = anyNode()
        if let owner = model.owners[provider], owner.node != node { return }
        let lease = try await stores[node].lease(provider)
        model.ended(provider)
        if let known = model.ended.last(where: { $0.lease.provider == provider }) {
            #expect(lease.epoch > known.lease.epoch, "epochs rise")
        }
        model.owners[provider] = NodesModel.Owner(node: node, lease: lease)
        let interrupted = try await stores[node].claimInterrupted(under: lease).map(\.sequence)
        #expect(interrupted.sorted() == model.interrupted(provider), "what may have been sent to \(provider)")
        model.change(interrupted, at: provider) { $0.isClaimed = true }
    }

    private mutating func letGo(_ provider: ProviderName) async throws {
        guard let owner = model.owners[provider] else { return }
        let unsent = some(of: model.claims(of: provider))
        try await stores[owner.node].giveBack(owner.lease, unsent: unsent)
        model.ended(provider, unsent: unsent)
    }

    /// Others take a node off the list, whatever it is doing.
    private mutating func bury() async throws {
        let node = anyNode()
        guard let number = stores[node].ledger.keeper.node else { return }
        let free = Statement.freeWhatTheBuriedHeld.map(\.text).joined(separator: "; ")
        try await journal.server.run("DELETE FROM nodes WHERE node = \(number); \(free)", schema: journal.schema)
        for (provider, owner) in model.owners where owner.node == node { model.ended(provider) }
    }

    /// A node is silent for the lease time, and others notice.
    private mutating func fallSilent() async throws {
        let node = anyNode()
        guard stores.count > 1, let number = stores[node].ledger.keeper.node else { return }
        let expire = "UPDATE nodes SET expires_at = now() - interval '1 s' WHERE node = \(number)"
        try await waitUntil("node \(number) is buried") {
            // A heartbeat that comes before the burial keeps the node alive.
            try await journal.server.run(expire, schema: journal.schema)
            let left =
                "SELECT node FROM nodes WHERE node = \(number) UNION SELECT node FROM accounts WHERE node = \(number)"
            return try await journal.server.run(left, schema: journal.schema).isEmpty
        }
        for (provider, owner) in model.owners where owner.node == node { model.ended(provider) }
    }

    private mutating func claim(_ provider: ProviderName) async throws {
        guard let owner = model.owners[provider] else { return }
        let store = stores[owner.node]
        // What others have appended is known here a moment later, or when it is asked for.
        _ = try await store.newestPosition()
        let limit = BlockLimit(events: Int.random(in: 1...20, using: &random), bytes: 1 << 20)
        let found = try await store.claimBlock(under: owner.lease, limit: limit)?.deliveries.map(\.sequence) ?? []
        let expected = model.claimable(by: provider)
        #expect(found.isEmpty == expected.isEmpty, "whether there is something for \(provider)")
        #expect(Set(found).isSubset(of: expected) && Set(found).count == found.count, "a block for \(provider)")
        #expect(found == found.sorted())
        model.change(found, at: provider) { $0.isClaimed = true }
    }

    private mutating func settle(_ provider: ProviderName) async throws {
        guard let owner = model.owners[provider] else { return }
        let chosen = some(of: model.claims(of: provider))
        guard !chosen.isEmpty else { return }
        let statuses: [DeliveryStatus] = [.delivered, .retrying, .rejected, .uncertain]
        let status = statuses[Int.random(in: 0..<statuses.count, using: &random)]
        let due = status == .retrying ? accepted + .seconds(Int.random(in: 0...100, using: &random)) : nil
        try await stores[owner.node].settle(
            Self.settlement(chosen, at: provider, as: status, due: due),
            under: owner.lease
        )
        model.settled(chosen, at: provider, as: status, due: due)
    }

    private static func settlement(
        _ sequences: [SequenceNumber],
        at provider: ProviderName,
        as status: DeliveryStatus,
        due: Timestamp? = nil
    ) -> Settlement {
        let attempt = Attempt(at: Timestamp(milliseconds: 1), latency: .zero, httpStatus: 200, status: status)
        return Settlement(
            provider: provider,
            exceptions: sequences.map {
                SettledDelivery(sequence: $0, status: status, newAttempts: [attempt], nextAttemptAt: due)
            }
        )
    }

    private mutating func intend(_ provider: ProviderName) async throws {
        guard let owner = model.owners[provider] else { return }
        let chosen = some(of: model.claims(of: provider))
        try await stores[owner.node].intend(chosen, under: owner.lease)
        model.change(chosen, at: provider) { $0.isIntended = true }
    }

    private mutating func claimDue(_ provider: ProviderName) async throws {
        guard let owner = model.owners[provider] else { return }
        let now = accepted + .seconds(Int.random(in: 0...100, using: &random))
        let limit = BlockLimit(events: Int.random(in: 1...10, using: &random), bytes: 1 << 30)
        let found = try await stores[owner.node].claimDue(under: owner.lease, at: now, limit: limit).map(\.sequence)
        #expect(found == Array(model.due(provider, at: now).prefix(limit.events)), "what is due for \(provider)")
        model.change(found, at: provider) { $0.isClaimed = true }
    }

    /// Whoever has lost a lease does not know it at once, and changes nothing.
    private mutating func doSomethingTooLate() async throws {
        guard let (node, lease) = model.ended.randomElement(using: &random) else { return }
        let store = stores[node]
        let sequences = some(of: model.select(lease.provider) { _ in true })
        let choice = Int.random(in: 0..<5, using: &random)
        let settlement = Self.settlement(sequences, at: lease.provider, as: .delivered)
        await #expect(throws: StoreError.leaseLost) {
            switch choice {
            case 0 where !sequences.isEmpty: try await store.settle(settlement, under: lease)
            case 1 where !sequences.isEmpty: try await store.intend(sequences, under: lease)
            case 2: _ = try await store.claimDue(under: lease, at: accepted + .seconds(1000), limit: Self.many)
            case 3: try await store.hold(nil, under: lease)
            default: try await store.giveBack(lease, unsent: sequences)
            }
        }
    }

    private mutating func compare() async throws {
        let store = stores[anyNode()]
        for provider in NodesModel.providers {
            let backlog = try await store.backlog(of: provider).events
            #expect(backlog == model.waiting(for: provider), "the backlog of \(provider)")
        }
        for (id, sequence) in model.events.sorted(by: { $0.key < $1.key }).shuffled(using: &random).prefix(5) {
            let found = try #require(try await store.events(withID: EventID(id), of: "shop").first, "\(id)")
            #expect(found.sequence == sequence)
            for delivery in found.deliveries {
                #expect(
                    delivery.status == model.status(of: sequence, at: delivery.provider),
                    "\(id) at \(delivery.provider)"
                )
            }
        }
    }
}
