import Events
import Journal

extension StoreBehaviour {
    /// A look at the vendor, with the status that the delivery gets.
    private static func look(
        _ sequence: SequenceNumber,
        _ code: DeliveryErrorCode,
        _ status: DeliveryStatus,
        at account: ProviderName = "lago"
    ) -> RecordedLookup {
        RecordedLookup(
            sequence: sequence,
            account: account,
            attempt: Attempt(
                at: Sample.accepted + .seconds(9),
                latency: .milliseconds(3),
                httpStatus: nil,
                status: status,
                fault: DeliveryFault(code: code, message: "looked up")
            )
        )
    }

    static let lookups: [StoreCheck] = [
        StoreCheck("delivers what a look at the vendor has found, with the look as its last attempt") {
            store,
            fixture in
            try await store.store(Sample.events(1...2))
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.settle([sequences[0]], at: "lago", as: .uncertain)
            try await store.settle([sequences[1]], at: "lago", as: .rejected)
            for sequence in sequences {
                try expect(try await store.record(look(sequence, .foundAtVendor, .delivered)), true, "it is added")
                try expect(try await store.record(look(sequence, .foundAtVendor, .delivered)), false, "only once")
            }
            let reopened = try await fixture.crash(store)
            for (id, before) in [("event-1", DeliveryStatus.uncertain), ("event-2", .rejected)] {
                let event = try require(try await reopened.events(withID: EventID(id), of: "shop").first, "the event")
                let delivery = event.deliveries[0]
                try expect(delivery.status, .delivered, id)
                try expect(delivery.fault, nil, "what is delivered has no fault")
                try expect(delivery.history.map(\.status), [before, .delivered], "its history")
                try expect(delivery.history.map(\.isLookup), [false, true], "which of them was a look")
                try expect(delivery.history[1].latency, .milliseconds(3), "how long it took")
            }
            try expect(try await reopened.backlog(of: "lago").events, 0, "the backlog")
            return reopened
        },
        StoreCheck("keeps the state of what a look has not found, and tells what was seen") { store, fixture in
            try await store.store(Sample.events(1...2))
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.settle([sequences[0]], at: "lago", as: .uncertain)
            try await store.settle([sequences[1]], at: "lago", as: .rejected)
            for (sequence, status) in [(sequences[0], DeliveryStatus.uncertain), (sequences[1], .rejected)] {
                try expect(try await store.record(look(sequence, .absentAtVendor, status)), true, "it is added")
            }
            let filter = DeliveryFilter(tenant: "shop", errorCodes: [.absentAtVendor])
            let found = try await store.deliveries(matching: filter, after: nil, limit: 9).deliveries
            try expect(found.map(\.delivery.status), [.uncertain, .rejected], "what was looked up in vain")
            let now = Sample.accepted + .seconds(60)
            var retried = filter
            retried.statuses = [.uncertain, .rejected]
            let revision = DeliveryRevision(action: .retry, filter: retried, by: "operator", at: now)
            try expect(try await store.revise(revision).changed, 2, "a retry")
            let reopened = try await fixture.crash(store)
            let due = try await reopened.claimDue(for: "lago", at: now, limit: 9)
            try expect(due.ids, ["event-1", "event-2"], "what is sent again")
            try await reopened.settleDelivered(due.sequences, at: "lago")
            let event = try require(try await reopened.events(withID: "event-1", of: "shop").first, "the event")
            try expect(
                event.deliveries[0].history.map(\.status),
                [.uncertain, .uncertain, .delivered],
                "attempts after a look are counted on"
            )
            return reopened
        },
        StoreCheck("leaves alone what is not uncertain or rejected any more") { store, _ in
            try await store.store(Sample.events(1...3))
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.settleDelivered([sequences[0]], at: "lago")
            try await store.settle([sequences[1]], at: "lago", as: .retrying, nextAttemptAt: Sample.accepted)
            for sequence in sequences {
                try expect(try await store.record(look(sequence, .foundAtVendor, .delivered)), false, "\(sequence)")
            }
            let unknown = look(sequences[0], .foundAtVendor, .delivered, at: "nobody")
            try expect(try await store.record(unknown), false, "an account that has nothing")
            try expect(try await store.statuses(of: "event-2"), ["lago": .retrying], "what is due")
            return store
        },
    ]
}
