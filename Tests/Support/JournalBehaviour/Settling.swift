import Events
import Journal

extension StoreBehaviour {
    static let settling: [StoreCheck] = [
        StoreCheck("settles in any order, through a crash") { store, fixture in
            try await store.store(Sample.events(1...40))
            var current = store
            for part in [30...39, 0...4, 10...12, 20...24] {
                let claimed = try await current.claimAll(for: "lago")
                let chosen = claimed.filter { part.contains(Int($0.sequence.rawValue) - 1) }
                try expect(chosen.count, part.count, "what was not settled is claimed again")
                try await current.settleDelivered(chosen.sequences, at: "lago")
                current = try await fixture.crash(current)
            }
            let rest = try await current.claimAll(for: "lago")
            let expected = [6...10, 14...20, 26...30].flatMap { $0.map { SequenceNumber(Int64($0)) } }
            try expect(rest.sequences, expected, "what is left")
            return current
        },
        StoreCheck("shows delivered runs with their attempt") { store, fixture in
            try await store.store(Sample.events(1...5000, plan: Sample.both))
            let claimed = try await store.claimAll(for: "lago")
            let attempt = Attempt(
                at: Sample.accepted + .seconds(3),
                latency: .microseconds(1234),
                httpStatus: 201,
                status: .delivered,
                deduplicated: true
            )
            let run = DeliveredRun(sequences: claimed.sequences, attempt: attempt)
            try await store.settle(Settlement(provider: "lago", delivered: [run]))
            let reopened = try await fixture.crash(store)
            for id in ["event-1", "event-2500", "event-4096", "event-5000"] {
                let found = try await reopened.events(withID: EventID(id), of: "shop")
                let deliveries = try require(found.first, "the event").deliveries
                let expected = Delivery(
                    provider: "lago",
                    adapter: "lago",
                    mode: .primary,
                    status: .delivered,
                    attempts: 1,
                    deduplicated: true,
                    httpStatus: 201,
                    latency: .microseconds(1234),
                    history: [attempt]
                )
                try expect(deliveries.first, expected, "the delivery of \(id)")
                try expect(deliveries.map(\.status), [.delivered, .pending], "both deliveries")
            }
            return reopened
        },
        StoreCheck("keeps exceptions beside the run that surrounds them") { store, fixture in
            try await store.store(Sample.events(1...6))
            let sequences = try await store.claimAll(for: "lago").sequences
            let fault = DeliveryFault(code: .invalidEvent, message: "the vendor refused the event", vendor: "no")
            let settlement = Settlement(
                provider: "lago",
                delivered: [DeliveredRun(sequences: [1, 2, 4, 6], attempt: Sample.delivered)],
                exceptions: [
                    SettledDelivery(sequence: sequences[2], status: .rejected, newAttempts: [], fault: fault),
                    SettledDelivery(
                        sequence: sequences[4],
                        status: .retrying,
                        newAttempts: [Sample.failed],
                        nextAttemptAt: Sample.accepted + .seconds(9),
                        fault: Sample.unavailable
                    ),
                ]
            )
            try await store.settle(settlement)
            let reopened = try await fixture.crash(store)
            var statuses: [DeliveryStatus?] = []
            for id in 1...6 { statuses.append(try await reopened.statuses(of: "event-\(id)")["lago"]) }
            try expect(
                statuses,
                [.delivered, .delivered, .rejected, .delivered, .retrying, .delivered],
                "the statuses"
            )
            let rejected = try require(
                try await reopened.events(withID: "event-3", of: "shop").first,
                "the rejected event"
            )
            try expect(rejected.deliveries.first?.fault, fault, "the fault of an event that was never sent")
            try expect(rejected.deliveries.first?.attempts, 0, "its attempts")
            try expect(try await reopened.claimAll(for: "lago").count, 0, "nothing is pending")
            return reopened
        },
        StoreCheck("does not take an open event for delivered because its neighbours are") { store, fixture in
            try await store.store(Sample.events(1...4))
            try await store.send([try await store.claimAll(for: "lago").sequences[1]], to: "lago")
            try await store.giveBack("lago")
            let again = try await store.claimAll(for: "lago").sequences
            try expect(again, [1, 3, 4], "those beside the interrupted one, in one block")
            try await store.settleDelivered(Array(again[0...1]), at: "lago")
            try expect(try await store.statuses(of: "event-2"), ["lago": .pending], "the one between them")
            let reopened = try await fixture.crash(store)
            try expect(try await reopened.claimInterrupted(for: "lago").sequences, [2], "what was interrupted")
            try expect(try await reopened.claimAll(for: "lago").sequences, [4], "what is left")
            return reopened
        },
        StoreCheck("adds attempts to the history until the delivery ends") { store, fixture in
            try await store.store(Sample.events(1...1))
            var claimed = try await store.claimAll(for: "lago")
            let due = Sample.accepted + .seconds(1)
            for round in 1...3 {
                try await store.settle(claimed.sequences, at: "lago", as: .retrying, nextAttemptAt: due)
                claimed = try await store.claimDue(for: "lago", at: due, limit: 10)
                try expect(claimed.map(\.attempts), [round], "attempts of what is claimed in round \(round)")
            }
            let last = SettledDelivery(sequence: 1, status: .delivered, newAttempts: [Sample.delivered])
            try await store.settle(Settlement(provider: "lago", exceptions: [last]))
            let reopened = try await fixture.crash(store)
            let event = try require(try await reopened.events(withID: "event-1", of: "shop").first, "the event")
            let delivery = try require(event.deliveries.first, "its delivery")
            try expect(delivery.status, .delivered, "the status")
            try expect(delivery.attempts, 4, "the number of attempts")
            try expect(delivery.history.map(\.status), [.retrying, .retrying, .retrying, .delivered], "the history")
            try expect(delivery.history[0].fault, Sample.unavailable, "the first attempt's fault")
            try expect(delivery.fault, nil, "no fault in the end")
            try expect(delivery.httpStatus, 200, "the last answer")
            return reopened
        },
        StoreCheck("ends the row of a retry that is settled as part of a run") { store, fixture in
            try await store.store(Sample.events(1...2))
            let sequences = try await store.claimAll(for: "lago").sequences
            let due = Sample.accepted + .seconds(1)
            try await store.settle(sequences, at: "lago", as: .retrying, nextAttemptAt: due)
            let claimed = try await store.claimDue(for: "lago", at: due, limit: 10)
            try await store.settleDelivered(claimed.sequences, at: "lago")
            let reopened = try await fixture.crash(store)
            try expect(try await reopened.claimDue(for: "lago", at: due, limit: 10).count, 0, "retries")
            try expect(try await reopened.statuses(of: "event-2"), ["lago": .delivered], "the status")
            return reopened
        },
        StoreCheck("takes a settlement of an event that nobody has claimed") { store, fixture in
            try await store.store(Sample.events(1...5))
            try await store.settle([3], at: "lago", as: .discarded, fault: nil)
            try expect(try await store.claimAll(for: "lago").sequences, [1, 2, 4, 5], "claims")
            let reopened = try await fixture.crash(store)
            try expect(try await reopened.claimAll(for: "lago").sequences, [1, 2, 4, 5], "claims after a crash")
            try expect(try await reopened.backlog(of: "lago").events, 4, "the backlog")
            return reopened
        },
        StoreCheck("lets a person send a dead letter again") { store, _ in
            try await store.store(Sample.events(1...1))
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.settle(sequences, at: "lago", as: .rejected)
            let again = SettledDelivery(sequence: 1, status: .retrying, nextAttemptAt: Sample.accepted)
            try await store.settle(Settlement(provider: "lago", exceptions: [again]))
            try expect(try await store.backlog(of: "lago").events, 1, "the backlog")
            let claimed = try await store.claimDue(for: "lago", at: Sample.accepted, limit: 1)
            try expect(claimed.map(\.attempts), [1], "the claim")
            return store
        },
    ]

    static let retrying: [StoreCheck] = [
        StoreCheck("claims retries that are due, oldest event first, each once") { store, fixture in
            try await store.store(Sample.events(1...30))
            let sequences = try await store.claimAll(for: "lago").sequences
            for (index, sequence) in sequences.enumerated() {
                // Younger events are due earlier.
                let due = Sample.accepted + .seconds(100 - index)
                try await store.settle([sequence], at: "lago", as: .retrying, nextAttemptAt: due)
            }
            let reopened = try await fixture.crash(store)
            let now = Sample.accepted + .seconds(80)
            let first = try await reopened.claimDue(for: "lago", at: now, limit: 4)
            try expect(first.sequences, [21, 22, 23, 24], "the first four that are due")
            try expect(first.map(\.attempts), [1, 1, 1, 1], "their attempts")
            let next = try await reopened.claimDue(for: "lago", at: now, limit: 100)
            try expect(next.sequences, [25, 26, 27, 28, 29, 30], "the others that are due")
            try expect(try await reopened.claimDue(for: "lago", at: now, limit: 9).count, 0, "none twice")
            try expect(reopened.nextDue(for: "lago"), Sample.accepted + .seconds(81), "the next of the rest")
            return reopened
        },
        StoreCheck("claims a retry again under the next lease") { store, _ in
            try await store.store(Sample.events(1...2))
            let sequences = try await store.claimAll(for: "lago").sequences
            let due = Sample.accepted + .seconds(5)
            try await store.settle(sequences, at: "lago", as: .retrying, nextAttemptAt: due)
            let claimed = try await store.claimDue(for: "lago", at: due, limit: 10)
            try expect(store.nextDue(for: "lago"), nil, "nothing waits while all is claimed")
            try await store.giveBack("lago", unsent: claimed.sequences)
            _ = try await store.heldLease(of: "lago")
            try expect(store.nextDue(for: "lago").map { $0 <= due }, true, "what is given back waits again")
            try expect(
                try await store.claimBlock(for: "lago", limit: Sample.many)?.deliveries.count,
                nil,
                "not as a first try"
            )
            try expect(try await store.claimDue(for: "lago", at: due, limit: 10).sequences, [1, 2], "as a retry")
            return store
        },
        StoreCheck("keeps due retries to the limit of bytes, but for the first, and leaves the rest due") { store, _ in
            let large = #"{"text": "\#(String(repeating: "x", count: 2000))"}"#
            try await store.store((1...4).map { Sample.event("\($0)", properties: large) })
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.settle(sequences, at: "lago", as: .retrying, nextAttemptAt: Sample.accepted)
            let one = try await store.claimDue(
                for: "lago",
                at: Sample.accepted,
                limit: BlockLimit(events: 9, bytes: 1)
            )
            try expect(one.ids, ["1"], "one by size, although it is larger")
            try expect(store.nextDue(for: "lago").map { $0 <= Sample.accepted }, true, "the rest is due")
            let rest = try await store.claimDue(for: "lago", at: Sample.accepted, limit: 9)
            try expect(rest.ids, ["2", "3", "4"], "the rest")
            return store
        },
        StoreCheck("knows when the next retry is due after everything that changes it") { store, fixture in
            try await store.store(Sample.events(1...3))
            let sequences = try await store.claimAll(for: "lago").sequences
            func due(_ seconds: Int) -> Timestamp { Sample.accepted + .seconds(seconds) }
            for (sequence, seconds) in zip(sequences, [30, 10, 20]) {
                try await store.settle([sequence], at: "lago", as: .retrying, nextAttemptAt: due(seconds))
            }
            try expect(store.nextDue(for: "lago"), due(10), "after settlements")
            _ = try await store.claimDue(for: "lago", at: due(10), limit: 9)
            try expect(store.nextDue(for: "lago"), due(20), "after a claim")
            try await store.settle([sequences[1]], at: "lago", as: .retrying, nextAttemptAt: due(15))
            try expect(store.nextDue(for: "lago"), due(15), "after a claimed one is due again")
            let reopened = try await fixture.crash(store)
            _ = try await reopened.heldLease(of: "lago")
            try expect(reopened.nextDue(for: "lago"), due(15), "after a crash")
            return reopened
        },
        StoreCheck("brings all retries of a provider forward") { store, fixture in
            try await store.store(Sample.events(1...3, plan: Sample.both))
            let due = Sample.accepted + .seconds(7200)
            for provider in ["lago", "polar"] as [ProviderName] {
                let sequences = try await store.claimAll(for: provider).sequences
                try await store.settle(sequences, at: provider, as: .retrying, nextAttemptAt: due)
            }
            try await store.bringForward(under: store.heldLease(of: "lago"), by: .seconds(3600))
            let soon = Sample.accepted + .seconds(3600)
            try expect(store.nextDue(for: "lago").map { $0 <= soon }, true, "the next is due no later")
            let reopened = try await fixture.crash(store)
            try expect(try await reopened.claimDue(for: "lago", at: soon, limit: 9).count, 3, "what is due")
            try expect(try await reopened.claimDue(for: "polar", at: soon, limit: 9).count, 0, "another provider's")
            return reopened
        },
        StoreCheck("keeps when a delivery first reached the vendor, until a person sends it again") { store, fixture in
            try await store.store(Sample.events(1...2))
            let sequences = try await store.claimAll(for: "lago").sequences
            let due = Sample.accepted
            func settle(_ store: any EventStore, _ sequence: SequenceNumber, _ reached: Timestamp?) async throws {
                let retry = SettledDelivery(
                    sequence: sequence,
                    status: .retrying,
                    newAttempts: [Sample.failed],
                    nextAttemptAt: due,
                    reachedAt: reached,
                    fault: Sample.unavailable
                )
                try await store.settle(Settlement(provider: "lago", exceptions: [retry]))
            }
            let first = Sample.accepted + .seconds(1)
            try await settle(store, sequences[0], nil)
            try await settle(store, sequences[1], first)
            var claimed = try await store.claimDue(for: "lago", at: due, limit: 9)
            try expect(claimed.map(\.reachedAt), [nil, first], "after the first attempts")
            try await settle(store, sequences[0], first + .seconds(5))
            try await settle(store, sequences[1], first + .seconds(5))
            let reopened = try await fixture.crash(store)
            claimed = try await reopened.claimDue(for: "lago", at: due, limit: 9)
            try expect(claimed.map(\.reachedAt), [first + .seconds(5), first], "after the second, and a crash")
            try await reopened.settle(claimed.sequences, at: "lago", as: .rejected)
            let revision = DeliveryRevision(
                action: .retry,
                filter: DeliveryFilter(tenant: "shop"),
                by: "ops",
                at: due
            )
            _ = try await reopened.revise(revision)
            claimed = try await reopened.claimDue(for: "lago", at: due, limit: 9)
            try expect(claimed.map(\.reachedAt), [nil, nil], "after a person's retry")
            return reopened
        },
        StoreCheck("knows no due retries of a provider without any") { store, _ in
            try await store.store(Sample.events(1...2))
            try expect(store.nextDue(for: "lago"), nil, "of a provider without retries")
            try expect(store.nextDue(for: "nobody"), nil, "of an unknown provider")
            try expect(try await store.claimDue(for: "nobody", at: Sample.accepted, limit: 3).count, 0, "claims")
            return store
        },
        StoreCheck("finds the oldest of very many due retries") { store, _ in
            try await store.store(Sample.events(1...6000))
            let sequences = try await store.claimAll(for: "lago").sequences
            let due = Sample.accepted + .seconds(5)
            try await store.settle(sequences.reversed(), at: "lago", as: .retrying, nextAttemptAt: due)
            let claimed = try await store.claimDue(for: "lago", at: due, limit: 3)
            try expect(claimed.sequences, [1, 2, 3], "the oldest")
            try expect(try await store.claimDue(for: "lago", at: due, limit: 2).sequences, [4, 5], "the next")
            return store
        },
    ]
}
