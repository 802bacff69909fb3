import Events
import Journal

extension StoreBehaviour {
    static let shadows: [StoreCheck] = [
        StoreCheck("keeps shadow deliveries as runs, between delivered ones, also after a crash and retention") {
            store,
            fixture in
            let later = Sample.accepted + .seconds(60)
            try await store.store(mixed(1...4))
            try await store.store(mixed(5...12).map { Sample.event($0.id.rawValue, acceptedAt: later, plan: $0.plan) })
            // At polar: 2, 6, 10 are sent; 3, 7, 11 are in its shadow.
            let claimed = try await store.claimAll(for: "polar")
            let shadow = claimed.filter { $0.destination.mode == .shadow }.sequences
            let sent = claimed.filter { $0.destination.mode != .shadow }.sequences
            try expect(shadow, [3, 7, 11], "shadow deliveries")
            let settlement = Settlement(
                provider: "polar",
                delivered: [DeliveredRun(sequences: Array(sent.dropLast()), attempt: Sample.delivered)],
                skipped: [SkippedRun(sequences: shadow, at: Sample.accepted)]
            )
            try await store.settle(settlement)
            try await expectShadows(in: store, pending: true)
            let filter = DeliveryFilter(tenant: "shop", providers: ["polar"])
            let rows = try await store.deliveries(matching: filter, after: nil, limit: 9).deliveries
            try expect(rows.count, 0, "rows")
            let reopened = try await fixture.crash(store)
            try await expectShadows(in: reopened, pending: true)
            try expect(try await reopened.claimAll(for: "polar").sequences, [10], "what has no outcome")
            try await reopened.settleDelivered([10], at: "polar")
            try await expectShadows(in: reopened, pending: false)
            try expect(try await reopened.providersWithBacklog(), ["lago"], "nothing waits for polar")
            try await reopened.settleDelivered(try await reopened.claimAll(for: "lago").sequences, at: "lago")
            try expect(try await reopened.removeSettled(acceptedBefore: later), 4, "the first chunk")
            try await expectShadows(in: reopened, pending: false, from: 5)
            return reopened
        },
        StoreCheck("counts what shadow deliveries showed together with their settlement") { store, fixture in
            try await store.store(mixed(1...20))
            let shadow = try await store.claimAll(for: "polar").filter { $0.destination.mode == .shadow }.sequences
            let half = Array(shadow.prefix(2))
            let rest = Array(shadow.dropFirst(2))
            let tallies = [
                ShadowTally(.translated, events: 1, at: Sample.accepted),
                ShadowTally(.untranslatable, field: "customer_id", events: 1, samples: [half[0]], at: Sample.accepted),
            ]
            try await store.settle(
                Settlement(
                    provider: "polar",
                    skipped: [SkippedRun(sequences: half, at: Sample.accepted)],
                    shadow: tallies
                )
            )
            let later = Sample.accepted + .seconds(9)
            let again = ShadowTally(.untranslatable, field: "customer_id", events: 3, samples: rest, at: later)
            try await store.settle(
                Settlement(
                    provider: "polar",
                    skipped: [SkippedRun(sequences: rest, at: later)],
                    shadow: [again, ShadowTally(.different, field: "properties", events: 2, at: later)]
                )
            )
            let reopened = try await fixture.crash(store)
            let counts = try await reopened.shadowCounts()
            try expect(counts.map(\.shadowClass), [.different, .translated, .untranslatable], "classes")
            try expect(counts.map(\.events), [2, 1, 4], "events")
            try expect(counts.map(\.field), ["properties", "", "customer_id"], "fields")
            try expect(counts[2].first, Sample.accepted, "first")
            try expect(counts[2].last, later, "last")
            try expect(counts[2].samples, rest + [half[0]], "samples, the newest first")
            try await reopened.forgetShadowCounts(of: "polar")
            try expect(try await reopened.shadowCounts(), [], "begun anew")
            return reopened
        },
        StoreCheck("keeps a bounded number of samples and of fields") { store, _ in
            try await store.store(Sample.events(1...30, plan: Sample.polar))
            let sequences = try await store.claimAll(for: "polar").sequences
            let tallies = (1...300).map { number in
                ShadowTally(.untranslatable, field: "f\(number)", events: 1, at: Sample.accepted)
            }
            let many = ShadowTally(.untranslatable, field: "f1", events: 30, samples: sequences, at: Sample.accepted)
            try await store.settle(
                Settlement(
                    provider: "polar",
                    skipped: [SkippedRun(sequences: sequences, at: Sample.accepted)],
                    shadow: tallies + [many]
                )
            )
            let counts = try await store.shadowCounts()
            try expect(counts.count, ShadowCount.mostFields + 1, "fields")
            try expect(counts.reduce(0) { $0 + $1.events }, 330, "all are counted")
            let others = try require(counts.first { $0.field == ShadowCount.otherFields }, "the other fields")
            try expect(others.events, 300 - ShadowCount.mostFields, "those beyond the limit")
            try expect(counts.map(\.samples.count).max(), ShadowCount.mostSamples, "samples")
            return store
        },
    ]

    private static func expectShadows(in store: any EventStore, pending: Bool, from first: Int = 1) async throws {
        for number in first...12 {
            let delivery = try await store.deliveries(of: "event-\(number)").first { $0.provider == "polar" }
            let expected: DeliveryStatus? =
                switch number % 4 {
                case 2: number == 10 && pending ? .pending : .delivered
                case 3: .skipped
                default: nil
                }
            try expect(delivery?.status, expected, "event \(number) at polar")
            if number % 4 == 3 { try expect(delivery?.attempts, 0, "requests for a shadow delivery") }
        }
    }
}
