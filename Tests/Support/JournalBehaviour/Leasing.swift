import Events
import Journal

extension StoreBehaviour {
    static let leasing: [StoreCheck] = [
        StoreCheck("claims again under the next lease what was not settled, oldest first, before newer events") {
            store,
            _ in
            try await store.store(Sample.events(1...10))
            let limit = BlockLimit(events: 6, bytes: 1 << 20)
            let first = try await store.lease("lago")
            var sequences: [SequenceNumber] = []
            while sequences.count < 6, let block = try await store.claimBlock(under: first, limit: limit) {
                sequences += block.deliveries.sequences
            }
            try await store.settle([sequences[1], sequences[3]], as: .delivered, under: first)
            try await store.giveBack(first, unsent: [sequences[0]])
            let second = try await store.lease("lago")
            var again: [ClaimedDelivery] = []
            while let block = try await store.claimBlock(under: second, limit: limit) { again += block.deliveries }
            try expect(again.ids, [1, 3, 5, 6, 7, 8, 9, 10].map { "event-\($0)" }, "what was not settled")
            try expect(try await store.backlog(of: "lago").events, 8, "the backlog")
            return store
        },
        StoreCheck("refuses whatever is done under a lease that somebody else has taken") { store, fixture in
            try await store.store(Sample.events(1...4))
            let old = try await store.lease("lago")
            let claimed = try require(try await store.claimBlock(under: old, limit: Sample.many), "a block").deliveries
            let new = try await store.lease("lago")
            try expect(store.isSafe(old, at: .now), false, "the old lease")
            try expect(store.isSafe(new, at: .now), true, "the new lease")
            try await expectLost("settle") { try await store.settle(claimed.sequences, as: .delivered, under: old) }
            try await expectLost("intend") { try await store.intend(claimed.sequences, under: old) }
            try await expectLost("claimBlock") { _ = try await store.claimBlock(under: old, limit: Sample.many) }
            try await expectLost("claimInterrupted") { _ = try await store.claimInterrupted(under: old) }
            try await expectLost("claimDue") {
                _ = try await store.claimDue(under: old, at: Sample.accepted, limit: Sample.many)
            }
            try await expectLost("bringForward") { try await store.bringForward(under: old, by: .seconds(1)) }
            try await expectLost("hold") {
                let hold = ProviderHold(until: Sample.accepted, fault: Sample.unavailable, isParked: true)
                try await store.hold(hold, under: old)
            }
            try await expectLost("giveBack") { try await store.giveBack(old, unsent: claimed.sequences) }
            let again = try require(try await store.claimBlock(under: new, limit: Sample.many), "a block").deliveries
            try expect(again.sequences, claimed.sequences, "what the new holder claims")
            try await store.settle(again.sequences, as: .delivered, under: new)
            let reopened = try await fixture.crash(store)
            try expect(try await reopened.backlog(of: "lago").events, 0, "the backlog")
            try expect(try await reopened.hold(of: "lago"), nil, "the hold")
            try expect(try await reopened.statuses(of: "event-1"), ["lago": .delivered], "the outcome")
            return reopened
        },
        StoreCheck("names to the next holder what was about to be sent under a lease that was lost") { store, _ in
            try await store.store(Sample.events(1...3))
            let old = try await store.lease("lago")
            let claimed = try require(try await store.claimBlock(under: old, limit: Sample.many), "a block").deliveries
            try await store.intend([claimed.sequences[1]], under: old)
            store.departs([claimed.sequences[1]], under: old)
            let new = try await store.lease("lago")
            try expect(try await store.claimInterrupted(under: new).sequences, [claimed.sequences[1]], "interrupted")
            let rest = try require(try await store.claimBlock(under: new, limit: Sample.many), "a block").deliveries
            try expect(rest.sequences, [claimed.sequences[0], claimed.sequences[2]], "what was certainly not sent")
            return store
        },
        StoreCheck("claims a retry again that was claimed under a lease that was lost") { store, _ in
            try await store.store(Sample.events(1...1))
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.settle(sequences, at: "lago", as: .retrying, nextAttemptAt: Sample.accepted)
            _ = try await store.claimDue(for: "lago", at: Sample.accepted, limit: 9)
            let new = try await store.lease("lago")
            try expect(store.nextDue(for: "lago").map { $0 <= Sample.accepted }, true, "it is due")
            let due = try await store.claimDue(under: new, at: Sample.accepted, limit: Sample.many)
            try expect(due.sequences, sequences, "the retry")
            return store
        },
        StoreCheck("tells the holder that the lease is lost, and nobody else") { store, _ in
            let lago = try await store.lease("lago")
            let polar = try await store.lease("polar")
            async let lost = store.waitForEnd(of: lago)
            _ = try await store.lease("lago")
            try expect(await lost, .lost, "the end of the one")
            try expect(await store.waitForEnd(of: lago), .lost, "asked later")
            let other = await withTaskGroup(of: LeaseEnd.self) { group in
                group.addTask { await store.waitForEnd(of: polar) }
                group.cancelAll()
                return await group.next()
            }
            try expect(other, .unwatched, "the other, when nobody waits any more")
            return store
        },
        StoreCheck("keeps the leases of accounts apart") { store, _ in
            try await store.store(Sample.events(1...2, plan: Sample.both))
            let lago = try await store.lease("lago")
            let polar = try await store.lease("polar")
            _ = try await store.claimBlock(under: polar, limit: Sample.many)
            try await store.giveBack(lago, unsent: [])
            try expect(store.isSafe(polar, at: .now), true, "the other lease")
            try expect(
                try await store.claimBlock(under: polar, limit: Sample.many)?.deliveries.count,
                nil,
                "its claims"
            )
            return store
        },
    ]

    static func expectLost(_ call: String, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch StoreError.leaseLost {
            return
        }
        throw BrokenPromise(description: "\(call) was done under a lease that is over")
    }
}

extension EventStore {
    fileprivate func settle(_ sequences: [SequenceNumber], as status: DeliveryStatus, under lease: AccountLease)
        async throws
    {
        let settled = sequences.map { SettledDelivery(sequence: $0, status: status, newAttempts: [Sample.delivered]) }
        try await settle(Settlement(provider: lease.provider, exceptions: settled), under: lease)
    }
}
