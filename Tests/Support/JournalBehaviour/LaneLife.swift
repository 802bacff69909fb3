import Events
import Journal

extension StoreBehaviour {
    static let laneLife: [StoreCheck] = [
        StoreCheck("refuses a lane that may take the same events as one that is not over") { store, _ in
            try await store.store(Sample.events(1...3))
            let week = Sample.accepted + .seconds(604_800)
            let first = try await store.started(Sample.lane(LaneFilter(names: ["a", "b"], until: week)))
            let overlapping = [
                LaneFilter(), LaneFilter(names: ["b"]), LaneFilter(names: ["c*"]), LaneFilter(tenant: "shop"),
                LaneFilter(customerIDs: ["c1"]), LaneFilter(from: week + .milliseconds(-1)),
            ]
            for filter in overlapping {
                try expect(try await store.start(Sample.lane(filter)), .overlaps(first), "\(filter)")
            }
            _ = try await store.started(Sample.lane(LaneFilter(names: ["c"])))
            _ = try await store.started(Sample.lane(LaneFilter(names: ["a"], from: week)))
            _ = try await store.started(Sample.lane(LaneFilter(), to: "lago"))
            try expect(try await store.lanes().map(\.number), [4, 3, 2, 1], "all, the newest first")
            return store
        },
        StoreCheck("gives a later lane what an earlier one has no outcome for") { store, fixture in
            try await store.store(Sample.events(1...10))
            let first = try await store.started(Sample.lane())
            let lease = try await store.lease(first.number, taking: Sample.Taking())
            let sequences = try await store.claimAll(under: lease, limit: .few(3)).sequences
            try await store.settleDelivered([sequences[0], sequences[2], sequences[5]], under: lease)
            try await store.settle([sequences[1]], under: lease, as: .rejected)
            try await store.settle([sequences[3], sequences[7]], under: lease, as: .retrying, due: Sample.accepted)
            _ = try await store.changed(first.number, .cancel)
            try expect(try await store.claimBlock(under: lease, limit: Sample.many) == nil, true, "nothing more")
            let due = try await store.claimDue(under: lease, at: Sample.accepted, limit: Sample.many)
            try expect(due.count, 0, "no retries of a cancelled lane")
            try expect(store.nextDue(for: lease.provider), nil, "nor a time at which to look for them again")
            // What was claimed and never settled goes back with the lease.
            let reopened = try await fixture.crash(store)
            let again = try await reopened.lease(first.number, taking: Sample.Taking())
            guard case .changed(let cancelled) = try await reopened.end(first.number, under: again, at: Sample.accepted)
            else { throw BrokenPromise(description: "a cancelled lane did not end") }
            try expect(cancelled.state, .cancelled, "the state")
            try expect(cancelled.counts.statuses, [.delivered: 3, .rejected: 1, .discarded: 2], "what became of it")
            let second = try await reopened.started(Sample.lane())
            let other = try await reopened.lease(second.number, taking: Sample.Taking())
            let rest = try await reopened.claimAll(under: other)
            try expect(rest.sequences, [4, 5, 7, 8, 9, 10], "what the first has not sent")
            try await reopened.settleDelivered(rest.sequences, under: other)
            let given = try await reopened.deliveries(of: "event-4").filter { $0.lane != nil }
            try expect(given.map(\.status), [.discarded, .delivered], "given up by the first, sent by the second")
            try expect(given[0].fault?.code, .backfillCancelled, "why it was given up")
            try await reopened.finish(second.number, under: other)
            let third = try await reopened.started(Sample.lane())
            let last = try await reopened.lease(third.number, taking: Sample.Taking())
            try expect(try await reopened.claimAll(under: last).count, 0, "nothing is left for a third")
            return reopened
        },
        StoreCheck("marks what is to be done about each lane") { store, _ in
            try await store.store(Sample.events(1...3))
            let first = try await store.started(Sample.lane(LaneFilter(names: ["a"])))
            let second = try await store.started(Sample.lane(LaneFilter(names: ["api_request"])))
            func expectMarks(_ expected: [LaneMark], _ what: String) async throws {
                try expect(try await store.laneMarks(), expected, what)
                try expect(try await store.lanes().map { LaneMark(of: $0) }, expected, "\(what), by the lanes")
            }
            func mark(
                _ lane: Lane,
                _ state: LaneState = .running,
                rate: Double = 50,
                hasEnd: Bool = false,
                hasRetries: Bool = false
            ) -> LaneMark {
                LaneMark(number: lane.number, state: state, rate: rate, hasEnd: hasEnd, hasRetries: hasRetries)
            }
            try await expectMarks([mark(second), mark(first)], "the newest first")
            _ = try await store.changed(first.number, .rate(12.5))
            _ = try await store.changed(first.number, .pause)
            _ = try await store.changed(second.number, .fixEnd)
            let lease = try await store.lease(second.number, taking: Sample.Taking())
            let sequences = try await store.claimAll(under: lease).sequences
            try await store.settle(sequences, under: lease, as: .retrying, due: Sample.accepted)
            let paused = mark(first, .paused, rate: 12.5)
            try await expectMarks([mark(second, hasEnd: true, hasRetries: true), paused], "after changes")
            let due = try await store.claimDue(under: lease, at: Sample.accepted, limit: Sample.many)
            try await store.settleDelivered(due.sequences, under: lease)
            guard case .changed = try await store.end(second.number, under: lease, at: Sample.accepted) else {
                throw BrokenPromise(description: "a lane did not end")
            }
            try await expectMarks([mark(second, .done, hasEnd: true), paused], "after an end")
            return store
        },
        StoreCheck("keeps what a lane has not walked over from retention") { store, fixture in
            for number in 1...6 { try await store.store([Sample.event("event-\(number)")]) }
            try await store.settleDelivered(try await store.claimAll(for: "lago").sequences, at: "lago")
            let lane = try await store.started(Sample.lane())
            let later = Sample.accepted + .seconds(1)
            try expect(try await store.removeSettled(acceptedBefore: later), 0, "nothing before the lane has begun")
            let lease = try await store.lease(lane.number, taking: Sample.Taking())
            let sequences = try await store.claimAll(under: lease).sequences
            try await store.settleDelivered(Array(sequences[0...1]), under: lease)
            let reopened = try await fixture.crash(store)
            let again = try await reopened.lease(lane.number, taking: Sample.Taking())
            let rest = try await reopened.claimAll(under: again).sequences
            try expect(rest, [3, 4, 5, 6], "what is left")
            _ = try await reopened.changed(lane.number, .pause)
            try expect(try await reopened.removeSettled(acceptedBefore: later), 2, "what the lane has walked over")
            _ = try await reopened.changed(lane.number, .resume)
            try await reopened.settleDelivered(Array(rest.dropLast()), under: again)
            try await reopened.settle([6], under: again, as: .rejected)
            try await reopened.finish(lane.number, under: again)
            try expect(try await reopened.removeSettled(acceptedBefore: later), 3, "all but the dead letter")
            let ended = try require(try await reopened.lane(lane.number), "the lane")
            try expect(ended.counts.statuses, [.delivered: 5, .rejected: 1], "the counts stay")
            return reopened
        },
        StoreCheck("keeps what is pinned until the pin is lifted or expires") { store, fixture in
            let day = Duration.seconds(86_400)
            for number in 0..<4 {
                try await store.store([Sample.event("e\(number)", acceptedAt: Sample.accepted + day * number)])
            }
            try await store.settleDelivered(try await store.claimAll(for: "lago").sequences, at: "lago")
            let end = Sample.accepted + day * 9
            try await store.pin(RetentionPin(name: "run 1", acceptedFrom: Sample.accepted + day, expiresAt: end))
            try await store.pin(RetentionPin(name: "run 2", acceptedFrom: Sample.accepted + day * 2, expiresAt: end))
            let reopened = try await fixture.crash(store)
            try expect(try await reopened.pins().map(\.name), ["run 1", "run 2"], "the pins")
            try expect(try await reopened.removeSettled(acceptedBefore: end), 1, "what is before the first pin")
            let renewed = RetentionPin(name: "run 1", acceptedFrom: Sample.accepted + day * 3, expiresAt: end + day)
            try await reopened.pin(renewed)
            try expect(try await reopened.removeSettled(acceptedBefore: end), 1, "what is before the second")
            try await reopened.unpinExpired(at: end + .milliseconds(-1))
            try expect(try await reopened.pins().count, 2, "before the time")
            try await reopened.unpinExpired(at: end)
            try expect(try await reopened.pins(), [renewed], "what has not expired")
            try expect(try await reopened.removeSettled(acceptedBefore: end), 1, "what is before the rest")
            try await reopened.unpin("run 1")
            try await reopened.unpin("nobody")
            try expect(try await reopened.removeSettled(acceptedBefore: end), 1, "the rest")
            return reopened
        },
        StoreCheck("lists, retries and discards the dead letters of a lane as its provider's") { store, _ in
            try await store.store(Sample.events(1...3))
            let lane = try await store.started(Sample.lane())
            let lease = try await store.lease(lane.number, taking: Sample.Taking())
            let sequences = try await store.claimAll(under: lease).sequences
            try await store.settle(sequences, under: lease, as: .rejected)
            let filter = DeliveryFilter(tenant: "shop", providers: ["polar"], statuses: [.rejected])
            var page = try await store.deliveries(matching: filter, after: nil, limit: 2)
            try expect(page.deliveries.map(\.delivery.lane), [lane.number, lane.number], "whose they are")
            try expect(page.deliveries.map(\.delivery.provider), ["polar", "polar"], "at which provider")
            page = try await store.deliveries(matching: filter, after: page.next, limit: 2)
            try expect(page.deliveries.map(\.event.id), ["event-3"], "the second page")
            func revise(_ action: DeliveryRevision.Action, _ id: EventID) async throws -> RevisionCount {
                let filter = DeliveryFilter(tenant: "shop", providers: ["polar"], eventIDs: [id])
                let revision = DeliveryRevision(action: action, filter: filter, by: "operator", at: Sample.accepted)
                return try await store.revise(revision)
            }
            try expect(try await revise(.retry, "event-1"), RevisionCount(changed: 1, busy: 0), "a retry")
            try expect(try await revise(.discard, "event-2"), RevisionCount(changed: 1, busy: 0), "a discard")
            let due = try await store.claimDue(under: lease, at: Sample.accepted, limit: Sample.many)
            try expect(due.ids, ["event-1"], "what is due")
            try await store.settleDelivered(due.sequences, under: lease)
            let counts = try require(try await store.lane(lane.number), "the lane").counts
            try expect(counts.statuses, [.delivered: 1, .discarded: 1, .rejected: 1], "the counts")
            return store
        },
        StoreCheck("finds and counts what a lane has delivered") { store, _ in
            try await store.store(mixed(1...4))
            let lane = try await store.started(Sample.lane())
            let lease = try await store.lease(lane.number, taking: Sample.Taking())
            let sequences = try await store.claimAll(under: lease).sequences
            let known = Attempt(
                at: Sample.accepted,
                latency: .zero,
                httpStatus: 200,
                status: .delivered,
                deduplicated: true
            )
            let run = DeliveredRun(sequences: sequences, attempt: known)
            try await store.settle(Settlement(provider: lane.account, delivered: [run]), under: lease)
            let filter = EventFilter(provider: "polar", deliveryStatuses: [.delivered])
            let found = try await store.search(EventSearch(filter, order: .oldestFirst, limit: 9), of: "shop")
            try expect(found.events.map(\.event.id), ["event-1", "event-3", "event-4"], "events that polar has")
            let all = EventSearch(EventFilter(provider: "polar"), limit: 9, wantsTotal: true)
            try expect(try await store.search(all, of: "shop").total, 4, "events that are, or were to be, at polar")
            let window = RecordedWindow(clock: .occurred, from: Sample.accepted, until: Sample.accepted + .seconds(1))
            let counts = try await store.ledgerCounts(window).cells.filter { $0.key.provider == "polar" }.map(\.value)
            var expected = LedgerCounts.Counts()
            for _ in 1...2 { expected.add(.pending) }
            for _ in 1...3 { expected.add(.delivered, isByLane: true) }
            try expect(counts, [expected], "the counts of polar")
            let piece = try await store.recorded(window, after: nil, limit: 9)
            try expect(piece.events.map { $0.deliveries.count { $0.lane != nil } }, [1, 0, 1, 1], "recorded")
            let lanes = try await store.lanes()
            try expect(lanes.map(\.counts), [LaneCounts(statuses: [.delivered: 3], deduplicated: 3)], "the lane's")
            return store
        },
        StoreCheck("reads a lane's window without what is damaged, and ends nevertheless") { store, fixture in
            for number in 1...5 { try await store.store([Sample.event("event-\(number)")]) }
            let lane = try await store.started(Sample.lane(LaneFilter(tenant: "shop", from: Sample.accepted)))
            let damaged = try await fixture.damage(3, of: store)
            let lease = try await damaged.lease(lane.number, taking: Sample.Taking())
            let sequences = try await damaged.claimAll(under: lease, limit: .few(1)).sequences
            try expect(sequences, [1, 2, 4, 5], "the rest")
            try await damaged.settleDelivered(sequences, under: lease)
            try await damaged.finish(lane.number, under: lease)
            try expect(try await damaged.damage().map(\.first), [3], "the damage is told")
            return damaged
        },
    ]
}
