import Events
import Foundation
import Journal
import JournalSQLite
import Logging
import Synchronization

/// What the embedded store does by itself, with fsync, in one process with whoever asks it.
struct StoreParts: Sendable {
    let sample: EventSample
    let seconds: Double
    let folder: URL

    /// Appends with `requests` waiting at any time.
    func appendRow(_ name: PartName, eventsPerRequest: Int, requests: Int) async throws -> Row {
        let time = try await withStore(name) { store in
            try await append(to: store, eventsPerRequest, requests, until: .now + .seconds(seconds))
        }
        return Row(name, "append \(eventsPerRequest) events a request, \(requests) requests at a time", time.figures)
    }

    /// Claims and settles a backlog at all vendors, in blocks of 100.
    func settleRow() async throws -> Row {
        let time = try await withStore(.settle) { store in
            _ = try await append(to: store, 100, 16, until: .now + .seconds(seconds / 2))
            let providers = sample.accepted[0].plan.destinations.map(\.provider)
            return try await deliver(from: store, to: providers, requests: 8, events: 100, intends: false)
        }
        return Row(PartName.settle, "claim and settle, 4 vendors, blocks of 100", time.figures)
    }

    /// Claims single events, makes the intent to send durable, and settles.
    func intendRow() async throws -> Row {
        let time = try await withStore(.intend) { store in
            _ = try await append(to: store, 100, 16, until: .now + .seconds(seconds / 10))
            return try await deliver(from: store, to: ["knetik"], requests: 64, events: 1, intends: true)
        }
        return Row(PartName.intend, "claim, intend and settle one event at a time", time.figures)
    }

    /// Measures with a new, empty store, which is closed and removed afterwards.
    private func withStore(_ name: PartName, _ body: (SQLiteEventStore) async throws -> PartTime) async throws
        -> PartTime
    {
        let place = folder.appending(path: name.rawValue)
        let store = try SQLiteEventStore(opening: place, logger: Logger(label: "parts"))
        let time = try await body(store)
        await store.close()
        return time
    }

    /// Appends from several tasks at once, because group commits need concurrent requests.
    private func append(
        to store: SQLiteEventStore,
        _ eventsPerRequest: Int,
        _ requests: Int,
        until end: ContinuousClock.Instant
    ) async throws -> PartTime {
        let start = ContinuousClock.now
        let count = EventCount()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<requests {
                group.addTask {
                    while ContinuousClock.now < end {
                        let first = count.add(eventsPerRequest)
                        let events = sample.accepted(eventsPerRequest, from: first)
                        _ = try await store.append(AppendRequest(events: events, policy: .allOrNothing))
                    }
                }
            }
            try await group.waitForAll()
        }
        return PartTime(events: count.value, time: ContinuousClock.now - start)
    }

    /// Delivers the backlogs of several accounts at once, without calling any vendor.
    private func deliver(
        from store: SQLiteEventStore,
        to providers: [ProviderName],
        requests: Int,
        events: Int,
        intends: Bool
    ) async throws -> PartTime {
        let start = ContinuousClock.now
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for provider in providers {
                let lease = try await store.lease(provider)
                let load = PipelineLoad(
                    ledger: store,
                    lease: lease,
                    requests: requests,
                    events: events,
                    intends: intends
                )
                group.addTask { try await load.run().events }
            }
            return try await group.reduce(0, +)
        }
        return PartTime(events: count, time: .now - start)
    }
}

/// How many events there were, counted from several tasks.
final class EventCount: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    /// - Returns: how many there were before.
    func add(_ events: Int) -> Int { count.wrappingAdd(events, ordering: .relaxed).oldValue }
}
