import Events
import Journal
import Randomness

extension StoreBehaviour {
    static let recording: [StoreCheck] = [
        StoreCheck("gives a window's events of all tenants with their deliveries, piece by piece, also after a crash") {
            store,
            fixture in
            let events = try await recordSome(in: store, seed: 1)
            let reopened = try await fixture.crash(store)
            for window in windows {
                for limit in [1, 7, 1000] { try await expectWindow(window, of: events, in: reopened, limit: limit) }
            }
            return reopened
        },
        StoreCheck("begins a window again where a piece has ended, also in a position that was kept as text") {
            store,
            _ in
            try await store.store(Sample.events(1...9))
            let window = RecordedWindow(clock: .accepted, from: Sample.accepted, until: Sample.accepted + .seconds(1))
            let first = try await store.recorded(window, after: nil, limit: 4)
            try expect(first.events.map(\.event.id), (1...4).map { EventID("event-\($0)") }, "the first piece")
            try expect(first.isLast, false, "more follows")
            let position = try require(JournalPosition(first.through.text), "the position")
            let rest = try await store.recorded(window, after: position, limit: 100)
            try expect(rest.events.map(\.event.id), (5...9).map { EventID("event-\($0)") }, "the rest")
            try expect(rest.isLast, true, "nothing follows")
            try await store.store([Sample.event("late")])
            let late = try await store.recorded(window, after: rest.through, limit: 100)
            try expect(late.events.map(\.event.id), ["late"], "what has come since")
            return store
        },
        StoreCheck("counts no canaries, and gives them with the other events") { store, _ in
            let destinations = Sample.lago.destinations.map(\.forCanaries)
            let canary = Plan(route: nil, destinations: destinations)
            try await store.store(Sample.events(1...2) + [Sample.event("canary", tenant: .canary, plan: canary)])
            let window = RecordedWindow(clock: .occurred, from: Sample.accepted, until: Sample.accepted + .seconds(1))
            let counts = try await store.ledgerCounts(window)
            try expect(counts.events, 2, "events")
            try expect(counts.cells.values.map(\.planned), [2], "deliveries")
            let piece = try await store.recorded(window, after: nil, limit: 9)
            try expect(piece.events.map { $0.event.plan.isOfCanaries }, [false, false, true], "what the window has")
            let archived = try await store.event(at: piece.events[2].sequence, of: .canary)
            try expect(archived?.event.id, "canary", "the canary")
            try expect(archived?.event.isOpenToLanes(of: "polar"), false, "whether a backfill takes it")
            return store
        },
        StoreCheck("leaves deliveries out where a window asks for none") { store, _ in
            try await store.store(Sample.events(1...2, plan: Sample.both))
            let window = RecordedWindow(
                clock: .occurred,
                from: Sample.accepted,
                until: Sample.accepted + .seconds(1),
                withDeliveries: false
            )
            let piece = try await store.recorded(window, after: nil, limit: 9)
            try expect(piece.events.map(\.deliveries.count), [0, 0], "deliveries")
            return store
        },
        StoreCheck("has nothing in a window of no time, of a tenant without events, and of an empty journal") {
            store,
            _ in
            let all = RecordedWindow(
                clock: .occurred,
                from: Timestamp(milliseconds: .min),
                until: Timestamp(milliseconds: .max)
            )
            try await expectNothing(all, in: store)
            try await store.store(Sample.events(1...3))
            for clock in RecordedWindow.Clock.allCases {
                let (from, until) = (Sample.accepted, Sample.accepted + .seconds(1))
                try await expectNothing(RecordedWindow(clock: clock, from: until, until: from), in: store)
                try await expectNothing(RecordedWindow(clock: clock, from: from, until: from), in: store)
                try await expectNothing(
                    RecordedWindow(clock: clock, from: from, until: until, tenant: "nobody"),
                    in: store
                )
            }
            return store
        },
        StoreCheck("tells the damage in a window, and gives the rest of it") { store, fixture in
            for number in 0..<5 {
                try await store.store([Sample.event("e\(number)", acceptedAt: Sample.accepted + .seconds(number * 60))])
            }
            let damaged = try await fixture.damage(3, of: store)
            func window(_ clock: RecordedWindow.Clock, _ minutes: Range<Int>) -> RecordedWindow {
                RecordedWindow(
                    clock: clock,
                    from: Sample.accepted + .seconds(minutes.lowerBound * 60),
                    until: Sample.accepted + .seconds(minutes.upperBound * 60)
                )
            }
            for clock in RecordedWindow.Clock.allCases {
                let (found, damage) = try await all(window(clock, 0..<5), in: damaged, limit: 2)
                try expect(found.map(\.event.id), ["e0", "e1", "e3", "e4"], "the rest")
                try expect(damage.map(\.first), [3], "what cannot be read")
                let counts = try await damaged.ledgerCounts(window(clock, 0..<5))
                let told = counts.events + counts.damage.count
                try expect(told, 5, "each event is counted or told as damaged")
            }
            let (_, beside) = try await all(window(.accepted, 3..<5), in: damaged, limit: 9)
            try expect(beside.count, 0, "damage outside the window")
            return damaged
        },
        StoreCheck("counts a window's deliveries by provider, name and day, as a look at each of them does") {
            store,
            fixture in
            let events = try await recordSome(in: store, seed: 2)
            try await expectCounts(of: events, in: store)
            let reopened = try await fixture.restart(store)
            try await expectCounts(of: events, in: reopened)
            return reopened
        },
        StoreCheck("keeps what two runs say of a chunk when the chunk before it is removed") { store, _ in
            let later = Sample.accepted + .seconds(60)
            try await store.store(Sample.events(1...3))
            try await store.store(Sample.events(4...7, acceptedAt: later))
            let sequences = try await store.claimAll(for: "lago").sequences
            let known = Attempt(
                at: Sample.accepted,
                latency: .zero,
                httpStatus: 200,
                status: .delivered,
                deduplicated: true
            )
            // The second run begins before the first and ends behind it; what lies within is settled by then.
            let inner = DeliveredRun(sequences: Array(sequences[3...4]), attempt: known)
            try await store.settle(Settlement(provider: "lago", delivered: [inner]))
            let outer = sequences[0...2] + sequences[5...6]
            try await store.settleDelivered(Array(outer), at: "lago")
            try expect(try await store.removeSettled(acceptedBefore: later), 3, "the first chunk")
            let left = try await (4...7).asyncMap { try await store.deliveries(of: "event-\($0)") }
            try expect(left.map { $0.map(\.status) }, Array(repeating: [.delivered], count: 4), "the states")
            try expect(left.map { $0[0].deduplicated }, [true, true, false, false], "whose run says so")
            return store
        },
        StoreCheck("counts and gives what retention has left") { store, fixture in
            let later = Sample.accepted + .seconds(3600)
            try await store.store(Sample.events(1...3))
            try await store.store(Sample.events(4...6))
            try await store.store(Sample.events(7...9, acceptedAt: later))
            // Whatever index there is has all of them before some are removed.
            _ = try await store.names(EventFilter(), of: "shop")
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.settleDelivered(Array(sequences[3...8]), at: "lago")
            try expect(try await store.removeSettled(acceptedBefore: later), 3, "the second chunk is gone")
            try await expectLeft(in: store)
            let reopened = try await fixture.crash(store)
            try await expectLeft(in: reopened)
            return reopened
        },
    ]

    /// Windows that the events of ``recordSome(in:seed:)`` lie in, at the border of, and beside.
    private static let windows: [RecordedWindow] = RecordedWindow.Clock.allCases.flatMap { clock in
        let spans = [(-400_000, 400_000), (0, 1), (0, 90_000), (30_000, 30_001), (-90_000, 0), (400_000, 500_000)]
        return spans.flatMap { from, until in
            [nil, "shop", "bank"].map { tenant in
                RecordedWindow(
                    clock: clock,
                    from: Sample.accepted + .seconds(from),
                    until: Sample.accepted + .seconds(until),
                    tenant: tenant
                )
            }
        }
    }

    /// Stores events of several days, tenants and names, and settles some of their deliveries.
    private static func recordSome(in store: any EventStore, seed: UInt64) async throws -> [AcceptedEvent] {
        var random = SplitMix(seed: seed)
        var events: [AcceptedEvent] = []
        for request in 0..<12 {
            let accepted = Sample.accepted + .seconds(request * 10_000)
            let some = (0..<Int.random(in: 1...9, using: &random)).map { number in
                Sample.event(
                    "e\(request)-\(number)",
                    tenant: Int.random(in: 0...3, using: &random) == 0 ? "bank" : "shop",
                    name: "name-\(Int.random(in: 0...2, using: &random))",
                    timestamp: accepted + .seconds(Int.random(in: -100_000...1000, using: &random)),
                    acceptedAt: accepted,
                    plan: [Sample.lago, Sample.polar, Sample.both, Plan(route: nil, destinations: [])][
                        Int.random(in: 0...3, using: &random)
                    ]
                )
            }
            try await store.store(some)
            events += some
        }
        let lago = try await store.claimAll(for: "lago").sequences
        try await store.settleDelivered(Array(lago.prefix(lago.count / 2)), at: "lago")
        try await store.settle([lago[lago.count / 2]], at: "lago", as: .rejected)
        let polar = try await store.claimAll(for: "polar").sequences
        try await store.settle([polar[1]], at: "polar", as: .retrying, nextAttemptAt: Sample.accepted)
        try await store.settle([polar[2]], at: "polar", as: .skipped, fault: nil)
        try await store.settle([polar[3]], at: "polar", as: .uncertain)
        try await store.settle([polar[5]], at: "polar", as: .discarded)
        try await store.settleDelivered([polar[0], polar[4]] + polar[6...].prefix(3), at: "polar")
        return events
    }

    /// A store gives and counts the windows of a random journal as a look at each event does.
    ///
    /// - Parameter seed: decides what is stored; a failure names it.
    package static func randomWindows(seed: UInt64) -> StoreCheck {
        StoreCheck("gives and counts the windows of a random journal, seed \(seed)") { store, fixture in
            let events = try await recordSome(in: store, seed: seed)
            let lane = try await store.started(Sample.lane())
            let taking = Sample.Taking { Int($0.timestamp.milliseconds / 1000) % 3 != 0 }
            let lease = try await store.lease(lane.number, taking: taking)
            let taken = try await store.claimAll(under: lease, limit: .few(7)).sequences
            if taken.count > 1 {
                try await store.settleDelivered(Array(taken.dropLast()), under: lease)
                try await store.settle(taken.suffix(1), under: lease, as: .retrying, due: Sample.accepted)
            }
            let reopened = try await fixture.crash(store)
            for window in windows {
                try await expectWindow(window, of: events, in: reopened, limit: Int(seed % 9) + 1)
            }
            try await expectCounts(of: events, in: reopened)
            return reopened
        }
    }

    private static func all(_ window: RecordedWindow, in store: any EventStore, limit: Int) async throws
        -> (found: [ArchivedEvent], damage: [ChunkDamage])
    {
        var (found, damage): ([ArchivedEvent], [ChunkDamage]) = ([], [])
        var position: JournalPosition?
        while true {
            let piece = try await store.recorded(window, after: position, limit: limit)
            try expect(piece.events.count <= limit, true, "a piece keeps to its limit")
            found += piece.events
            damage += piece.damage
            if piece.isLast { return (found, damage) }
            try expect(piece.through.isCovered(by: position ?? .start), false, "a piece goes on")
            position = piece.through
        }
    }

    private static func expectWindow(
        _ window: RecordedWindow,
        of events: [AcceptedEvent],
        in store: any EventStore,
        limit: Int
    ) async throws {
        let (found, damage) = try await all(window, in: store, limit: limit)
        try expect(found.map(\.event.id), events.filter(window.contains).map(\.id), "the events of \(window)")
        try expect(damage.count, 0, "damage")
        for event in found {
            let alone = try require(try await store.event(at: event.sequence, of: event.event.tenant), "the event")
            try expect(event.deliveries, alone.deliveries, "the deliveries of \(event.event.id)")
        }
    }

    private static func expectCounts(of events: [AcceptedEvent], in store: any EventStore) async throws {
        for window in windows {
            let counts = try await store.ledgerCounts(window)
            let found = try await all(window, in: store, limit: 100).found
            try expect(counts.events, events.count(where: window.contains), "the events of \(window)")
            try expect(counts.cells, cells(found), "the deliveries of \(window)")
        }
    }

    /// Six events of nine, three of them in the first second.
    private static func expectLeft(in store: any EventStore) async throws {
        for window in windows {
            let counts = try await store.ledgerCounts(window)
            let found = try await all(window, in: store, limit: 4).found
            try expect(counts.events, found.count, "events that are left in \(window)")
            try expect(counts.cells, cells(found), "their deliveries")
            let isFirst = window.from <= Sample.accepted && window.until > Sample.accepted && window.tenant != "bank"
            let isAll = isFirst && window.until > Sample.accepted + .seconds(3600)
            try expect(found.count, isAll ? 6 : isFirst ? 3 : 0, "events in \(window)")
        }
    }

    private static func cells(_ events: [ArchivedEvent]) -> [LedgerCounts.Key: LedgerCounts.Counts] {
        let day: Int64 = 86_400_000
        var cells: [LedgerCounts.Key: LedgerCounts.Counts] = [:]
        for event in events {
            let time = event.event.timestamp.milliseconds
            for delivery in event.deliveries {
                let key = LedgerCounts.Key(
                    provider: delivery.provider,
                    name: event.event.name,
                    day: Timestamp(milliseconds: time - ((time % day) + day) % day)
                )
                cells[key, default: LedgerCounts.Counts()].add(delivery.status, isByLane: delivery.lane != nil)
            }
        }
        return cells
    }

    private static func expectNothing(_ window: RecordedWindow, in store: any EventStore) async throws {
        let piece = try await store.recorded(window, after: nil, limit: 10)
        try expect(piece.events.count, 0, "events in \(window)")
        try expect(piece.isLast, true, "nothing follows")
        try expect(try await store.ledgerCounts(window), LedgerCounts(), "counts")
    }
}

extension Sequence {
    /// The results of an asynchronous call for each, one after the other.
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async throws -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
