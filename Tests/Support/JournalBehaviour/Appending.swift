import Events
import Journal

extension StoreBehaviour {
    static let appending: [StoreCheck] = [
        StoreCheck("finds the event that a duplicate repeats, after a crash too, and nothing where there is none") {
            store,
            fixture in
            try await store.store(Sample.events(1...3))
            try expect(try await store.original(2)?.id, "event-2", "at once")
            let reopened = try await fixture.crash(store)
            try expect(try await reopened.original(2)?.id, "event-2", "after a crash")
            try expect(try await reopened.original(4) == nil, true, "a number that was never given")
            return reopened
        },
        StoreCheck("numbers events 1, 2, 3 in the order of acceptance") { store, _ in
            try expect(
                try await store.newestPosition().number(),
                SequenceNumber(0),
                "an empty journal has no newest event"
            )
            try expect(try await store.store(Sample.events(1...3)), [1, 2, 3], "the numbers")
            try expect(try await store.store(Sample.events(4...4)), [4], "the next number")
            try expect(try await store.newestPosition().number(), SequenceNumber(4), "the newest event")
            return store
        },
        StoreCheck("counts what it has accepted for each provider since it was opened, without duplicates") {
            store,
            fixture in
            try expect(store.acceptedSinceOpening, [:], "nothing at first")
            try await store.store(Sample.events(1...3, plan: Sample.both))
            _ = try await store.append(AppendRequest(events: Sample.events(2...5, plan: Sample.both), policy: .each))
            try await store.store(Sample.events(6...6))
            try expect(store.acceptedSinceOpening, ["lago": 6, "polar": 5], "new events alone")
            let reopened = try await fixture.crash(store)
            try expect(reopened.acceptedSinceOpening, [:], "nothing after a crash")
            try await reopened.store(Sample.events(7...8))
            try expect(reopened.acceptedSinceOpening, ["lago": 2], "what is new since then")
            return reopened
        },
        StoreCheck("keeps every field of an event through a crash") { store, fixture in
            let event = AcceptedEvent(
                CanonicalEvent(
                    idScope: "sub_1",
                    name: "api_request",
                    subscriptionID: "sub_1",
                    timestamp: Timestamp(milliseconds: -62_135_596_800_000),
                    source: "Zürich ☂",
                    properties: JSONText(checked: #"{"n":1.2300e+5,"s":"\u00e9"}"#),
                    vendor: JSONText(checked: #"{"polar": {"parent_id": "x"}}"#)
                ),
                id: "évt/1",
                in: Submission(
                    tenant: "shop",
                    client: "web",
                    acceptedAt: Sample.accepted,
                    plan: Plan(
                        route: "default",
                        destinations: [
                            Destination(
                                provider: "lago",
                                adapter: "lago",
                                mode: .mirror,
                                rename: ["api_request": "api.request"],
                                settings: DestinationSettings(["subscription_id": .text("sub_{customer_id}")])
                            )
                        ]
                    )
                )
            )
            try await store.store([event])
            let reopened = try await fixture.crash(store)
            let claimed = try await reopened.claimAll(for: "lago")
            let delivery = try require(claimed.first, "the event is claimed after the crash")
            try expectSame(delivery.event, event)
            try expect(delivery.destination, event.plan.destinations[0], "the destination is the plan's")
            return reopened
        },
        StoreCheck("has on disk whatever it answered as stored") { store, fixture in
            for batch in 0..<20 {
                try await store.store(Sample.events((batch * 10 + 1)...(batch * 10 + 10)))
            }
            let reopened = try await fixture.crash(store)
            try expect(
                try await reopened.newestPosition().number(),
                SequenceNumber(200),
                "the newest event after a crash"
            )
            try expect(try await reopened.claimAll(for: "lago").count, 200, "events after a crash")
            return reopened
        },
        StoreCheck("answers nothing for a request of nothing") { store, _ in
            let results = try await store.append(AppendRequest(events: [], policy: .allOrNothing))
            try expect(results, [], "the results")
            return store
        },
        StoreCheck("knows a repeat with the same content as a duplicate, also after restart and crash") {
            store,
            fixture in
            try await store.store(Sample.events(1...5))
            let again = AppendRequest(events: Sample.events(3...6), policy: .allOrNothing)
            let expected: [AppendResult] = [.duplicate(of: 3), .duplicate(of: 4), .duplicate(of: 5), .stored(6)]
            try expect(try await store.append(again), expected, "at once")
            let crashed = try await fixture.crash(store)
            let known = expected.dropLast() + [.duplicate(of: 6)]
            try expect(try await crashed.append(again), Array(known), "after a crash")
            let restarted = try await fixture.restart(crashed)
            try expect(try await restarted.append(again), Array(known), "after a restart")
            try expect(try await restarted.claimAll(for: "lago").count, 6, "nothing is stored twice")
            return restarted
        },
        StoreCheck("finds a repeat within one request") { store, _ in
            let events = [Sample.event("a"), Sample.event("b"), Sample.event("a"), Sample.event("a")]
            let results = try await store.append(AppendRequest(events: events, policy: .allOrNothing))
            try expect(results, [.stored(1), .stored(2), .duplicate(of: 1), .duplicate(of: 1)], "the results")
            return store
        },
        StoreCheck("compares content, not bytes") { store, _ in
            try await store.store([Sample.event("a", properties: #"{"x": 1.0, "y": {"b": "é", "a": [1,2]}}"#)])
            let again = Sample.event("a", properties: #"{"y":{"a":[1.0, 2e0],"b":"\u00e9"},"x":10e-1}"#)
            let results = try await store.append(AppendRequest(events: [again], policy: .each))
            try expect(results, [.duplicate(of: 1)], "the same said otherwise")
            return store
        },
        StoreCheck("names the fields in which a conflicting event differs") { store, _ in
            try await store.store([Sample.event("a")])
            for (changed, fields) in conflicts {
                let results = try await store.append(AppendRequest(events: [changed], policy: .each))
                try expect(results, [.conflict(with: 1, fields: fields)], "the conflict")
            }
            try expect(try await store.claimAll(for: "lago").count, 1, "conflicting events are not stored")
            return store
        },
        StoreCheck("takes a timestamp that was not given for no difference, whichever event lacks it") { store, _ in
            let later = Sample.accepted + .seconds(60)
            try await store.store([Sample.event("minted"), Sample.event("given", timestamp: Sample.accepted)])
            let again = [
                Sample.event("minted", acceptedAt: later),
                Sample.event("minted", timestamp: Sample.accepted, acceptedAt: later),
                Sample.event("minted", timestamp: later, acceptedAt: later),
                Sample.event("given", acceptedAt: later),
                Sample.event("given", timestamp: Sample.accepted, acceptedAt: later),
                Sample.event("given", timestamp: later, acceptedAt: later),
            ]
            let results = try await store.append(AppendRequest(events: again, policy: .each))
            let expected: [AppendResult] = [
                .duplicate(of: 1, hasOtherTime: true), .duplicate(of: 1), .duplicate(of: 1, hasOtherTime: true),
                .duplicate(of: 2, hasOtherTime: true), .duplicate(of: 2),
                .conflict(with: 2, fields: ["timestamp"]),
            ]
            try expect(results, expected, "the results")
            return store
        },
        StoreCheck("stores nothing of an all-or-nothing request with a conflict") { store, fixture in
            try await store.store([Sample.event("a")])
            let events = [
                Sample.event("new"), Sample.event("a", name: "other"), Sample.event("a"), Sample.event("new"),
            ]
            let results = try await store.append(AppendRequest(events: events, policy: .allOrNothing))
            let expected: [AppendResult] = [
                .withheld, .conflict(with: 1, fields: ["name"]), .duplicate(of: 1), .withheld,
            ]
            try expect(results, expected, "the results")
            let reopened = try await fixture.crash(store)
            try expect(try await reopened.store([Sample.event("new")]), [2], "what was withheld is new")
            try expect(try await reopened.claimAll(for: "lago").ids, ["a", "new"], "the journal")
            return reopened
        },
        StoreCheck("stores nothing of a request that must be new if one event is known") { store, fixture in
            try await store.store([Sample.event("a")])
            let events = [Sample.event("b"), Sample.event("a"), Sample.event("c")]
            let results = try await store.append(AppendRequest(events: events, policy: .allNewOrNothing))
            try expect(results, [.withheld, .duplicate(of: 1), .withheld], "a duplicate")
            let other = [Sample.event("b"), Sample.event("a", name: "other")]
            let refused = try await store.append(AppendRequest(events: other, policy: .allNewOrNothing))
            try expect(refused, [.withheld, .conflict(with: 1, fields: ["name"])], "a conflict")
            let twice = [Sample.event("d"), Sample.event("d")]
            let repeated = try await store.append(AppendRequest(events: twice, policy: .allNewOrNothing))
            try expect(repeated, [.withheld, .withheld], "a duplicate within the request")
            let reopened = try await fixture.crash(store)
            let new = [Sample.event("b"), Sample.event("c")]
            let stored = try await reopened.append(AppendRequest(events: new, policy: .allNewOrNothing))
            try expect(stored, [.stored(2), .stored(3)], "what was withheld is new")
            try expect(try await reopened.claimAll(for: "lago").ids, ["a", "b", "c"], "the journal")
            return reopened
        },
        StoreCheck("tells that an event of a withheld request has no number") { store, _ in
            let events = [Sample.event("a"), Sample.event("a", name: "other")]
            let results = try await store.append(AppendRequest(events: events, policy: .allOrNothing))
            try expect(results, [.withheld, .conflict(with: 0, fields: ["name"])], "the results")
            return store
        },
        StoreCheck("stores the good events of a request where each stands for itself") { store, _ in
            try await store.store([Sample.event("a")])
            let events = [Sample.event("b"), Sample.event("a", name: "other"), Sample.event("c")]
            let results = try await store.append(AppendRequest(events: events, policy: .each))
            try expect(results, [.stored(2), .conflict(with: 1, fields: ["name"]), .stored(3)], "the results")
            return store
        },
        StoreCheck("tells the same id apart by tenant and by scope, byte for byte") { store, _ in
            let events = [
                Sample.event("a"), Sample.event("a", tenant: "bank"), Sample.event("a", scope: "sub_1"),
                Sample.event("a", scope: "sub_2"), Sample.event("e\u{301}"), Sample.event("\u{e9}"),
            ]
            try expect(try await store.store(events).count, 6, "all are new")
            let results = try await store.append(AppendRequest(events: events, policy: .each))
            try expect(results, (1...6).map { .duplicate(of: SequenceNumber($0)) }, "all are known")
            return store
        },
    ]

    private static let conflicts: [(AcceptedEvent, [String])] = [
        (Sample.event("a", name: "other"), ["name"]),
        (Sample.event("a", properties: nil), ["properties"]),
        (Sample.event("a", properties: #"{"request_size": 101, "region": "eu"}"#), ["properties"]),
        (Sample.event("a", name: "other", properties: nil), ["name", "properties"]),
    ]

    private static func expectSame(_ found: AcceptedEvent, _ event: AcceptedEvent) throws {
        try expect(found.tenant, event.tenant, "tenant")
        try expect(found.client, event.client, "client")
        try expect(found.id, event.id, "id")
        try expect(found.idScope, event.idScope, "scope")
        try expect(found.name, event.name, "name")
        try expect(found.customerID, event.customerID, "customer")
        try expect(found.subscriptionID, event.subscriptionID, "subscription")
        try expect(found.timestamp, event.timestamp, "timestamp")
        try expect(found.timestampWasGiven, event.timestampWasGiven, "whether the timestamp was given")
        try expect(found.source, event.source, "source")
        try expect(found.properties, event.properties, "properties, byte for byte")
        try expect(found.vendor, event.vendor, "vendor fields, byte for byte")
        try expect(found.acceptedAt, event.acceptedAt, "time of acceptance")
        try expect(found.plan.encoded, event.plan.encoded, "plan")
    }
}
