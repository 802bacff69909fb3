import Events
import Journal

extension StoreBehaviour {
    static let lanes: [StoreCheck] = [
        StoreCheck("takes into a lane what no plan sends to its provider, each event once, also over a crash") {
            store,
            fixture in
            try await store.store(mixed(1...8))
            let lane = try await store.started(Sample.lane())
            let lease = try await store.lease(lane.number, taking: Sample.Taking())
            let first = try require(try await store.claimBlock(under: lease, limit: .few(2)), "the first block")
            try expect(first.deliveries.ids, ["event-1", "event-3"], "neither live nor before")
            try expect(first.deliveries.map(\.destination.adapter), ["polar", "polar"], "the lane's destination")
            try await store.settleDelivered([first.deliveries[1].sequence], under: lease)
            let reopened = try await fixture.crash(store)
            let again = try await reopened.lease(lane.number, taking: Sample.Taking())
            let rest = try await reopened.claimAll(under: again)
            try expect(rest.ids, ["event-1", "event-4", "event-5", "event-7", "event-8"], "what has no outcome")
            try await reopened.settleDelivered(rest.sequences, under: again)
            try await reopened.finish(lane.number, under: again)
            let closed = try await fixture.restart(reopened)
            for (id, count) in [("event-1", 1), ("event-2", 0), ("event-3", 1), ("event-6", 0), ("event-8", 1)] {
                let sent = try await closed.deliveries(of: id).filter { $0.lane == lane.number }
                try expect(sent.map(\.status), Array(repeating: .delivered, count: count), "the lane's for \(id)")
            }
            let ended = try require(try await closed.lane(lane.number), "the lane")
            try expect(ended.state, .done, "its state")
            try expect(ended.counts.statuses, [.delivered: 6], "what became of it")
            try expect(ended.progress, LaneProgress(walked: 8, ahead: 0, hasEnd: true), "how far it came")
            return closed
        },
        StoreCheck("leaves the live deliveries of a lane's provider alone") { store, _ in
            try await store.store(mixed(1...8))
            let lane = try await store.started(Sample.lane())
            let lease = try await store.lease(lane.number, taking: Sample.Taking())
            let taken = try await store.claimAll(under: lease).sequences
            try await store.settle([taken[0]], under: lease, as: .retrying, due: Sample.accepted)
            try expect(
                try await store.claimAll(for: "polar").ids,
                ["event-2", "event-3", "event-6", "event-7"],
                "live"
            )
            try expect(try await store.backlog(of: "polar").events, 4, "the backlog")
            try expect(try await store.claimDue(for: "polar", at: Sample.accepted, limit: 9).count, 0, "live retries")
            let due = try await store.claimDue(under: lease, at: Sample.accepted, limit: Sample.many)
            try expect(due.ids, ["event-1"], "the lane's retry")
            try expect(due.map(\.destination.adapter), ["polar"], "where it goes")
            try expect(due.map(\.attempts), [1], "its attempts")
            try expect(try await store.providersWithBacklog(), ["lago", "polar"], "providers, and no lane")
            return store
        },
        StoreCheck("does not show an event of somebody else that lies between a lane's events") { store, fixture in
            try await store.store(Sample.events(1...30))
            let lane = try await store.started(Sample.lane())
            let odd = Sample.Taking { Int($0.id.rawValue.dropFirst(6)).map { $0 % 3 == 1 } ?? false }
            let lease = try await store.lease(lane.number, taking: odd)
            let sequences = try await store.claimAll(under: lease).sequences
            try expect(sequences, (0...9).map { SequenceNumber($0 * 3 + 1) }, "every third")
            try await store.settleDelivered(sequences, under: lease)
            let reopened = try await fixture.crash(store)
            for number in 1...30 {
                let sent = try await reopened.deliveries(of: "event-\(number)").count { $0.lane != nil }
                try expect(sent, number % 3 == 1 ? 1 : 0, "lane deliveries of event \(number)")
            }
            return reopened
        },
        StoreCheck("takes events that come while a lane has no end, and none behind its end") { store, _ in
            try await store.store(Sample.events(1...2))
            let lane = try await store.started(Sample.lane())
            let lease = try await store.lease(lane.number, taking: Sample.Taking())
            try await store.settleDelivered(try await store.claimAll(under: lease).sequences, under: lease)
            guard case .unfinished = try await store.end(lane.number, under: lease, at: Sample.accepted) else {
                throw BrokenPromise(description: "a lane without an end has ended")
            }
            try await store.store(Sample.events(3...4))
            _ = try await store.changed(lane.number, .fixEnd)
            try await store.store(Sample.events(5...6))
            _ = try await store.changed(lane.number, .fixEnd)
            let late = try await store.claimAll(under: lease)
            try expect(late.ids, ["event-3", "event-4"], "what came before the end")
            guard case .unfinished = try await store.end(lane.number, under: lease, at: Sample.accepted) else {
                throw BrokenPromise(description: "a lane has ended with claims that are open")
            }
            try await store.settleDelivered(late.sequences, under: lease)
            guard case .changed(let ended) = try await store.end(lane.number, under: lease, at: Sample.accepted) else {
                throw BrokenPromise(description: "a lane that has come to its end has not ended")
            }
            try expect(ended.state, .done, "the state")
            try expect(ended.endedAt, Sample.accepted, "when")
            try expect(ended.progress, LaneProgress(walked: 4, ahead: 0, hasEnd: true), "how far")
            try expect(store.isSafe(lease, at: .now), false, "the lease is over")
            return store
        },
        StoreCheck("hands nothing of a lane out that is paused, and goes on when it is resumed") { store, fixture in
            try await store.store(Sample.events(1...3))
            let lane = try await store.started(Sample.lane())
            let lease = try await store.lease(lane.number, taking: Sample.Taking())
            let paused = try await store.changed(lane.number, .pause, by: "anna", at: Sample.accepted + .seconds(5))
            try expect(paused.state, .paused, "the state")
            try expect(paused.changedBy, "anna", "who")
            try expect(paused.changedAt, Sample.accepted + .seconds(5), "when")
            try expect(paused.startedBy, "operator", "who started it")
            try expect(try await store.claimBlock(under: lease, limit: Sample.many) == nil, true, "a claim of it")
            let reopened = try await fixture.crash(store)
            let again = try await reopened.lease(lane.number, taking: Sample.Taking())
            try expect(try await reopened.claimBlock(under: again, limit: Sample.many) == nil, true, "after a crash")
            try expect(try await reopened.changed(lane.number, .rate(20)).rate, 20, "the rate")
            try expect(try await reopened.changed(lane.number, .resume).state, .running, "the state")
            try expect(try await reopened.claimAll(under: again).ids.count, 3, "what is left")
            for change in [LaneChange.resume] {
                guard case .refused = try await reopened.change(lane.number, change, by: "anna", at: Sample.accepted)
                else { throw BrokenPromise(description: "\(change) of a running lane") }
            }
            let unknown = try await reopened.change(99, .pause, by: "anna", at: Sample.accepted)
            try expect(unknown, .unknown, "a lane that is not there")
            return reopened
        },
        StoreCheck("changes a lane as its state allows, and nothing of one that is over") { store, _ in
            func expected(_ state: LaneState, _ change: LaneChange) -> LaneState? {
                switch (state, change) {
                case (.running, .pause): .paused
                case (.paused, .resume): .running
                case (.running, .rate), (.paused, .rate), (.running, .fixEnd), (.paused, .fixEnd): state
                case (.running, .cancel), (.paused, .cancel): .cancelling
                default: nil
                }
            }
            for state in LaneState.allCases {
                for change in [LaneChange.pause, .resume, .rate(7), .fixEnd, .cancel] {
                    let before = try await store.lane(in: state, of: "\(state) \(change)")
                    let answer = try await store.change(before.number, change, by: "anna", at: Sample.accepted)
                    let after = try require(try await store.lane(before.number), "the lane")
                    guard let expected = expected(state, change) else {
                        try expect(answer, .refused(before), "\(change) of a lane that is \(state)")
                        try expect(after, before, "\(change) of a lane that is \(state)")
                        continue
                    }
                    try expect(answer, .changed(after), "\(change) of a lane that is \(state)")
                    try expect(after.state, expected, "\(change) of a lane that is \(state)")
                    try expect(after.rate, change == .rate(7) ? 7 : before.rate, "the rate")
                    try expect(after.progress.hasEnd, change == .fixEnd, "the end")
                    try expect(after.changedBy, change == .fixEnd ? before.changedBy : "anna", "who changed it")
                }
            }
            return store
        },
        StoreCheck("names what a lane was about to send when it was interrupted") { store, fixture in
            try await store.store(Sample.events(1...4))
            let lane = try await store.started(Sample.lane())
            let lease = try await store.lease(lane.number, taking: Sample.Taking())
            let sequences = try await store.claimAll(under: lease).sequences
            try await store.intend(Array(sequences[1...2]), under: lease)
            store.departs(Array(sequences[1...2]), under: lease)
            try await store.settleDelivered([sequences[2]], under: lease)
            let reopened = try await fixture.crash(store)
            let again = try await reopened.lease(lane.number, taking: Sample.Taking())
            let interrupted = try await reopened.claimInterrupted(under: again)
            try expect(interrupted.sequences, [2], "the interrupted")
            try expect(interrupted.map(\.destination.adapter), ["polar"], "where it went")
            let rest = try await reopened.claimAll(under: again).sequences
            try expect(rest, [1, 4], "the rest")
            try await reopened.settleDelivered(rest, under: again)
            _ = try await reopened.changed(lane.number, .cancel)
            guard case .unfinished = try await reopened.end(lane.number, under: again, at: Sample.accepted) else {
                throw BrokenPromise(description: "a lane has ended with an interrupted event")
            }
            try await reopened.settle([2], under: again, as: .uncertain)
            guard case .changed = try await reopened.end(lane.number, under: again, at: Sample.accepted) else {
                throw BrokenPromise(description: "a lane without work has not ended")
            }
            return reopened
        },
    ]

    /// Six in eight of them are not live at `polar`: 2 and 6 are, 3 and 7 are in its shadow.
    static func mixed(_ range: ClosedRange<Int>) -> [AcceptedEvent] {
        let shadow = Plan(
            route: "default",
            destinations: [
                Destination(provider: "lago", adapter: "lago", mode: .primary),
                Destination(provider: "polar", adapter: "polar", mode: .shadow),
            ]
        )
        return range.map { number in
            let plan = [Sample.both, shadow, Sample.lago, Sample.lago][(number + 2) % 4]
            return Sample.event("event-\(number)", plan: plan)
        }
    }
}

extension Sample {
    /// A lane to `polar`.
    static func lane(_ filter: LaneFilter = LaneFilter(), to provider: ProviderName = "polar") -> NewLane {
        NewLane(
            provider: provider,
            adapter: "polar",
            filter: filter,
            routes: Array("routes".utf8),
            rate: 50,
            by: "operator",
            at: accepted
        )
    }

    /// Takes events for a lane to `polar`.
    struct Taking: LaneMembership {
        var condition: @Sendable (AcceptedEvent) -> Bool = { _ in true }

        func destination(for event: AcceptedEvent) -> Destination? {
            condition(event) ? Destination(provider: "polar", adapter: "polar", mode: .mirror) : nil
        }
    }
}

extension BlockLimit {
    static func few(_ events: Int) -> BlockLimit { BlockLimit(events: events, bytes: 1 << 30) }
}

extension EventStore {
    func started(_ lane: NewLane) async throws -> Lane {
        guard case .started(let started) = try await start(lane) else {
            throw BrokenPromise(description: "a lane was not started")
        }
        return started
    }

    func changed(
        _ number: LaneNumber,
        _ change: LaneChange,
        by client: ClientName = "operator",
        at now: Timestamp = Sample.accepted
    ) async throws -> Lane {
        guard case .changed(let lane) = try await self.change(number, change, by: client, at: now) else {
            throw BrokenPromise(description: "\(change) was refused")
        }
        return lane
    }

    /// A lane of one customer in this state.
    fileprivate func lane(in state: LaneState, of customer: String) async throws -> Lane {
        let lane = try await started(Sample.lane(LaneFilter(customerIDs: [customer])))
        switch state {
        case .running: return lane
        case .paused: return try await changed(lane.number, .pause)
        case .cancelling: return try await changed(lane.number, .cancel)
        case .cancelled, .done:
            let lease = try await lease(lane.number, taking: Sample.Taking())
            _ = try await changed(lane.number, state == .done ? .fixEnd : .cancel)
            guard case .changed(let ended) = try await end(lane.number, under: lease, at: Sample.accepted) else {
                throw BrokenPromise(description: "a lane did not end")
            }
            return ended
        }
    }

    /// Ends a lane whose events are settled.
    func finish(_ number: LaneNumber, under lease: AccountLease) async throws {
        _ = try await changed(number, .fixEnd)
        guard case .changed = try await end(number, under: lease, at: Sample.accepted) else {
            throw BrokenPromise(description: "a lane did not end")
        }
    }

    func claimAll(under lease: AccountLease, limit: BlockLimit = Sample.many) async throws -> [ClaimedDelivery] {
        var claimed: [ClaimedDelivery] = []
        while let block = try await claimBlock(under: lease, limit: limit) { claimed += block.deliveries }
        return claimed
    }

    func settleDelivered(_ sequences: [SequenceNumber], under lease: AccountLease) async throws {
        let run = DeliveredRun(sequences: sequences, attempt: Sample.delivered)
        try await settle(Settlement(provider: lease.provider, delivered: [run]), under: lease)
    }

    func settle(
        _ sequences: [SequenceNumber],
        under lease: AccountLease,
        as status: DeliveryStatus,
        due: Timestamp? = nil
    ) async throws {
        let exceptions = sequences.map {
            SettledDelivery(
                sequence: $0,
                status: status,
                newAttempts: [Sample.failed],
                nextAttemptAt: due,
                fault: Sample.unavailable
            )
        }
        try await settle(Settlement(provider: lease.provider, exceptions: exceptions), under: lease)
    }

    /// All deliveries of an event.
    func deliveries(of id: String) async throws -> [Delivery] {
        try require(try await events(withID: EventID(id), of: "shop").first, "event \(id)").deliveries
    }
}
