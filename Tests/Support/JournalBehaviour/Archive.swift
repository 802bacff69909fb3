import Events
import Journal

extension StoreBehaviour {
    static let archive: [StoreCheck] = [
        StoreCheck("finds an event by tenant and id, whatever its scope") { store, fixture in
            try await store.store([
                Sample.event("a"), Sample.event("a", scope: "sub_1"), Sample.event("a", tenant: "bank"),
                Sample.event("a", scope: "sub_2"), Sample.event("b"),
            ])
            try await expectScopes(store)
            let reopened = try await fixture.crash(store)
            try await expectScopes(reopened)
            return reopened
        },
        StoreCheck("finds the events of many ids at once, byte by byte and of one tenant alone") { store, fixture in
            try await store.store(Sample.events(1...700, plan: Sample.both))
            try await store.store([
                Sample.event("event-5", scope: "sub_1"), Sample.event("event-6", tenant: "bank"),
                Sample.event("only", tenant: "bank"), Sample.event("e\u{301}"), Sample.event("\u{e9}"),
            ])
            try await store.settle(try await store.claimAll(for: "polar").sequences, at: "polar", as: .rejected)
            let reopened = try await fixture.crash(store)
            let ids = (1...1300).reversed().map { EventID("event-\($0)") } + ["\u{e9}", "only", "event-9"]
            let found = try await reopened.events(withIDs: ids, of: "shop")
            let expected = (1...700).map { "event-\($0)" } + ["event-5", "\u{e9}"]
            try expect(found.map { Array($0.event.id.rawValue.utf8) }, expected.map { Array($0.utf8) }, "the events")
            try expect(found[700].event.idScope, "sub_1", "the second scope of an id")
            try expect(found.allSatisfy { $0.event.tenant == "shop" }, true, "the tenant")
            for archived in [found[0], found[4], found[699], found[700], found[701]] {
                let same = try await reopened.event(at: archived.sequence, of: "shop")
                try expect(archived.deliveries, same?.deliveries ?? [], "the deliveries of \(archived.event.id)")
            }
            try expect(try await reopened.events(withIDs: [], of: "shop").isEmpty, true, "nothing of nothing")
            let one = try await reopened.events(withIDs: ["event-5"], of: "shop").map(\.event.idScope)
            try expect(one, ["", "sub_1"], "all scopes of one id")
            return reopened
        },
        StoreCheck("shows the deliveries of many events at once, of one tenant alone") { store, fixture in
            let own = try await store.store(Sample.events(1...1500, plan: Sample.both))
            let other = try await store.store([Sample.event("b", tenant: "bank", plan: Sample.both)])
            let claimed = try await store.claimAll(for: "lago").sequences
            let rejected = claimed.filter { $0.rawValue % 7 == 0 }
            try await store.settleDelivered(claimed.filter { $0.rawValue % 7 > 2 }, at: "lago")
            try await store.settle(rejected, at: "lago", as: .rejected)
            let reopened = try await fixture.crash(store)
            let wanted = [own[1400], own[3], own[699], own[3]] + other + own[700..<1100]
            let found = try await reopened.deliveries(of: wanted, in: "shop")
            try expect(found.count, Set(wanted).count - 1, "the other tenant's event, and no other, is left out")
            for (sequence, deliveries) in found {
                let same = try await reopened.event(at: sequence, of: "shop")?.deliveries
                try expect(deliveries, same ?? [], "the deliveries of \(sequence)")
            }
            try expect(Set(found.values.joined().map(\.status)), [.pending, .delivered, .rejected], "the statuses")
            try expect(try await reopened.deliveries(of: [], in: "shop").isEmpty, true, "nothing of nothing")
            return reopened
        },
        StoreCheck("shows a delivery for each destination in the plan's order") { store, _ in
            try await store.store([Sample.event("a", plan: Sample.plan("z", "m", "a", mode: .mirror))])
            let event = try require(try await store.events(withID: "a", of: "shop").first, "the event")
            try expect(event.deliveries.map(\.provider), ["z", "m", "a"], "the providers")
            try expect(event.deliveries.map(\.mode), [.mirror, .mirror, .mirror], "the modes")
            try expect(event.deliveries.map(\.status), [.pending, .pending, .pending], "the statuses")
            return store
        },
        StoreCheck("lists exceptions in pages, and nothing that simply was delivered") { store, fixture in
            try await store.store(Sample.events(1...20, plan: Sample.both))
            for provider in ["lago", "polar"] as [ProviderName] {
                let sequences = try await store.claimAll(for: provider).sequences
                try await store.settleDelivered(sequences.filter { $0.rawValue % 2 == 0 }, at: provider)
                try await store.settle(sequences.filter { $0.rawValue % 2 == 1 }, at: provider, as: .rejected)
            }
            let reopened = try await fixture.crash(store)
            var all: [ArchivedDelivery] = []
            var cursor: DeliveryCursor?
            repeat {
                let page = try await reopened.deliveries(matching: DeliveryFilter(), after: cursor, limit: 3)
                try expect(page.deliveries.count <= 3, true, "a page keeps to its limit")
                all += page.deliveries
                cursor = page.next
            } while cursor != nil
            try expect(all.map(\.cursor.sequence.rawValue), (0..<20).map { Int64($0 / 2 * 2 + 1) }, "the order")
            try expect(all.map(\.delivery.status), Array(repeating: .rejected, count: 20), "the statuses")
            try expect(Set(all.map { "\($0.cursor.sequence.rawValue) \($0.cursor.provider)" }).count, 20, "each once")
            try expect(all[0].event.id, "event-1", "the event")
            try expect(all[0].delivery.fault, Sample.unavailable, "the fault")
            try expect(all[0].delivery.history.count, 1, "the history")
            return reopened
        },
        StoreCheck("filters deliveries by tenant, provider, status and id") { store, _ in
            try await store.store([
                Sample.event("a", plan: Sample.both), Sample.event("a", tenant: "bank", plan: Sample.both),
                Sample.event("b", plan: Sample.both),
            ])
            for (provider, status) in [("lago", .rejected), ("polar", .uncertain)] as [(ProviderName, DeliveryStatus)] {
                try await store.settle(try await store.claimAll(for: provider).sequences, at: provider, as: status)
            }
            for (filter, expected) in filters {
                let page = try await store.deliveries(matching: filter, after: nil, limit: 100)
                try expect(
                    page.deliveries.map { "\($0.cursor.sequence.rawValue) \($0.cursor.provider)" }.sorted(),
                    expected,
                    "\(filter)"
                )
            }
            return store
        },
        StoreCheck("does not count the time as age in which an event waits for its own timestamp") { store, fixture in
            for minute in 0..<3 {
                let time = Sample.accepted + .seconds(60 * minute)
                try await store.store([Sample.event("\(minute)", acceptedAt: time)])
            }
            let sequences = try await store.claimAll(for: "lago").sequences
            let later = Sample.accepted + .seconds(86_400)
            // Nothing is sent before, so there is no attempt.
            let waits = SettledDelivery(
                sequence: sequences[0],
                status: .retrying,
                nextAttemptAt: later,
                fault: DeliveryFault(code: .timestampInFuture, message: "waiting for its time")
            )
            try await store.settle(Settlement(provider: "lago", exceptions: [waits]))
            try await store.settle([sequences[1]], at: "lago", as: .retrying, nextAttemptAt: later)
            try await store.settleDelivered([sequences[2]], at: "lago")
            let reopened = try await fixture.crash(store)
            let second = Backlog(events: 2, oldest: Sample.accepted + .seconds(60))
            try expect(try await reopened.backlog(of: "lago"), second, "beside one that failed")
            let due = try await reopened.claimDue(for: "lago", at: later, limit: 9)
            try await reopened.settleDelivered([due.sequences[1]], at: "lago")
            try await reopened.settle(Settlement(provider: "lago", exceptions: [waits]))
            try expect(try await reopened.backlog(of: "lago"), Backlog(events: 1, oldest: nil), "alone")
            return reopened
        },
        StoreCheck("counts what waits by its age, whatever state it is in") { store, fixture in
            let now = Sample.accepted + .seconds(10 * 86_400)
            func ages(_ store: any EventStore) async throws -> [Int] {
                let ages = try await store.backlogAges(of: "lago", at: now)
                try expect(ages.uncounted, 0, "what was not looked at")
                return ages.counts
            }
            try expect(try await ages(store), [0, 0, 0, 0, 0], "of nothing")
            // Over a day, a day, an hour, ten minutes, a minute, and less; the events of each are stored together, one of them for another.
            for (index, age) in [200_000, 86_400, 3600, 600, 60, 59].enumerated() {
                let time = now + .seconds(-Int64(age))
                try await store.store(
                    (0...index).map { Sample.event("\(index)-\($0)", acceptedAt: time) }
                        + [Sample.event("\(index)-other", acceptedAt: time, plan: Sample.polar)]
                )
            }
            try expect(try await ages(store), [11, 4, 3, 2, 1], "before any claim")
            let limit = BlockLimit(events: 8, bytes: 1 << 20)
            let sequences = try await store.claimBlock(for: "lago", limit: limit)?.deliveries.sequences ?? []
            try expect(try await ages(store), [11, 4, 3, 2, 1], "while some are claimed")
            // One of the oldest is retried; of the third, one is delivered and one is not.
            try await store.settle([sequences[0]], at: "lago", as: .retrying, nextAttemptAt: now)
            try await store.settleDelivered([sequences[2], sequences[4]], at: "lago")
            try await store.settle([sequences[5]], at: "lago", as: .rejected)
            try expect(try await ages(store), [11, 4, 1, 1, 1], "after some are settled")
            let crashed = try await fixture.crash(store)
            try expect(try await ages(crashed), [11, 4, 1, 1, 1], "after a crash")
            try expect(try await crashed.backlogAges(of: "polar", at: now).counts, [2, 1, 1, 1, 1], "of the other")
            try expect(try await crashed.backlogAges(of: "nobody", at: now), BacklogAges(), "of an unknown provider")
            return crashed
        },
        StoreCheck("counts what waits, and says since when") { store, fixture in
            try expect(try await store.backlog(of: "lago"), Backlog(events: 0, oldest: nil), "of nothing")
            for minute in 0..<10 {
                let time = Sample.accepted + .seconds(60 * minute)
                try await store.store([
                    Sample.event("\(minute)", acceptedAt: time, plan: minute < 2 ? Sample.polar : Sample.both)
                ])
            }
            func expectBacklog(_ store: any EventStore, _ events: Int, since minute: Int, _ what: String) async throws {
                let backlog = Backlog(events: events, oldest: Sample.accepted + .seconds(60 * minute))
                try expect(try await store.backlog(of: "lago"), backlog, what)
            }
            try await expectBacklog(store, 8, since: 2, "before any claim")
            let sequences = try await store.claimAll(for: "lago").sequences
            try await expectBacklog(store, 8, since: 2, "while all is claimed")
            try await store.settleDelivered(Array(sequences[0...2]), at: "lago")
            try await expectBacklog(store, 5, since: 5, "after three are delivered")
            try await store.settle([sequences[3]], at: "lago", as: .retrying, nextAttemptAt: Sample.accepted)
            try await expectBacklog(store, 5, since: 5, "with one that is to be retried")
            try await store.settle([sequences[4]], at: "lago", as: .rejected)
            try await expectBacklog(store, 4, since: 5, "with one rejected")
            let crashed = try await fixture.crash(store)
            try await expectBacklog(crashed, 4, since: 5, "after a crash")
            let due = try await crashed.claimDue(for: "lago", at: Sample.accepted, limit: 1)
            try await crashed.settleDelivered(due.sequences, at: "lago")
            try await crashed.settleDelivered(try await crashed.claimAll(for: "lago").sequences, at: "lago")
            try expect(try await crashed.backlog(of: "lago"), Backlog(events: 0, oldest: nil), "when all is settled")
            try expect(try await crashed.backlog(of: "polar").events, 10, "of the other provider")
            return crashed
        },
    ]

    private static func expectScopes(_ store: any EventStore) async throws {
        let found = try await store.events(withID: "a", of: "shop")
        try expect(found.map(\.sequence), [1, 2, 4], "the tenant's events")
        try expect(found.map(\.event.idScope), ["", "sub_1", "sub_2"], "their scopes")
        try expect(try await store.events(withID: "a", of: "nobody").count, 0, "of an unknown tenant")
        try expect(try await store.events(withID: "z", of: "shop").count, 0, "an unknown id")
    }

    private static let filters: [(DeliveryFilter, [String])] = [
        (DeliveryFilter(), ["1 lago", "1 polar", "2 lago", "2 polar", "3 lago", "3 polar"]),
        (DeliveryFilter(tenant: "bank"), ["2 lago", "2 polar"]),
        (DeliveryFilter(tenant: "nobody"), []),
        (DeliveryFilter(providers: ["lago"]), ["1 lago", "2 lago", "3 lago"]),
        (DeliveryFilter(providers: ["nobody"]), []),
        (DeliveryFilter(providers: ["polar", "nobody"]), ["1 polar", "2 polar", "3 polar"]),
        (DeliveryFilter(providers: ["polar", "lago"], eventIDs: ["b"]), ["3 lago", "3 polar"]),
        (DeliveryFilter(statuses: [.uncertain]), ["1 polar", "2 polar", "3 polar"]),
        (DeliveryFilter(statuses: [.uncertain, .rejected], eventIDs: ["b"]), ["3 lago", "3 polar"]),
        (DeliveryFilter(eventIDs: ["a"]), ["1 lago", "1 polar", "2 lago", "2 polar"]),
        (DeliveryFilter(tenant: "shop", providers: ["polar"], eventIDs: ["a"]), ["1 polar"]),
        (DeliveryFilter(eventIDs: ["z"]), []),
    ]

    static let retention: [StoreCheck] = [
        StoreCheck("removes old chunks that are settled, and nothing else") { store, fixture in
            let old = Sample.accepted
            let new = old + .seconds(3600)
            try await store.store(Sample.events(1...3, plan: Sample.both, acceptedAt: old))
            try await store.store(Sample.events(4...6, acceptedAt: old))
            try await store.store(Sample.events(7...9, acceptedAt: old))
            try await store.store(Sample.events(10...12, acceptedAt: new))
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.settleDelivered(Array(sequences[0...3]), at: "lago")
            try await store.settle([5], at: "lago", as: .rejected)
            try await store.settleDelivered(Array(sequences[5...11]), at: "lago")
            try expect(try await store.removeSettled(acceptedBefore: old), 0, "nothing is old enough")
            try expect(try await store.removeSettled(acceptedBefore: new), 3, "one chunk is old and settled everywhere")
            try expect(try await store.events(withID: "event-8", of: "shop").count, 0, "it is gone")
            try expect(try await store.statuses(of: "event-1"), ["lago": .delivered, "polar": .pending], "one waits")
            try expect(try await store.statuses(of: "event-10"), ["lago": .delivered], "a run that reached into it")
            let reopened = try await fixture.crash(store)
            try await reopened.settleDelivered(try await reopened.claimAll(for: "polar").sequences, at: "polar")
            try await reopened.settle([5], at: "lago", as: .discarded)
            try expect(try await reopened.removeSettled(acceptedBefore: new), 6, "what has been settled since")
            try expect(try await reopened.claimAll(for: "lago").count, 0, "nothing is claimed again")
            let rows = try await reopened.deliveries(matching: DeliveryFilter(), after: nil, limit: 9)
            try expect(rows.deliveries.count, 0, "rows")
            return reopened
        },
        StoreCheck("removes what is old though an event before it was accepted with the clock ahead") {
            store,
            fixture in
            let times = [0, 60, 86_400 * 40, 120, 180, 86_400 * 80, 240]
            for (number, seconds) in times.enumerated() {
                try await store.store([Sample.event("e\(number)", acceptedAt: Sample.accepted + .seconds(seconds))])
            }
            try await store.settleDelivered(try await store.claimAll(for: "lago").sequences, at: "lago")
            let reopened = try await fixture.crash(store)
            try expect(
                try await reopened.newestAcceptance(),
                Sample.accepted + .seconds(240),
                "the newest event's time"
            )
            let removed = try await reopened.removeSettled(acceptedBefore: Sample.accepted + .seconds(200))
            try expect(removed, 4, "all that are old, on both sides of those from the future")
            let page = try await reopened.search(EventSearch(order: .oldestFirst, limit: 9), of: "shop")
            try expect(page.events.map(\.event.id), ["e6", "e2", "e5"], "what is left, by time")
            try await reopened.store([Sample.event("late", acceptedAt: Sample.accepted + .seconds(250))])
            try await reopened.settleDelivered(try await reopened.claimAll(for: "lago").sequences, at: "lago")
            let end = Sample.accepted + .seconds(86_400 * 41)
            try expect(try await reopened.removeSettled(acceptedBefore: end), 3, "later")
            return reopened
        },
        StoreCheck("knows when its newest event was accepted, and nothing of an empty journal") { store, _ in
            try expect(try await store.newestAcceptance(), nil, "of nothing")
            try await store.store([Sample.event("a", acceptedAt: Sample.accepted + .seconds(5))])
            try expect(try await store.newestAcceptance(), Sample.accepted + .seconds(5), "of one")
            return store
        },
        StoreCheck("keeps the time that was noted last, whatever it is") { store, fixture in
            try expect(try await store.notedTime(), nil, "before one was noted")
            for milliseconds in [Int64.max, .min, -1, Sample.accepted.milliseconds] {
                try await store.note(Timestamp(milliseconds: milliseconds))
                try expect(try await store.notedTime(), Timestamp(milliseconds: milliseconds), "at once")
            }
            let reopened = try await fixture.crash(store)
            try expect(try await reopened.notedTime(), Sample.accepted, "after a crash")
            return reopened
        },
        StoreCheck("knows up to when retention has removed events, also after a crash") { store, fixture in
            func removedThrough(_ store: any EventStore) async throws -> Timestamp? { try await store.removedThrough() }
            for number in 0..<3 {
                try await store.store([Sample.event("e\(number)", acceptedAt: Sample.accepted + .seconds(number))])
            }
            try await store.settleDelivered(try await store.claimAll(for: "lago").sequences, at: "lago")
            try expect(try await store.removeSettled(acceptedBefore: Sample.accepted), 0, "nothing is old")
            try expect(try await removedThrough(store), nil, "before the first removal")
            try expect(try await store.removeSettled(acceptedBefore: Sample.accepted + .seconds(2)), 2, "removed")
            let time = try require(try await removedThrough(store), "the time")
            try expect(time >= Sample.accepted + .seconds(1), true, "no removed event is newer")
            let reopened = try await fixture.crash(store)
            try expect(try await removedThrough(reopened), time, "after a crash")
            return reopened
        },
        StoreCheck("takes an id again that retention has removed") { store, fixture in
            try await store.store(Sample.events(1...5))
            try await store.settleDelivered(try await store.claimAll(for: "lago").sequences, at: "lago")
            try expect(try await store.removeSettled(acceptedBefore: Sample.accepted + .seconds(1)), 5, "removed")
            try expect(try await store.newestPosition().number(), 5, "the newest event stays the newest")
            try expect(try await store.store(Sample.events(1...2)), [6, 7], "numbers are not given twice")
            let reopened = try await fixture.crash(store)
            try expect(try await reopened.claimAll(for: "lago").sequences, [6, 7], "the new events")
            return reopened
        },
        StoreCheck("goes on counting when the journal is empty after retention") { store, fixture in
            try await store.store(Sample.events(1...3))
            try await store.settleDelivered(try await store.claimAll(for: "lago").sequences, at: "lago")
            try expect(try await store.removeSettled(acceptedBefore: Sample.accepted + .seconds(1)), 3, "removed")
            let reopened = try await fixture.restart(store)
            try expect(try await reopened.newestPosition().number(), 3, "the newest event after a restart")
            try expect(try await reopened.claimAll(for: "lago").count, 0, "nothing to claim")
            try expect(try await reopened.store(Sample.events(1...1)), [4], "the next number")
            try expect(try await reopened.claimAll(for: "lago").sequences, [4], "the new event")
            return reopened
        },
    ]
}
