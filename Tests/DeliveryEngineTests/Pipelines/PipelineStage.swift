import Events
import Foundation
import Journal
import JournalSQLite
import Logging
import NIOCore
import NIOEmbedded
import Routing
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import DeliveryEngine

/// Both clocks of a pipeline, which move only when the test says so.
final class ManualClock: WallClock {
    private let passed = Mutex(Duration.zero)
    /// How far the wall clock was set ahead.
    private let ahead = Mutex(Duration.zero)
    private let start = ClockReading.sample

    var elapsed: Duration { passed.withLock { $0 } }
    var now: Timestamp { start.wall + elapsed + ahead.withLock { $0 } }
    var instant: ContinuousClock.Instant { start.instant + elapsed }

    /// Sets the wall clock alone.
    func setAhead(by duration: Duration) {
        ahead.withLock { $0 = duration }
    }

    func advance(by duration: Duration) {
        passed.withLock { $0 += duration }
    }
}

/// A pipeline on a real journal, with a vendor that follows a script and a clock that the test moves.
struct PipelineStage {
    static let provider: ProviderName = "acme"
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    let clock = ManualClock()
    /// Made when the stage was.
    let processClock: ProcessClock
    let loop = NIOAsyncTestingEventLoop()
    let view = DeliveryView()
    let store: SQLiteEventStore
    let vendor: ScriptedVendor
    /// What the pipeline knows of the store.
    var ledger: any DeliveryLedger
    var logger = quiet
    var settings = PipelineSettings(
        provider: provider,
        batch: BatchLimit(events: 1, bytes: 1 << 20),
        deduplication: .byIdentity(memory: nil)
    )

    /// - Parameter script: what the vendor answers to the request of this number, from 0.
    init(_ folder: URL, _ script: @escaping @Sendable (Int) -> ScriptedVendor.Act) throws {
        store = try SQLiteEventStore(opening: folder, logger: Self.quiet)
        ledger = store
        vendor = ScriptedVendor(clock, script)
        processClock = ProcessClock(wall: clock, instant: { [clock] in clock.instant })
    }

    var pipeline: Pipeline {
        Pipeline(
            settings: settings,
            over: VendorLine(adapter: PlainAdapter(), caller: vendor),
            ledger: ledger,
            clock: processClock,
            seenBy: view,
            on: DeliveryLane(loop),
            logger: logger
        )
    }

    /// Runs a pipeline until the body has ended, and everything that it settles in the end is settled.
    /// - Parameter afterStop: done when the pipeline knows that it is to end.
    func run(
        _ beginning: Pipeline.Beginning = .start,
        _ body: () async throws -> Void,
        afterStop: () -> Void = {}
    ) async throws {
        let (stopping, stop) = AsyncStream<Never>.makeStream()
        async let running: Void = pipeline.run(until: stopping, after: beginning)
        let result = await Result { try await body() }
        stop.finish()
        // The loop works in the order in which work came in.
        for _ in 0..<3 { await loop.run() }
        afterStop()
        await running
        try result.get()
    }

    /// Lets time pass in steps until a condition holds.
    func pass(_ step: Duration = .seconds(1), until what: String, _ condition: () async throws -> Bool) async throws {
        try await waitUntil(what) {
            if try await condition() { return true }
            clock.advance(by: step)
            await loop.advanceTime(by: TimeAmount(step))
            return false
        }
    }

    // MARK: - The journal

    /// Accepts events with these ids, in this order.
    func accept(_ ids: String..., mode: DeliveryMode = .primary, adapter: AdapterName = PlainAdapter.name)
        async throws
    {
        let destination = Destination(provider: Self.provider, adapter: adapter, mode: mode)
        let plan = Plan(route: "r", destinations: [destination])
        let events = ids.map { AcceptedEvent.sample($0, acceptedAt: clock.now, plan: plan) }
        _ = try await store.append(AppendRequest(events: events, policy: .each))
    }

    /// What became of an event.
    func delivery(_ id: String) async throws -> Delivery {
        let found = try await store.events(withID: EventID(id), of: "t")
        return try #require(found.first?.deliveries.first)
    }

    /// Waits until an event has this status, without letting time pass.
    func wait(_ id: String, _ status: DeliveryStatus) async throws {
        try await waitUntil("\(id) is \(status)") { try await delivery(id).status == status }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

extension AcceptedEvent {
    /// An event whose content follows from its id.
    static func sample(_ id: String, acceptedAt: Timestamp = ClockReading.sample.wall, plan: Plan) -> AcceptedEvent {
        AcceptedEvent(
            CanonicalEvent(name: "call", customerID: "customer"),
            id: EventID(id),
            in: Submission(tenant: "t", client: "c", acceptedAt: acceptedAt, plan: plan)
        )
    }
}
