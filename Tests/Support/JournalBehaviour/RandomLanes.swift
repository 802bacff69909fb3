import Events
import Journal
import Randomness

extension StoreBehaviour {
    /// Whatever lanes are started, cancelled and interrupted, each event is delivered once at their provider in the end.
    ///
    /// - Parameter seed: decides all that happens; a failure names it.
    package static func randomLanes(seed: UInt64) -> StoreCheck {
        StoreCheck("delivers each event once at a provider by random lanes, seed \(seed)") { store, fixture in
            var lanes = RandomLanes(store: store, fixture: fixture, generator: SplitMix(seed: seed))
            for _ in 0..<200 { try await lanes.step() }
            try await lanes.finish()
            return lanes.store
        }
    }
}

/// Starts and ends lanes while events come, and keeps a list of what was sent.
private struct RandomLanes {
    var store: any EventStore
    let fixture: any StoreFixture
    var generator: SplitMix
    private var events = 0
    private var lane: (number: LaneNumber, lease: AccountLease)?
    private var claimed: [SequenceNumber] = []
    /// What was delivered, and what is rejected for good.
    private var sent: [SequenceNumber] = []
    private var rejected: Set<SequenceNumber> = []

    init(store: any EventStore, fixture: any StoreFixture, generator: SplitMix) {
        self.store = store
        self.fixture = fixture
        self.generator = generator
    }

    mutating func step() async throws {
        switch Int.random(in: 0..<20, using: &generator) {
        case 0..<6: try await append()
        case 6..<8: try await start()
        case 8..<12: try await claim()
        case 12..<16: try await settle()
        case 16: try await retry()
        case 17: try await end()
        case 18: try await live()
        default: try await crash()
        }
    }

    /// Delivers what is left, and looks at each event.
    mutating func finish() async throws {
        try await crash()
        try await live()
        if lane != nil { try await cancel() }
        let last = try await store.started(Sample.lane())
        let lease = try await store.lease(last.number, taking: Sample.Taking())
        let rest = try await store.claimAll(under: lease, limit: .few(5)).sequences
        sent += rest
        if !rest.isEmpty { try await store.settleDelivered(rest, under: lease) }
        let counts = Dictionary(grouping: sent, by: { $0 }).mapValues(\.count)
        for number in 0..<events {
            let sequence = SequenceNumber(Int64(number + 1))
            let expected = rejected.contains(sequence) ? 0 : 1
            try expect(counts[sequence, default: 0], expected, "deliveries of event \(sequence)")
            let event = try require(try await store.event(at: sequence, of: "shop"), "event \(sequence)")
            let shown = event.deliveries.count { $0.provider == "polar" && $0.status == .delivered }
            try expect(shown, expected, "deliveries that are shown of event \(sequence)")
        }
    }

    private mutating func append() async throws {
        let count = Int.random(in: 1...6, using: &generator)
        let first = events + 1 + Int.random(in: 0...3, using: &generator)
        try await store.store(
            StoreBehaviour.mixed(first...(first + count - 1)).enumerated().map { offset, event in
                Sample.event("id-\(events + offset + 1)", plan: event.plan)
            }
        )
        events += count
    }

    private mutating func start() async throws {
        switch try await store.start(Sample.lane()) {
        case .started(let started):
            try expect(lane == nil, true, "no lane is active")
            lane = (started.number, try await store.lease(started.number, taking: Sample.Taking()))
        case .overlaps(let active): try expect(active.number, lane?.number ?? 0, "the active lane")
        }
    }

    private mutating func claim() async throws {
        guard let lane else { return }
        let limit = BlockLimit.few(Int.random(in: 1...9, using: &generator))
        claimed += try await store.claimBlock(under: lane.lease, limit: limit)?.deliveries.sequences ?? []
    }

    private mutating func settle() async throws {
        guard let lane else { return }
        let some = claimed.filter { _ in Bool.random(using: &generator) }
        guard !some.isEmpty else { return }
        claimed.removeAll { some.contains($0) }
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: try await store.settle(some, under: lane.lease, as: .retrying, due: Sample.accepted)
        case 1:
            try await store.settle(some, under: lane.lease, as: .rejected)
            rejected.formUnion(some)
        default:
            try await store.settleDelivered(some.sorted(), under: lane.lease)
            sent += some
        }
    }

    private mutating func retry() async throws {
        guard let lane else { return }
        claimed += try await store.claimDue(under: lane.lease, at: Sample.accepted, limit: .few(3)).sequences
    }

    /// Live deliveries go on beside.
    private mutating func live() async throws {
        let block = try await store.claimAll(for: "polar")
        let own = block.filter { $0.destination.mode != .shadow }.sequences
        let shadow = block.filter { $0.destination.mode == .shadow }.sequences
        if !own.isEmpty { try await store.settleDelivered(own, at: "polar") }
        if !shadow.isEmpty {
            let run = SkippedRun(sequences: shadow, at: Sample.accepted)
            try await store.settle(Settlement(provider: "polar", skipped: [run]))
        }
        sent += own
    }

    private mutating func end() async throws {
        guard let lane else { return }
        if Bool.random(using: &generator) { return try await cancel() }
        _ = try await store.changed(lane.number, .fixEnd)
        switch try await store.end(lane.number, under: lane.lease, at: Sample.accepted) {
        case .changed:
            try expect(claimed, [], "nothing is claimed of a lane that has ended")
            // What is due again is delivered under a lease of the lane that is over.
            let lease = try await store.lease(lane.number, taking: Sample.Taking())
            let due = try await store.claimDue(under: lease, at: Sample.accepted, limit: Sample.many).sequences
            if !due.isEmpty { try await store.settleDelivered(due, under: lease) }
            sent += due
            self.lane = nil
        case .unfinished: break
        case .refused, .unknown: throw BrokenPromise(description: "a running lane cannot be ended")
        }
    }

    private mutating func cancel() async throws {
        guard let lane else { return }
        _ = try await store.changed(lane.number, .cancel)
        let lease = try await store.lease(lane.number, taking: Sample.Taking())
        guard case .changed = try await store.end(lane.number, under: lease, at: Sample.accepted) else {
            throw BrokenPromise(description: "a cancelled lane did not end")
        }
        claimed = []
        self.lane = nil
    }

    private mutating func crash() async throws {
        store = try await Bool.random(using: &generator) ? fixture.crash(store) : fixture.restart(store)
        claimed = []
        if let number = lane?.number { lane = (number, try await store.lease(number, taking: Sample.Taking())) }
    }
}
