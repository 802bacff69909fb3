import Events
import Journal

extension StoreBehaviour {
    static let searching: [StoreCheck] = [
        StoreCheck("finds the same events as a look at each of them, page by page") { store, fixture in
            let events = (1...120).map { number in
                Sample.event(
                    "e\(number)",
                    tenant: number % 5 == 0 ? "bank" : "shop",
                    name: "name-\(number % 3)",
                    timestamp: Sample.accepted + .seconds(number * 37 % 50)
                )
            }
            try await store.store(events)
            let reopened = try await fixture.crash(store)
            let filters = [
                EventFilter(), EventFilter(names: ["name-1"]), EventFilter(ids: ["e7", "e5", "e8"]),
                EventFilter(from: Sample.accepted + .seconds(10), before: Sample.accepted + .seconds(30)),
                EventFilter(customerIDs: ["nobody"]), EventFilter(condition: { $0.id.rawValue.hasSuffix("2") }),
            ]
            for filter in filters {
                for order in [EventSearch.Order.newestFirst, .oldestFirst] {
                    try await expectPages(reopened, events, filter, order)
                }
            }
            return reopened
        },
        StoreCheck("gives pages that events which come meanwhile do not disturb") { store, _ in
            try await store.store((1...6).map { Sample.event("e\($0)", timestamp: Sample.accepted + .seconds($0)) })
            let first = try await find(store, EventSearch(limit: 2))
            try await store.store([Sample.event("new", timestamp: Sample.accepted + .seconds(100))])
            let second = try await find(store, EventSearch(after: first.next, limit: 2))
            try expect(first.events.map(\.event.id), ["e6", "e5"], "the first page")
            try expect(second.events.map(\.event.id), ["e4", "e3"], "the second")
            let skipped = try await find(store, EventSearch(skip: 6, limit: 5, wantsTotal: true))
            try expect(skipped.events.map(\.event.id), ["e1"], "a page by number")
            try expect(skipped.total, 7, "the total")
            try expect(skipped.hasMore, false, "nothing follows")
            let newer = try await find(store, EventSearch(until: first.next, limit: 5, wantsTotal: true))
            try expect(newer.events.map(\.event.id), ["new", "e6"], "what came before the second page")
            try expect(newer.hasMore, false, "nothing else did")
            try expect(newer.total, 7, "the total, whatever the part")
            let rising = EventSearch(order: .oldestFirst, until: first.next, limit: 2)
            try expect(try await find(store, rising).events.map(\.event.id), ["e1", "e2"], "the oldest first")
            return store
        },
        StoreCheck("finds events by what became of them") { store, _ in
            try await store.store(Sample.events(1...3, plan: Sample.both))
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.settle([sequences[1]], at: "lago", as: .rejected)
            try await store.settleDelivered([sequences[0], sequences[2]], at: "lago")
            func ids(_ filter: EventFilter) async throws -> [String] {
                try await find(store, EventSearch(filter, order: .oldestFirst, limit: 9)).events.map(
                    \.event.id.rawValue
                )
            }
            try expect(try await ids(EventFilter(deliveryStatuses: [.rejected])), ["event-2"], "the rejected one")
            let delivered = EventFilter(provider: "lago", deliveryStatuses: [.delivered])
            try expect(try await ids(delivered), ["event-1", "event-3"], "those that one provider has")
            try expect(try await ids(EventFilter(provider: "nobody")), [], "of an unknown provider")
            return store
        },
        StoreCheck("counts names, and finds an event by its number") { store, _ in
            try await store.store([
                Sample.event("a", name: "x", timestamp: Sample.accepted),
                Sample.event("b", name: "x", timestamp: Sample.accepted + .seconds(9)),
                Sample.event("c", name: "w", timestamp: Sample.accepted + .seconds(5)),
                Sample.event("d", tenant: "bank"),
            ])
            let names = try await store.names(EventFilter(), of: "shop")
            try expect(names.map(\.name), ["w", "x"], "the names")
            try expect(names.map(\.count), [1, 2], "their counts")
            try expect(names[1].firstSeen, Sample.accepted, "the first")
            try expect(names[1].lastSeen, Sample.accepted + .seconds(9), "the last")
            try expect(try await store.event(at: 2, of: "shop")?.event.id, "b", "the second event")
            try expect(try await store.event(at: 2, of: "bank")?.event.id, nil, "for another tenant")
            try expect(try await store.event(at: 99, of: "shop")?.event.id, nil, "an unknown number")
            return store
        },
    ]

    static let searchingWhatIsLeft: [StoreCheck] = [
        StoreCheck("neither lists nor counts what retention has removed") { store, fixture in
            let later = Sample.accepted + .seconds(3600)
            try await store.store(Sample.events(1...3))
            try await store.store(Sample.events(4...6))
            try await store.store(Sample.events(7...9, acceptedAt: later))
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.settleDelivered(Array(sequences[3...8]), at: "lago")
            try expect(try await find(store, EventSearch(limit: 1, wantsTotal: true)).total, 9, "before")
            try expect(try await store.removeSettled(acceptedBefore: later), 3, "the second chunk is gone")
            let left = [1, 2, 3, 7, 8, 9].map { EventID("event-\($0)") }
            try await expectLeft(left, in: store)
            let reopened = try await fixture.crash(store)
            try await expectLeft(left, in: reopened)
            let again = try await fixture.restart(reopened)
            try await expectLeft(left, in: again)
            try await again.store([Sample.event("new", acceptedAt: later + .seconds(1))])
            try await expectLeft(left + ["new"], in: again)
            return again
        },
        StoreCheck("lists the rest when a chunk is damaged") { store, fixture in
            for number in 1...5 { try await store.store([Sample.event("e\(number)")]) }
            let damaged = try await fixture.damage(3, of: store)
            let search = EventSearch(order: .oldestFirst, limit: 9, wantsTotal: true)
            try expect(try await find(damaged, search).events.map(\.event.id), ["e1", "e2", "e4", "e5"], "the rest")
            try expect(try await find(damaged, search).total, 4, "the total, since it is known")
            return damaged
        },
    ]

    private static func expectLeft(_ ids: [EventID], in store: any EventStore) async throws {
        let search = EventSearch(order: .oldestFirst, limit: 20, wantsTotal: true)
        let page = try await find(store, search)
        try expect(page.events.map(\.event.id), ids, "the events that are left")
        try expect(page.total, ids.count, "their number")
        try expect(try await store.names(EventFilter(), of: "shop").map(\.count), [ids.count], "their name's")
    }

    private static func find(_ store: any EventStore, _ search: EventSearch) async throws -> EventPage {
        try await store.search(search, of: "shop")
    }

    private static func expectPages(
        _ store: any EventStore,
        _ events: [AcceptedEvent],
        _ filter: EventFilter,
        _ order: EventSearch.Order
    ) async throws {
        let wanted = events.enumerated().filter { _, event in
            event.tenant == "shop" && (filter.names.isEmpty || filter.names.contains(event.name))
                && (filter.ids.isEmpty || filter.ids.contains(event.id))
                && (filter.customerIDs.isEmpty || filter.customerIDs.contains(event.customerID ?? ""))
                && (filter.from.map { event.timestamp >= $0 } ?? true)
                && (filter.before.map { event.timestamp < $0 } ?? true) && (filter.condition?(event) ?? true)
        }.sorted { ($0.element.timestamp, $0.offset) < ($1.element.timestamp, $1.offset) }.map(\.element.id)
        var found: [EventID] = []
        var cursor: EventCursor?
        repeat {
            let page = try await find(store, EventSearch(filter, order: order, after: cursor, limit: 7))
            try expect(page.events.count <= 7, true, "a page keeps to its limit")
            found += page.events.map(\.event.id)
            cursor = page.next
        } while cursor != nil
        try expect(found, order == .oldestFirst ? wanted : wanted.reversed(), "\(order)")
    }
}
