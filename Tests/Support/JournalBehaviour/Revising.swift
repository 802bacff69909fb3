import Events
import Journal

extension StoreBehaviour {
    static let revising: [StoreCheck] = [
        StoreCheck("makes dead letters and retries due at once, and uncertain ones if asked to, with their history") {
            store,
            fixture in
            try await store.store(Sample.events(1...4))
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.settle([sequences[0]], at: "lago", as: .rejected)
            try await store.settle([sequences[1]], at: "lago", as: .uncertain)
            let later = Sample.accepted + .seconds(86_400)
            try await store.settle([sequences[2]], at: "lago", as: .retrying, nextAttemptAt: later)
            try await store.settleDelivered([sequences[3]], at: "lago")
            let now = Sample.accepted + .seconds(60)
            let revision = decision(.retry, DeliveryFilter(tenant: "shop"), at: now)
            try expect(try await store.count(revision), RevisionCount(changed: 2, busy: 0), "the dry run")
            try expect(try await store.claimDue(for: "lago", at: now, limit: 9).count, 0, "a dry run changes nothing")
            try expect(try await store.revise(revision), RevisionCount(changed: 2, busy: 0), "the revision")
            for filter in [
                DeliveryFilter(tenant: "shop", providers: ["lago"]),
                DeliveryFilter(tenant: "shop", eventIDs: ["event-2"]),
            ] {
                let others = decision(.retry, filter, at: now)
                try expect(try await store.revise(others).changed, filter.eventIDs.isEmpty ? 2 : 0, "\(filter)")
            }
            try expect(try await store.statuses(of: "event-2"), ["lago": .uncertain], "what could be billed twice")
            let asked = decision(.retry, DeliveryFilter(tenant: "shop", statuses: [.uncertain]), at: now)
            try expect(try await store.revise(asked), RevisionCount(changed: 1, busy: 0), "asked for by its state")
            try expect(store.nextDue(for: "lago").map { $0 <= now }, true, "the next is due")
            let reopened = try await fixture.crash(store)
            let due = try await reopened.claimDue(for: "lago", at: now, limit: 9)
            try expect(due.ids, ["event-1", "event-2", "event-3"], "what is due after a crash")
            try expect(due.map(\.attempts), [1, 1, 1], "their attempts")
            try await reopened.settleDelivered(due.sequences, at: "lago")
            let event = try require(try await reopened.events(withID: "event-1", of: "shop").first, "the event")
            try expect(event.deliveries[0].history.map(\.status), [.rejected, .delivered], "its history")
            try expect(try await reopened.backlog(of: "lago").events, 0, "the backlog")
            return reopened
        },
        StoreCheck("sends what never reached its vendor with the settings of today, under the identity it had") {
            store,
            fixture in
            try await store.store(Sample.events(1...1))
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.settleUntranslatable(sequences, at: "lago")
            // What could not be translated was never sent, whichever process has tried.
            let reopened = try await fixture.crash(store)
            let first = amendment("first")
            let dry = try await reopened.count(first)
            try expect(dry, RevisionCount(changed: 1, busy: 0, amended: 1, untranslatable: 0), "the dry run")
            try expect(try await reopened.revise(first), dry, "the revision")
            let again = try await reopened.revise(amendment("second", canTranslate: false))
            try expect(
                again,
                RevisionCount(changed: 1, busy: 0, amended: 0, untranslatable: 1),
                "the retry may be under way after a crash"
            )
            let next = try await fixture.crash(reopened)
            let due = try await next.claimDue(for: "lago", at: Sample.accepted, limit: 9)
            try expect(due.map { $0.destination.settings.text("template") }, ["first"], "the settings after a crash")
            try expect(due.map { $0.destination.rename }, [["api_request": "first"]], "the names after a crash")
            try await next.settleDelivered(due.sequences, at: "lago")
            let event = try require(try await next.events(withID: "event-1", of: "shop").first, "the event")
            let amendments = event.deliveries[0].amendments
            try expect(amendments.map(\.firstAttempt), [1], "the first attempt with them")
            try expect(amendments.map(\.by), ["operator"], "who retried")
            try expect(amendments.map(\.destination), due.map(\.destination), "what was sent")
            try expect(event.event.plan.destination(at: "lago"), Sample.lago.destinations[0], "what was planned")
            return next
        },
        StoreCheck("sends what may have reached its vendor with the settings that it had") { store, fixture in
            try await store.store(Sample.events(1...4))
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.settle([sequences[0]], at: "lago", as: .rejected, reachedAt: Sample.accepted)
            try await store.settle([sequences[1]], at: "lago", as: .uncertain)
            try await store.settle([sequences[2]], at: "lago", as: .retrying, nextAttemptAt: Sample.accepted)
            try await store.settle([sequences[3]], at: "lago", as: .retrying, nextAttemptAt: Sample.accepted)
            let all = DeliveryFilter(tenant: "shop", statuses: [.rejected, .uncertain, .retrying])
            let count = try await store.revise(amendment("first", of: all))
            // The two that wait were carried by requests that certainly left nothing.
            try expect(count, RevisionCount(changed: 4, busy: 0, amended: 2, untranslatable: 0), "the revision")
            // A retry forgets when the vendor was reached, but not that it was.
            let again = try await store.revise(amendment("second", of: all))
            try expect(again.amended, 2, "a second revision")
            // A process that ended may have sent them meanwhile.
            let reopened = try await fixture.crash(store)
            try expect(try await reopened.revise(amendment("third", of: all)).amended, 0, "after a crash")
            let due = try await reopened.claimDue(for: "lago", at: Sample.accepted, limit: 9)
            let templates = due.map { $0.destination.settings.text("template") ?? "planned" }
            try expect(templates, ["planned", "planned", "second", "second"], "what is sent")
            return reopened
        },
        StoreCheck("gives deliveries up for good") { store, fixture in
            try await store.store(Sample.events(1...3))
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.settle([sequences[0]], at: "lago", as: .rejected)
            try await store.settle(
                [sequences[1]],
                at: "lago",
                as: .retrying,
                nextAttemptAt: Sample.accepted
            )
            try await store.settle([sequences[2]], at: "lago", as: .uncertain)
            let filter = DeliveryFilter(tenant: "shop", statuses: [.rejected, .retrying])
            let count = try await store.revise(decision(.discard, filter))
            try expect(count, RevisionCount(changed: 2, busy: 0), "what was changed")
            try expect(try await store.backlog(of: "lago").events, 0, "the backlog")
            let reopened = try await fixture.crash(store)
            try expect(try await reopened.statuses(of: "event-1"), ["lago": .discarded], "the dead letter")
            try expect(try await reopened.statuses(of: "event-2"), ["lago": .discarded], "the retry")
            try expect(try await reopened.statuses(of: "event-3"), ["lago": .uncertain], "what was not meant")
            try expect(try await reopened.claimDue(for: "lago", at: Sample.accepted, limit: 9).count, 0, "what is due")
            try expect(try await reopened.backlog(of: "lago").events, 0, "the backlog after a crash")
            return reopened
        },
        StoreCheck("leaves alone what a pipeline holds, and what was delivered or given up") { store, _ in
            try await store.store(Sample.events(1...3))
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.settle(
                Array(sequences[0...1]),
                at: "lago",
                as: .retrying,
                nextAttemptAt: Sample.accepted
            )
            try await store.settleDelivered([sequences[2]], at: "lago")
            let held = try await store.claimDue(for: "lago", at: Sample.accepted, limit: 1)
            let count = try await store.revise(decision(.discard, DeliveryFilter(tenant: "shop")))
            try expect(count, RevisionCount(changed: 1, busy: 1), "what was changed")
            try await store.settleDelivered(held.sequences, at: "lago")
            try expect(try await store.statuses(of: "event-1"), ["lago": .delivered], "the one that was held")
            try expect(try await store.statuses(of: "event-2"), ["lago": .discarded], "the one that was free")
            let again = try await store.revise(decision(.retry, DeliveryFilter(tenant: "shop")))
            try expect(again, RevisionCount(changed: 0, busy: 0), "nothing is left to retry")
            return store
        },
        StoreCheck("keeps a decision to its tenant and its filter") { store, _ in
            let day = Duration.seconds(86_400)
            try await store.store([
                Sample.event("a", name: "x"), Sample.event("b", name: "y"), Sample.event("c", tenant: "bank"),
                Sample.event("d", acceptedAt: Sample.accepted + day, plan: Sample.polar),
            ])
            for provider in ["lago", "polar"] as [ProviderName] {
                try await store.settle(try await store.claimAll(for: provider).sequences, at: provider, as: .rejected)
            }
            let filters: [(DeliveryFilter, Int)] = [
                (DeliveryFilter(tenant: "shop"), 3), (DeliveryFilter(tenant: "bank"), 1),
                (DeliveryFilter(tenant: "shop", providers: ["polar"]), 1),
                (DeliveryFilter(tenant: "shop", names: ["y"]), 1),
                (DeliveryFilter(tenant: "shop", eventIDs: ["a", "b", "c"]), 2),
                (DeliveryFilter(tenant: "shop", errorCodes: [.vendorUnavailable]), 3),
                (DeliveryFilter(tenant: "shop", errorCodes: [.timeout]), 0),
                (DeliveryFilter(tenant: "shop", acceptedFrom: Sample.accepted + day), 1),
                (DeliveryFilter(tenant: "shop", acceptedBefore: Sample.accepted + day), 2),
                (DeliveryFilter(tenant: "shop", statuses: [.delivered]), 0),
            ]
            for (filter, expected) in filters {
                try expect(try await store.count(decision(.discard, filter)).changed, expected, "\(filter)")
            }
            _ = try await store.revise(decision(.discard, DeliveryFilter(tenant: "shop", names: ["x"])))
            try expect(try await store.statuses(of: "b"), ["lago": .rejected], "another event")
            try expect(try await store.statuses(of: "c", tenant: "bank"), ["lago": .rejected], "another tenant's")
            return store
        },
        StoreCheck("records who decided what, and when") { store, fixture in
            try await store.store(Sample.events(1...3))
            try await store.settle(try await store.claimAll(for: "lago").sequences, at: "lago", as: .rejected)
            let filter = DeliveryFilter(tenant: "shop", providers: ["lago"], eventIDs: ["event-2"])
            _ = try await store.revise(decision(.discard, filter))
            _ = try await store.revise(
                decision(.retry, DeliveryFilter(tenant: "shop"), at: Sample.accepted + .seconds(1))
            )
            let reopened = try await fixture.crash(store)
            let recorded = try await reopened.revisions(of: "shop", limit: 9)
            try expect(recorded.map(\.action), [.retry, .discard], "the actions, newest first")
            try expect(recorded.map(\.count.changed), [2, 1], "how many were changed")
            try expect(recorded.map(\.by), ["operator", "operator"], "who")
            try expect(recorded.map(\.at), [Sample.accepted + .seconds(1), Sample.accepted], "when")
            try expect(recorded[1].filter, "provider lago, id event-2", "which")
            try expect(try await reopened.revisions(of: "bank", limit: 9).count, 0, "another tenant's")
            return reopened
        },
        StoreCheck("changes thousands of deliveries, each once") { store, _ in
            try await store.store(Sample.events(1...1234, plan: Sample.both))
            for provider in ["lago", "polar"] as [ProviderName] {
                try await store.settle(try await store.claimAll(for: provider).sequences, at: provider, as: .rejected)
            }
            let count = try await store.revise(decision(.retry, DeliveryFilter(tenant: "shop")))
            try expect(count, RevisionCount(changed: 2468, busy: 0), "what was changed")
            try expect(try await store.revisions(of: "shop", limit: 9).map(\.count.changed), [2468], "the record")
            try expect(try await store.backlog(of: "polar").events, 1234, "the backlog")
            return store
        },
        StoreCheck("keeps a provider's hold over a crash, until it is lifted") { store, fixture in
            let hold = ProviderHold(until: Sample.accepted, fault: Sample.unavailable, isParked: true)
            try expect(try await store.hold(of: "lago"), nil, "before")
            try await store.hold("lago", hold)
            let reopened = try await fixture.crash(store)
            try expect(try await reopened.hold(of: "lago"), hold, "after a crash")
            try expect(try await reopened.hold(of: "polar"), nil, "of another provider")
            try await reopened.hold("lago", nil)
            try expect(try await reopened.hold(of: "lago"), nil, "when it is lifted")
            return reopened
        },
        StoreCheck("lists and discards what was never tried at a provider that is gone, and nothing else") {
            store,
            fixture in
            try await store.store(Sample.events(1...700, plan: Sample.both))
            try await store.store([Sample.event("bank", tenant: "bank", plan: Sample.both)])
            let first = try require(
                try await store.claimBlock(for: "lago", limit: BlockLimit(events: 3, bytes: 1 << 20)),
                "a block"
            )
            let sequences = first.deliveries.map(\.sequence)
            try await store.settle([sequences[0]], at: "lago", as: .rejected)
            let shop = DeliveryFilter(tenant: "shop")
            var listed: [SequenceNumber] = []
            var after: DeliveryCursor?
            repeat {
                let page = try await store.deliveries(matching: shop, untriedAt: ["lago"], after: after, limit: 99)
                listed += page.deliveries.map(\.cursor.sequence)
                after = page.next
            } while after != nil
            try expect(listed.map(\.rawValue), [1] + Array(4...700), "the list, without what is claimed")
            let some = DeliveryFilter(tenant: "shop", statuses: [.pending], eventIDs: ["event-5", "event-7"])
            let page = try await store.deliveries(matching: some, untriedAt: ["lago"], after: nil, limit: 9)
            try expect(page.deliveries.map(\.event.id), ["event-5", "event-7"], "a filter")
            try expect(page.deliveries.map(\.delivery.status), [.pending, .pending], "their state")
            let none = try await store.deliveries(matching: shop, untriedAt: [], after: nil, limit: 9)
            try expect(none.deliveries.count, 1, "without the provider")
            let all = decision(.discard, shop, untriedAt: ["lago"])
            let whileHeld = RevisionCount(changed: 1, busy: 697)
            try expect(try await store.count(all), whileHeld, "the dry run while the account is held")
            try expect(try await store.revise(all), whileHeld, "the revision while the account is held")
            try await store.giveBack("lago", unsent: Array(sequences[1...2]))
            try expect(try await store.count(all), RevisionCount(changed: 699, busy: 0), "the dry run")
            try expect(try await store.revise(all), RevisionCount(changed: 699, busy: 0), "the revision")
            try expect(try await store.revisions(of: "shop", limit: 9).map(\.count.changed), [699, 1], "the record")
            let reopened = try await fixture.crash(store)
            try expect(
                try await reopened.claimAll(for: "lago").ids,
                ["bank"],
                "another tenant's"
            )
            try expect(
                try await reopened.statuses(of: "event-2"),
                ["lago": .discarded, "polar": .pending],
                "one that was claimed before"
            )
            try expect(try await reopened.backlog(of: "polar").events, 701, "another provider's")
            return reopened
        },
        StoreCheck("tells for which adapters something waits") { store, _ in
            try expect(try await store.waitingAdapters(of: "lago"), [], "of nothing")
            try await store.store(Sample.events(1...2, plan: Sample.both))
            try expect(try await store.waitingAdapters(of: "lago"), ["lago"], "of what is pending")
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.settle([sequences[0]], at: "lago", as: .retrying, nextAttemptAt: Sample.accepted)
            try await store.settleDelivered([sequences[1]], at: "lago")
            try expect(try await store.waitingAdapters(of: "lago"), ["lago"], "of what is retried")
            let due = try await store.claimDue(for: "lago", at: Sample.accepted, limit: 9)
            try await store.settleDelivered(due.sequences, at: "lago")
            try expect(try await store.waitingAdapters(of: "lago"), [], "when all is settled")
            return store
        },
        StoreCheck("keeps an operator's hold over a crash, apart from the vendor's, until it is lifted") {
            store,
            fixture in
            let hold = OperatorHold(until: Sample.accepted + .seconds(60), by: "ops", at: Sample.accepted)
            try expect(try await store.operatorHold(of: "lago"), nil, "before")
            let first = OperatorHold(until: Sample.accepted, by: "boss", at: Sample.accepted)
            try await store.hold("lago", byOperator: first)
            try await store.hold("lago", byOperator: hold)
            let reopened = try await fixture.crash(store)
            try expect(try await reopened.operatorHold(of: "lago"), hold, "after a crash")
            try expect(try await reopened.hold(of: "lago"), nil, "the vendor's")
            try expect(try await reopened.operatorHold(of: "polar"), nil, "of another provider")
            try await reopened.hold("lago", nil)
            try expect(try await reopened.operatorHold(of: "lago"), hold, "when the vendor's is lifted")
            try await reopened.hold("lago", byOperator: nil)
            try expect(try await reopened.operatorHold(of: "lago"), nil, "when it is lifted")
            return reopened
        },
        StoreCheck("makes the retries of one provider due, and leaves all else as it is") { store, fixture in
            try await store.store(Sample.events(1...1100, plan: Sample.both))
            let later = Sample.accepted + .seconds(86_400)
            for provider in ["lago", "polar"] as [ProviderName] {
                let sequences = try await store.claimAll(for: provider).sequences
                try await store.settle(Array(sequences.dropFirst()), at: provider, as: .retrying, nextAttemptAt: later)
                try await store.settle([sequences[0]], at: provider, as: .rejected)
            }
            let now = Sample.accepted + .seconds(60)
            try await store.makeRetriesDue(of: "lago", waitingBeyond: later, at: now)
            try expect(
                try await store.claimDue(for: "lago", at: now, limit: 9).count,
                0,
                "what waits no longer than that"
            )
            try await store.makeRetriesDue(of: "lago", waitingBeyond: later + .milliseconds(-1), at: now)
            let reopened = try await fixture.crash(store)
            for provider in ["lago", "polar"] as [ProviderName] { _ = try await reopened.heldLease(of: provider) }
            try expect(reopened.nextDue(for: "lago"), now, "the time of the next")
            try expect(try await reopened.claimDue(for: "lago", at: now, limit: 9999).count, 1099, "what is due")
            try expect(reopened.nextDue(for: "polar"), later, "another provider's")
            try expect(try await reopened.statuses(of: "event-1"), ["lago": .rejected, "polar": .rejected], "the rest")
            return reopened
        },
    ]

    private static func decision(
        _ action: DeliveryRevision.Action,
        _ filter: DeliveryFilter,
        untriedAt: [ProviderName] = [],
        at moment: Timestamp = Sample.accepted
    ) -> DeliveryRevision {
        DeliveryRevision(action: action, filter: filter, untriedAt: untriedAt, by: "operator", at: moment)
    }
}

/// Today's settings in a check: a template, and another name for each event.
private struct Settings: DeliveryAmending {
    let template: String
    let translates: Bool

    func amended(_ planned: Destination, for event: AcceptedEvent) -> Destination {
        Destination(
            provider: planned.provider,
            adapter: planned.adapter,
            mode: planned.mode,
            rename: [event.name.exact: template.exact],
            settings: DestinationSettings(["template": .text(template)])
        )
    }

    func canTranslate(_ event: AcceptedEvent, for destination: Destination) -> Bool { translates }
}

/// A retry with other settings than before.
private func amendment(
    _ template: String,
    of filter: DeliveryFilter = DeliveryFilter(tenant: "shop"),
    canTranslate: Bool = true
) -> DeliveryRevision {
    DeliveryRevision(
        action: .retry,
        filter: filter,
        amending: Settings(template: template, translates: canTranslate),
        by: "operator",
        at: Sample.accepted
    )
}

extension EventStore {
    /// Settles what could not be translated, so that no request has carried it.
    fileprivate func settleUntranslatable(_ sequences: [SequenceNumber], at provider: ProviderName) async throws {
        let fault = DeliveryFault(code: .untranslatable, message: "customer_id: the event names none")
        let exceptions = sequences.map { SettledDelivery(sequence: $0, status: .rejected, fault: fault) }
        try await settle(Settlement(provider: provider, exceptions: exceptions))
    }
}
