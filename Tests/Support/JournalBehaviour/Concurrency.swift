import Events
import Journal
import TestSupport

extension StoreBehaviour {
    static let concurrency: [StoreCheck] = [
        StoreCheck("takes events of many requests at once, each id once") { store, fixture in
            let results = try await withThrowingTaskGroup(of: [AppendResult].self) { group in
                for task in 0..<16 {
                    group.addTask {
                        var results: [AppendResult] = []
                        for round in 0..<20 {
                            // Half of the ids are another task's as well.
                            let events = (0..<5).map { Sample.event("\(task / 2)-\(round)-\($0)") }
                            results += try await store.append(AppendRequest(events: events, policy: .each))
                        }
                        return results
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            var stored: Set<SequenceNumber> = []
            for case .stored(let sequence) in results {
                try expect(stored.insert(sequence).inserted, true, "a number is given once")
            }
            try expect(stored.count, 800, "each id is stored once")
            for case .duplicate(let sequence, _) in results {
                try expect(stored.contains(sequence), true, "a duplicate names the stored event")
            }
            let reopened = try await fixture.crash(store)
            try expect(Set(try await reopened.claimAll(for: "lago").ids).count, 800, "all are in the journal")
            return reopened
        },
        StoreCheck("lists what it has acknowledged, while more comes and old events go") { store, fixture in
            let filter = EventFilter(customerIDs: ["customer-1"])
            let old = Sample.accepted + .seconds(-100)
            for second in 0..<20 {
                try await store.store([Sample.event("old-\(second)", acceptedAt: old + .seconds(second))])
            }
            try await store.settleDelivered(try await store.claimAll(for: "lago").sequences, at: "lago")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<4 {
                    group.addTask {
                        for round in 1...40 {
                            try await store.store((0..<3).map { Sample.event("\(task)-\(round)-\($0)") })
                            let own = EventFilter(condition: { $0.id.rawValue.hasPrefix("\(task)-") })
                            let search = EventSearch(round % 4 == 0 ? own : filter, limit: 10, wantsTotal: true)
                            let page = try await store.search(search, of: "shop")
                            try expect((page.total ?? 0) >= round * 3, true, "all that this caller has stored")
                            try expect(page.events.count, min(10, page.total ?? 0), "a full page")
                        }
                    }
                }
                group.addTask {
                    for second in 1...20 {
                        let removed = try await store.removeSettled(acceptedBefore: old + .seconds(second))
                        try expect(removed, 1, "one event is old enough")
                        let search = EventSearch(EventFilter(before: Sample.accepted), limit: 20, wantsTotal: true)
                        try expect(try await store.search(search, of: "shop").total, 20 - second, "the old ones")
                    }
                }
                try await group.waitForAll()
            }
            try await store.settleDelivered(try await store.claimAll(for: "lago").sequences, at: "lago")
            try expect(try await store.names(filter, of: "shop").map(\.count), [480], "all at the end")
            let removed = try await store.removeSettled(acceptedBefore: Sample.accepted + .seconds(1))
            try expect(removed, 480, "all are old")
            try expect(try await store.names(filter, of: "shop").map(\.count), [], "nothing is left")
            return store
        },
        StoreCheck("claims of one provider never overlap") { store, _ in
            try await store.store(Sample.events(1...2000))
            let lease = try await store.lease("lago")
            let claimed = try await withThrowingTaskGroup(of: [SequenceNumber].self) { group in
                for task in 0..<8 {
                    group.addTask {
                        var claimed: [SequenceNumber] = []
                        while let block = try await store.claimBlock(
                            under: lease,
                            limit: BlockLimit(events: 7 + task, bytes: 1 << 20)
                        ) {
                            claimed += block.deliveries.sequences
                        }
                        return claimed
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            try expect(claimed.sorted(), (1...2000).map { SequenceNumber($0) }, "each event is claimed once")
            return store
        },
        StoreCheck("delivers all while it accepts, settles, gives back and retries") { store, fixture in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for batch in 0..<60 {
                        try await store.store(Sample.events((batch * 10 + 1)...(batch * 10 + 10), plan: Sample.both))
                    }
                }
                for provider in ["lago", "polar"] as [ProviderName] {
                    group.addTask { try await deliverAll(600, from: store, to: provider) }
                }
                try await group.waitForAll()
            }
            let reopened = try await fixture.crash(store)
            for provider in ["lago", "polar"] as [ProviderName] {
                try expect(try await reopened.backlog(of: provider).events, 0, "the backlog of \(provider)")
                try expect(try await reopened.claimAll(for: provider).count, 0, "claims of \(provider)")
            }
            return reopened
        },
    ]

    /// A pipeline in small: every seventh event is given back once, every fifth is retried once.
    private static func deliverAll(_ count: Int, from store: any EventStore, to provider: ProviderName) async throws {
        var (released, retried, delivered) = (Set<SequenceNumber>(), Set<SequenceNumber>(), Set<SequenceNumber>())
        while delivered.count < count {
            let newest = try await store.newestPosition()
            if let block = try await store.claimBlock(for: provider, limit: BlockLimit(events: 8, bytes: 1 << 20)) {
                let sequences = block.deliveries.sequences
                let back = sequences.filter { $0.rawValue % 7 == 0 && released.insert($0).inserted }
                let again = sequences.filter {
                    $0.rawValue % 5 == 0 && !back.contains($0) && retried.insert($0).inserted
                }
                let done = sequences.filter { !back.contains($0) && !again.contains($0) }
                if !again.isEmpty {
                    try await store.settle(again, at: provider, as: .retrying, nextAttemptAt: Sample.accepted)
                }
                for sequence in done { try await store.settleDelivered([sequence], at: provider) }
                delivered.formUnion(done)
                if !back.isEmpty { try await store.giveBack(provider, unsent: back) }
                continue
            }
            let due = try await store.claimDue(for: provider, at: Sample.accepted, limit: 10).sequences
            if due.isEmpty, delivered.count < count {
                await store.waitForEvents(after: newest)
            } else {
                try await store.settle(due, at: provider, as: .delivered, fault: nil)
                for sequence in due {
                    try expect(delivered.insert(sequence).inserted, true, "\(sequence) is delivered once")
                }
            }
        }
    }

    static let waiting: [StoreCheck] = [
        StoreCheck("wakes who waits for events, at once if there are some") { store, _ in
            try await store.store(Sample.events(1...3))
            await store.waitForEvents(after: JournalPosition(2))
            async let waited: Void = store.waitForEvents(after: JournalPosition(3))
            try await store.store(Sample.events(4...4))
            await waited
            return store
        },
        StoreCheck("ends a wait that is cancelled") { store, _ in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await store.waitForEvents(after: .start) }
                group.cancelAll()
            }
            return store
        },
        StoreCheck("ends every wait and refuses all calls when it closes") { store, fixture in
            try await store.store(Sample.events(1...1))
            let lease = try await store.heldLease(of: "lago")
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<3 { group.addTask { await store.waitForEvents(after: JournalPosition(1)) } }
                group.addTask { _ = await store.waitForEnd(of: lease) }
                group.addTask { await fixture.close(store) }
            }
            await store.waitForEvents(after: JournalPosition(99))
            try await expectClosed("append") { try await store.store(Sample.events(2...2)) }
            try await expectClosed("settle") { try await store.settleDelivered([1], at: "lago") }
            try await expectClosed("intend") { try await store.intend([1], at: "lago") }
            try await expectClosed("lease") { _ = try await store.lease("lago") }
            try await expectClosed("events") { _ = try await store.events(withID: "event-1", of: "shop") }
            try await expectClosed("removeSettled") {
                _ = try await store.removeSettled(acceptedBefore: Sample.accepted)
            }
            return store
        },
    ]

    private static func expectClosed(_ call: String, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch StoreError.closed {
            return
        }
        throw BrokenPromise(description: "\(call) was answered by a store that is closed")
    }
}
