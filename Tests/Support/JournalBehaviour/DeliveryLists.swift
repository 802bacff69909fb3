import Events
import Journal

extension StoreBehaviour {
    static let deliveryLists: [StoreCheck] = [
        StoreCheck("lists, retries and discards deliveries by customer") { store, _ in
            func event(_ id: String, _ customer: String) -> AcceptedEvent {
                let base = Sample.event(id)
                return AcceptedEvent(
                    base.submission,
                    id: base.id,
                    name: base.name,
                    customerID: customer,
                    subscriptionID: nil,
                    timestamp: base.timestamp,
                    timestampWasGiven: true,
                    source: nil,
                    properties: nil,
                    vendor: nil
                )
            }
            try await store.store([event("a", "c1"), event("b", "c2"), event("c", "c1"), event("d", "c3")])
            try await store.settle(try await store.claimAll(for: "lago").sequences, at: "lago", as: .rejected)
            func ids(_ customers: [String], limit: Int = 9) async throws -> [EventID] {
                let filter = DeliveryFilter(tenant: "shop", customerIDs: customers)
                return try await store.deliveries(matching: filter, after: nil, limit: limit).deliveries.map(\.event.id)
            }
            try expect(try await ids(["c1"]), ["a", "c"], "of one customer")
            try expect(try await ids(["c1", "c3"]), ["a", "c", "d"], "of two")
            try expect(try await ids(["C1"]), [], "of nobody")
            func decision(_ action: DeliveryRevision.Action, _ customer: String) -> DeliveryRevision {
                let filter = DeliveryFilter(tenant: "shop", customerIDs: [customer])
                return DeliveryRevision(action: action, filter: filter, by: "operator", at: Sample.accepted)
            }
            let retried = try await store.revise(decision(.retry, "c1"))
            try expect(retried, RevisionCount(changed: 2, busy: 0), "retried")
            let discarded = try await store.revise(decision(.discard, "c2"))
            try expect(discarded, RevisionCount(changed: 1, busy: 0), "discarded")
            let due = try await store.claimDue(for: "lago", at: Sample.accepted, limit: 9)
            try expect(due.ids, ["a", "c"], "what is due")
            let recorded = try await store.revisions(of: "shop", limit: 9)
            try expect(recorded.map(\.filter), ["customer c2", "customer c1"], "what was decided")
            return store
        },
        StoreCheck("lists what the vendor had at the first attempt already, page by page") { store, fixture in
            try await store.store(Sample.events(1...9, plan: Sample.both))
            try await store.store([Sample.event("other", tenant: "bank")])
            let known = Attempt(
                at: Sample.accepted,
                latency: .zero,
                httpStatus: 200,
                status: .delivered,
                deduplicated: true
            )
            let lago = try await store.claimAll(for: "lago").sequences
            // 2 to 4 in a run; 6 in a row of its own; 7 was known only at the second attempt.
            try await store.settle(
                Settlement(
                    provider: "lago",
                    delivered: [
                        DeliveredRun(sequences: [lago[0]], attempt: Sample.delivered),
                        DeliveredRun(sequences: Array(lago[1...3]) + [lago[9]], attempt: known),
                    ],
                    exceptions: [
                        SettledDelivery(sequence: lago[4], status: .rejected, fault: Sample.unavailable),
                        SettledDelivery(sequence: lago[5], status: .delivered, newAttempts: [known]),
                        SettledDelivery(sequence: lago[6], status: .delivered, newAttempts: [Sample.failed, known]),
                        SettledDelivery(sequence: lago[7], status: .discarded),
                        SettledDelivery(sequence: lago[8], status: .discarded),
                    ]
                )
            )
            let polar = try await store.claimAll(for: "polar").sequences
            let run = DeliveredRun(sequences: [polar[1]], attempt: known)
            try await store.settle(Settlement(provider: "polar", delivered: [run]))
            let reopened = try await fixture.crash(store)
            for limit in [1, 2, 9] {
                let found = try await duplicates(DeliveryFilter(tenant: "shop"), in: reopened, limit: limit)
                let expected = ["event-2 lago", "event-2 polar", "event-3 lago", "event-4 lago", "event-6 lago"]
                try expect(found, expected, "all, \(limit) at a time")
            }
            let polarOnly = DeliveryFilter(tenant: "shop", providers: ["polar"])
            try expect(try await duplicates(polarOnly, in: reopened, limit: 9), ["event-2 polar"], "of one provider")
            let bank = try await duplicates(DeliveryFilter(tenant: "bank"), in: reopened, limit: 9)
            try expect(bank, ["other lago"], "another tenant's")
            return reopened
        },
    ]

    private static func duplicates(_ filter: DeliveryFilter, in store: any EventStore, limit: Int) async throws
        -> [String]
    {
        var filter = filter
        filter.duplicateAtVendor = true
        var (found, after): ([String], DeliveryCursor?) = ([], nil)
        repeat {
            let page = try await store.deliveries(matching: filter, after: after, limit: limit)
            try expect(page.deliveries.count <= limit, true, "a page keeps to its limit")
            found += page.deliveries.map { "\($0.event.id) \($0.delivery.provider)" }
            after = page.next
        } while after != nil
        return found
    }
}
