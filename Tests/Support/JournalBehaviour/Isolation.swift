import Events
import Foundation
import Journal
import Synchronization
import TestSupport

extension StoreBehaviour {
    static let isolation: [StoreCheck] = [
        StoreCheck("neither the engine nor writes wait for searches that hang") { store, fixture in
            try await store.store(Sample.events(1...20, plan: Sample.both))
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.settle(sequences, at: "lago", as: .retrying, nextAttemptAt: Sample.accepted)
            let reopened = try await fixture.restart(store)
            let barrier = Barrier()
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { barrier.open() }
                let search = EventSearch(EventFilter(condition: { _ in barrier.pass() }), limit: 5)
                for _ in 0..<8 {
                    group.addTask { _ = try await reopened.search(search, of: "shop") }
                    group.addTask { _ = try await reopened.names(search.filter, of: "shop", after: nil, limit: 5) }
                }
                try await waitUntil("searches hang") { barrier.waiting >= 2 }
                group.addTask {
                    try await useEngine(reopened)
                    barrier.noteDone()
                }
                try await waitUntil("the engine has read and written") { barrier.isDone }
                barrier.open()
                try await group.waitForAll()
            }
            return reopened
        },
        StoreCheck("neither the engine nor writes nor searches wait for lanes and windows that are read") {
            store,
            fixture in
            try await store.store(Sample.events(1...20, plan: Sample.both))
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.settle(sequences, at: "lago", as: .retrying, nextAttemptAt: Sample.accepted)
            let reopened = try await fixture.restart(store)
            let lane = try await reopened.started(Sample.lane(to: "new"))
            let barrier = Barrier()
            let lease = try await reopened.lease(lane.number, taking: Sample.Taking { _ in barrier.pass() })
            let window = RecordedWindow(clock: .accepted, from: Sample.accepted, until: Sample.accepted + .seconds(1))
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { barrier.open() }
                // As many as there may be readers of windows, and more.
                for _ in 0..<8 { group.addTask { _ = try await reopened.claimBlock(under: lease, limit: Sample.many) } }
                try await waitUntil("a lane hangs") { barrier.waiting >= 1 }
                for _ in 0..<8 { group.addTask { _ = try await reopened.recorded(window, after: nil, limit: 9) } }
                group.addTask {
                    try await useEngine(reopened)
                    let page = try await reopened.search(EventSearch(limit: 5), of: "shop")
                    try expect(page.events.count, 5, "a search")
                    barrier.noteDone()
                }
                try await waitUntil("the engine has read and written") { barrier.isDone }
                barrier.open()
                try await group.waitForAll()
            }
            return reopened
        },
        StoreCheck("answers for single events and revisions while searches hang") { store, fixture in
            try await store.store(Sample.events(1...5))
            let reopened = try await fixture.restart(store)
            let barrier = Barrier()
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { barrier.open() }
                let search = EventSearch(EventFilter(condition: { _ in barrier.pass() }), limit: 5)
                for _ in 0..<8 { group.addTask { _ = try await reopened.search(search, of: "shop") } }
                try await waitUntil("searches hang") { barrier.waiting >= 2 }
                group.addTask {
                    try expect(try await reopened.events(withID: "event-3", of: "shop").count, 1, "the event")
                    try expect(try await reopened.backlog(of: "lago").events, 5, "the backlog")
                    try expect(try await reopened.revisions(of: "shop", limit: 9).count, 0, "the revisions")
                    try expect(
                        try await reopened.events(after: .start, of: "shop", limit: 9).events.count,
                        5,
                        "those who follow"
                    )
                    barrier.noteDone()
                }
                try await waitUntil("the reads are done") { barrier.isDone }
                barrier.open()
                try await group.waitForAll()
            }
            return reopened
        },
    ]

    /// What pipelines and writes need of the store, from storage and not from a cache.
    private static func useEngine(_ store: any EventStore) async throws {
        _ = try await store.heldLease(of: "lago")
        try expect(store.nextDue(for: "lago"), Sample.accepted, "the next retry")
        try expect(try await store.claimDue(for: "lago", at: Sample.accepted, limit: 9).count, 9, "due retries")
        try expect(try await store.claimAll(for: "polar").count, 20, "new deliveries")
        let duplicate = try await store.append(
            AppendRequest(events: Sample.events(7...7, plan: Sample.both), policy: .each)
        )
        try expect(duplicate, [.duplicate(of: 7)], "a duplicate")
        try expect(try await store.original(7)?.id, "event-7", "the event that it repeats")
        try await store.settleDelivered([1, 2, 3], at: "polar")
        try expect(try await store.hold(of: "lago"), nil, "a hold")
    }
}

/// Keeps threads in it until it is opened.
private final class Barrier: Sendable {
    private let state = Mutex((waiting: 0, isOpen: false, isDone: false))
    private let gate = NSCondition()

    var waiting: Int { state.withLock { $0.waiting } }
    var isDone: Bool { state.withLock { $0.isDone } }

    func noteDone() { state.withLock { $0.isDone = true } }

    /// - Returns: true, in the end.
    func pass() -> Bool {
        state.withLock { $0.waiting += 1 }
        gate.lock()
        while !state.withLock({ $0.isOpen }) { gate.wait() }
        gate.unlock()
        return true
    }

    func open() {
        gate.lock()
        state.withLock { $0.isOpen = true }
        gate.broadcast()
        gate.unlock()
    }
}
