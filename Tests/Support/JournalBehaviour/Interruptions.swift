import Events
import Journal

extension StoreBehaviour {
    static let interruptions: [StoreCheck] = [
        StoreCheck("names after a crash what was about to be sent, and nothing else") { store, fixture in
            try await store.store(Sample.events(1...6, plan: Sample.both))
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.send(Array(sequences[1...4]), to: "lago")
            try await store.settleDelivered([sequences[2]], at: "lago")
            try await store.settle([sequences[3]], at: "lago", as: .rejected)
            let crashed = try await fixture.crash(store)
            let interrupted = try await crashed.claimInterrupted(for: "lago")
            try expect(interrupted.sequences, [2, 5], "the interrupted")
            try expect(interrupted.map(\.attempts), [0, 0], "their attempts")
            try expect(try await crashed.claimInterrupted(for: "lago").count, 0, "they are named once")
            try expect(try await crashed.claimInterrupted(for: "polar").count, 0, "the other provider had none")
            try expect(try await crashed.claimAll(for: "lago").sequences, [1, 6], "the rest is claimed as ever")
            return crashed
        },
        StoreCheck("keeps interrupted deliveries out of all other claims") { store, fixture in
            try await store.store(Sample.events(1...3))
            let sequences = try await store.claimAll(for: "lago").sequences
            let due = Sample.accepted + .seconds(1)
            try await store.settle([sequences[0]], at: "lago", as: .retrying, nextAttemptAt: due)
            let retry = try await store.claimDue(for: "lago", at: due, limit: 1)
            try await store.send(retry.sequences + [sequences[1]], to: "lago")
            let crashed = try await fixture.crash(store)
            try expect(try await crashed.claimDue(for: "lago", at: due, limit: 9).count, 0, "retries")
            try expect(try await crashed.claimAll(for: "lago").sequences, [3], "first tries")
            let interrupted = try await crashed.claimInterrupted(for: "lago")
            try expect(interrupted.sequences, [1, 2], "the interrupted")
            try expect(interrupted.map(\.attempts), [1, 0], "their attempts")
            return crashed
        },
        StoreCheck("ends an interruption with its settlement") { store, fixture in
            try await store.store(Sample.events(1...2))
            try await store.send(try await store.claimAll(for: "lago").sequences, to: "lago")
            let crashed = try await fixture.crash(store)
            let interrupted = try await crashed.claimInterrupted(for: "lago")
            try await crashed.settle([interrupted[0].sequence], at: "lago", as: .uncertain)
            let again = try await fixture.crash(crashed)
            try expect(try await again.claimInterrupted(for: "lago").sequences, [2], "what is still unknown")
            try expect(try await again.statuses(of: "event-1"), ["lago": .uncertain], "what was decided")
            try expect(try await again.claimAll(for: "lago").count, 0, "nothing is sent by itself")
            return again
        },
        StoreCheck("withdraws the intents of what was not sent when the lease is given back") { store, fixture in
            try await store.store(Sample.events(1...3))
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.send(sequences, to: "lago")
            try await store.giveBack("lago", unsent: Array(sequences[0...1]))
            let crashed = try await fixture.crash(store)
            try expect(try await crashed.claimInterrupted(for: "lago").sequences, [3], "what may have been sent")
            try expect(try await crashed.claimAll(for: "lago").sequences, [1, 2], "what was not sent")
            return crashed
        },
        StoreCheck("hands an interruption that is given back as unsent out as a first try") { store, fixture in
            try await store.store(Sample.events(1...3))
            try await store.send([try await store.claimAll(for: "lago").sequences[1]], to: "lago")
            let crashed = try await fixture.crash(store)
            let interrupted = try await crashed.claimInterrupted(for: "lago")
            try expect(try await crashed.claimAll(for: "lago").sequences, [1, 3], "the others")
            try await crashed.giveBack("lago", unsent: interrupted.sequences)
            try expect(try await crashed.claimAll(for: "lago").sequences, [1, 2, 3], "all, since none was settled")
            return crashed
        },
        StoreCheck("withdraws after a crash the intents of requests that had not left, and no others") {
            store,
            fixture in
            try await store.store(Sample.events(1...6))
            let sequences = try await store.claimAll(for: "lago").sequences
            let due = Sample.accepted + .seconds(1)
            try await store.settle([sequences[0]], at: "lago", as: .retrying, nextAttemptAt: due)
            let retry = try await store.claimDue(for: "lago", at: due, limit: 1)
            try await store.intend(retry.sequences + sequences[1...4], at: "lago")
            let lease = try await store.heldLease(of: "lago")
            store.departs([sequences[2]], under: lease)
            store.departs([sequences[3]], under: lease)
            try await store.settleDelivered([sequences[3]], at: "lago")
            let crashed = try await fixture.crash(store)
            let tells = fixture.tellsDepartures
            let retries = try await crashed.claimDue(for: "lago", at: due, limit: 9).sequences
            try expect(retries, tells ? [1] : [], "the retry")
            let first = try await crashed.claimAll(for: "lago").sequences
            try expect(first, tells ? [2, 5, 6] : [6], "what did not leave")
            let again = try await fixture.crash(crashed)
            let interrupted = try await again.claimInterrupted(for: "lago").sequences
            try expect(interrupted, tells ? [3] : [1, 2, 3, 5], "what may have left, after a second crash")
            return again
        },
        StoreCheck("names nothing after an orderly shutdown in which all was settled or given back") { store, fixture in
            try await store.store(Sample.events(1...2))
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.intend(sequences, at: "lago")
            try await store.settleDelivered([sequences[0]], at: "lago")
            try await store.giveBack("lago", unsent: [sequences[1]])
            let reopened = try await fixture.restart(store)
            try expect(try await reopened.claimInterrupted(for: "lago").count, 0, "interruptions")
            return reopened
        },
    ]
}

extension EventStore {
    /// Does what a pipeline does up to the moment in which a request leaves.
    func send(_ sequences: [SequenceNumber], to provider: ProviderName) async throws {
        try await intend(sequences, at: provider)
        departs(sequences, under: try await heldLease(of: provider))
    }
}
