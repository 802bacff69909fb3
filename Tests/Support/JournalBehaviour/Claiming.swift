import Events
import Journal

extension StoreBehaviour {
    static let claiming: [StoreCheck] = [
        StoreCheck("claims in journal order, each event once") { store, _ in
            try await store.store(Sample.events(1...10))
            try await store.store(Sample.events(11...25))
            let claimed = try await store.claimAll(for: "lago", limit: BlockLimit(events: 4, bytes: 1 << 20))
            try expect(claimed.ids, (1...25).map { "event-\($0)" }, "the events")
            try expect(claimed.sequences, (1...25).map { SequenceNumber($0) }, "their numbers")
            try expect(claimed.map(\.attempts), Array(repeating: 0, count: 25), "their attempts")
            try expect(
                try await store.claimBlock(for: "lago", limit: Sample.many)?.deliveries.count,
                nil,
                "then nothing"
            )
            try await store.store(Sample.events(26...26))
            try expect(try await store.claimAll(for: "lago").ids, ["event-26"], "then what is new")
            return store
        },
        StoreCheck("keeps to the limits of a block, but for its first event") { store, _ in
            let large = #"{"text": "\#(String(repeating: "x", count: 2000))"}"#
            try await store.store((1...6).map { Sample.event("\($0)", properties: large) })
            let two = try await store.claimBlock(for: "lago", limit: BlockLimit(events: 2, bytes: 1 << 20))
            try expect(two?.deliveries.ids, ["1", "2"], "two by count")
            let one = try await store.claimBlock(for: "lago", limit: BlockLimit(events: 10, bytes: 1))
            try expect(one?.deliveries.ids, ["3"], "one by size, although it is larger")
            let some = try await store.claimBlock(for: "lago", limit: BlockLimit(events: 10, bytes: 5000))
            try expect(some?.deliveries.ids, ["4", "5"], "two by size")
            return store
        },
        StoreCheck("hands a provider only the events whose plan names it") { store, fixture in
            let plans = [Sample.lago, Sample.polar, Sample.both]
            try await store.store((0..<30).map { Sample.event("\($0)", plan: plans[$0 % 3]) })
            for number in 30..<60 { try await store.store([Sample.event("\(number)", plan: plans[number % 3])]) }
            let reopened = try await fixture.crash(store)
            let lago = try await reopened.claimAll(for: "lago")
            try expect(lago.ids, (0..<60).filter { $0 % 3 != 1 }.map(String.init), "one provider's events")
            let polar = try await reopened.claimAll(for: "polar", limit: BlockLimit(events: 7, bytes: 1 << 20))
            try expect(polar.ids, (0..<60).filter { $0 % 3 != 0 }.map(String.init), "the other's events")
            try expect(try await reopened.claimAll(for: "nobody").count, 0, "a provider that no plan names")
            return reopened
        },
        StoreCheck("claims shadow destinations, too") { store, _ in
            try await store.store([Sample.event("a", plan: Sample.plan("lago", mode: .shadow))])
            let claimed = try await store.claimAll(for: "lago")
            try expect(claimed.map(\.destination.mode), [.shadow], "the destination")
            return store
        },
        StoreCheck("claims again after a crash what was not settled") { store, fixture in
            try await store.store(Sample.events(1...9))
            let claimed = try await store.claimAll(for: "lago")
            try await store.settleDelivered(Array(claimed.sequences[3...5]), at: "lago")
            try await store.settle([claimed[7].sequence], at: "lago", as: .rejected)
            let reopened = try await fixture.crash(store)
            let again = try await reopened.claimAll(for: "lago")
            try expect(again.ids, [1, 2, 3, 7, 9].map { "event-\($0)" }, "what was not settled")
            return reopened
        },
        StoreCheck("tells whether a block reaches the end of the journal") { store, _ in
            try await store.store(Sample.events(1...5))
            let limit = BlockLimit(events: 3, bytes: 1 << 20)
            try expect(try await store.claimBlock(for: "lago", limit: limit)?.reachesEnd, false, "the first block")
            try expect(try await store.claimBlock(for: "lago", limit: limit)?.reachesEnd, true, "the second")
            return store
        },
        StoreCheck("keeps providers apart") { store, fixture in
            try await store.store(Sample.events(1...6, plan: Sample.both))
            let lago = try await store.claimAll(for: "lago")
            try await store.settleDelivered(lago.sequences, at: "lago")
            try expect(try await store.claimAll(for: "polar").count, 6, "the other provider's claims")
            let reopened = try await fixture.crash(store)
            try expect(try await reopened.claimAll(for: "lago").count, 0, "the one's after a crash")
            try expect(try await reopened.claimAll(for: "polar").count, 6, "the other's after a crash")
            return reopened
        },
        StoreCheck("passes over many events of others quickly") { store, fixture in
            try await store.store([Sample.event("first", plan: Sample.polar)])
            for batch in 0..<40 {
                try await store.store((0..<500).map { Sample.event("\(batch)-\($0)", plan: Sample.lago) })
            }
            try await store.store([Sample.event("last", plan: Sample.polar)])
            let reopened = try await fixture.crash(store)
            try expect(try await reopened.claimAll(for: "polar").ids, ["first", "last"], "its own events")
            return reopened
        },
        StoreCheck("skips a damaged chunk, names it, and goes on") { store, fixture in
            for batch in 0..<3 { try await store.store(Sample.events((batch * 4 + 1)...(batch * 4 + 4))) }
            try expect(try await store.damage(), [], "no damage at first")
            let damaged = try await fixture.damage(6, of: store)
            let claimed = try await damaged.claimAll(for: "lago")
            try expect(claimed.sequences, [1, 2, 3, 4, 9, 10, 11, 12], "what can be read")
            let damage = try await damaged.damage()
            try expect(damage.map(\.first), [5], "the first of the chunk")
            try expect(damage.map(\.last), [8], "the last of the chunk")
            try await damaged.settleDelivered(claimed.sequences, at: "lago")
            try expect(try await damaged.store(Sample.events(13...13)), [13], "the journal goes on")
            let reopened = try await fixture.restart(damaged)
            try expect(try await reopened.damage().map(\.first), [5], "the damage is known after a restart")
            try expect(try await reopened.claimAll(for: "lago").sequences, [13], "claims after a restart")
            return reopened
        },
    ]
}
