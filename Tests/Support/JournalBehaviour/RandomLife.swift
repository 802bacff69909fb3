import Events
import Journal
import Randomness

extension StoreBehaviour {
    /// A store agrees with ``StoreModel`` whatever is asked of it, in whatever order, with crashes in between.
    ///
    /// - Parameter seed: decides all that happens; a failure names it.
    package static func randomLife(seed: UInt64) -> StoreCheck {
        StoreCheck("agrees with a simple model in a random life, seed \(seed)") { store, fixture in
            var life = RandomLife(store: store, fixture: fixture, generator: SplitMix(seed: seed))
            for _ in 0..<400 { try await life.step() }
            try await life.finish()
            return life.store
        }
    }
}

/// Does one thing after the other to a store and to a model, and compares.
private struct RandomLife {
    var store: any EventStore
    let fixture: any StoreFixture
    var generator: SplitMix
    var model = StoreModel()

    mutating func step() async throws {
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<30: try await append()
        case 30..<50: try await claim(anyProvider())
        case 50..<62: try await settleRun(anyProvider())
        case 62..<74: try await settleExceptions(anyProvider())
        case 74..<78: try await giveBack(anyProvider())
        case 78..<80: try await takeOver(anyProvider())
        case 80..<85: try await intend(anyProvider())
        case 85..<93: try await claimDue(anyProvider())
        case 93..<97: try await compare()
        default: try await crash()
        }
    }

    /// Ends with a crash, after which everything must still agree.
    mutating func finish() async throws {
        try await compare()
        try await crash()
        try await compare()
        for provider in StoreModel.providers {
            let limit = BlockLimit(events: 10_000, bytes: 1 << 30)
            let rest = try await store.claimAll(for: provider, limit: limit).sequences
            try expect(rest, model.claimable(by: provider), "all that is left for \(provider)")
        }
    }

    private mutating func anyProvider() -> ProviderName {
        StoreModel.providers[Int.random(in: 0..<StoreModel.providers.count, using: &generator)]
    }

    private mutating func some(of sequences: [SequenceNumber]) -> [SequenceNumber] {
        sequences.filter { _ in Int.random(in: 0..<3, using: &generator) == 0 }
    }

    // MARK: What may happen

    private mutating func append() async throws {
        let plans = [Sample.lago, Sample.polar, Sample.both]
        let events = (0..<Int.random(in: 1...8, using: &generator)).map { _ in
            let id = Int.random(in: 1...300, using: &generator)
            let isOther = Int.random(in: 0..<12, using: &generator) == 0
            let plan = plans[Int.random(in: 0..<3, using: &generator)]
            return Sample.event("event-\(id)", name: isOther ? "other" : "api_request", plan: plan)
        }
        let policy = AppendRequest.Policy.allCases.randomElement(using: &generator) ?? .each
        let results = try await store.append(AppendRequest(events: events, policy: policy))
        try expect(results, model.append(events, policy), "results of an append")
    }

    private mutating func claim(_ provider: ProviderName) async throws {
        let limit = BlockLimit(events: Int.random(in: 1...20, using: &generator), bytes: 1 << 20)
        let block = try await store.claimBlock(for: provider, limit: limit)
        let found = block?.deliveries.sequences ?? []
        let expected = model.claimable(by: provider)
        try expect(found.isEmpty, expected.isEmpty, "whether there is something for \(provider)")
        // A block may end earlier than its limit.
        try expect(found, Array(expected.prefix(found.count)), "a block for \(provider)")
        try expect(found.count <= limit.events, true, "the limit of a block")
        model.claimed(found, by: provider)
    }

    private mutating func settleRun(_ provider: ProviderName) async throws {
        guard let block = model.openBlocks(of: provider).randomElement(using: &generator) else { return }
        let start = Int.random(in: 0..<block.count, using: &generator)
        let end = Int.random(in: (start + 1)...block.count, using: &generator)
        let run = Array(block[start..<end])
        try await store.settleDelivered(run, at: provider)
        model.settled(run, at: provider, as: .delivered, due: nil)
    }

    private mutating func settleExceptions(_ provider: ProviderName) async throws {
        let chosen = some(of: model.claims(of: provider))
        let statuses: [DeliveryStatus] = [.retrying, .retrying, .rejected, .uncertain, .delivered, .skipped]
        let status = statuses[Int.random(in: 0..<statuses.count, using: &generator)]
        let seconds = Int.random(in: 0...100, using: &generator)
        let due = status == .retrying ? Sample.accepted + .seconds(seconds) : nil
        guard !chosen.isEmpty else { return }
        try await store.settle(chosen, at: provider, as: status, nextAttemptAt: due, fault: nil)
        model.settled(chosen, at: provider, as: status, due: due)
    }

    private mutating func giveBack(_ provider: ProviderName) async throws {
        let unsent = some(of: model.claims(of: provider))
        try await store.giveBack(provider, unsent: unsent)
        try await beginNextLease(of: provider, unsent: unsent)
    }

    /// The lease is lost with all that was claimed under it.
    private mutating func takeOver(_ provider: ProviderName) async throws {
        let old = try await store.heldLease(of: provider)
        let new = try await store.lease(provider)
        try await StoreBehaviour.expectLost("settle") {
            let lost = SettledDelivery(sequence: 1, status: .rejected)
            try await store.settle(Settlement(provider: provider, exceptions: [lost]), under: old)
        }
        try await store.giveBack(new, unsent: [])
        try await beginNextLease(of: provider, unsent: [])
    }

    private mutating func beginNextLease(of provider: ProviderName, unsent: [SequenceNumber]) async throws {
        model.leaseEnded(of: provider, unsent: unsent)
        let found = try await store.claimInterrupted(for: provider).sequences
        try expect(found, model.claimInterrupted(for: provider), "what the end of a lease interrupted for \(provider)")
    }

    private mutating func intend(_ provider: ProviderName) async throws {
        let chosen = some(of: model.claims(of: provider))
        try await store.send(chosen, to: provider)
        model.intended(chosen, at: provider)
    }

    private mutating func claimDue(_ provider: ProviderName) async throws {
        let now = Sample.accepted + .seconds(Int.random(in: 0...100, using: &generator))
        let limit = Int.random(in: 1...10, using: &generator)
        if let due = model.nextDue(for: provider) {
            try expect(store.nextDue(for: provider).map { $0 <= due }, true, "\(provider) is due in time")
        }
        let found = try await store.claimDue(for: provider, at: now, limit: limit).sequences
        try expect(found, model.claimDue(for: provider, at: now, limit: limit), "what is due for \(provider)")
        // A claim that leaves nothing behind knows the time of the next exactly.
        if found.count < limit {
            try expect(store.nextDue(for: provider), model.nextDue(for: provider), "when \(provider) is due next")
        }
    }

    private mutating func crash() async throws {
        store = Bool.random(using: &generator) ? try await fixture.crash(store) : try await fixture.restart(store)
        model.crashed()
        for provider in StoreModel.providers {
            let found = try await store.claimInterrupted(for: provider).sequences
            try expect(found, model.claimInterrupted(for: provider), "what a crash interrupted for \(provider)")
        }
    }

    private mutating func compare() async throws {
        try expect(try await store.newestPosition(), JournalPosition(model.newest), "the newest event")
        for provider in StoreModel.providers {
            let backlog = try await store.backlog(of: provider).events
            try expect(backlog, model.backlog(of: provider), "the backlog of \(provider)")
        }
        for (id, expected) in model.statuses.shuffled(using: &generator).prefix(10) {
            try expect(try await store.statuses(of: id), expected, "the deliveries of \(id)")
        }
    }
}
