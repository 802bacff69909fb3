package import Events
package import Journal
package import Logging
package import Parity
package import Routing
import ServiceLifecycle

/// What comparisons take of the journal.
package typealias ComparedJournal = RecordedTraffic & LedgerCounting & RetentionPinning

/// How lanes send the events that they take, by lane.
package typealias LaneMemberships = @Sendable () async throws(StoreError) -> [LaneNumber: any LaneMembership]

/// Makes comparisons, one at a time, and continues after a restart where it was.
package final class ParityRunner: Service {
    let journal: any ComparedJournal
    let store: any ParityStorage
    let routes: CurrentRoutes
    let vendors: any VendorAsking
    let lanes: LaneMemberships
    /// How long vendors take to show an event.
    let lags: MeasuredLags
    let clock: any WallClock
    /// How long the journal keeps events.
    let retention: Duration
    let logger: Logger
    private let bell = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    package init(
        journal: any ComparedJournal,
        store: any ParityStorage,
        routes: CurrentRoutes,
        asking vendors: any VendorAsking,
        lanes: @escaping LaneMemberships,
        lags: MeasuredLags = MeasuredLags(),
        clock: any WallClock,
        retention: Duration,
        logger: Logger
    ) {
        self.journal = journal
        self.store = store
        self.routes = routes
        self.vendors = vendors
        self.lanes = lanes
        self.lags = lags
        self.clock = clock
        self.retention = retention
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { await self.makeAll() }
                if self.store.isShared { group.addTask { await self.ringAgain() } }
            }
        }
        do { try await store.close() } catch {
            logger.error("comparisons were not closed", metadata: ["error": "\(error)"])
        }
    }

    /// Makes what there is, and what is added.
    private func makeAll() async {
        ring()
        for await _ in bell.stream {
            do {
                while !Task.isCancelled, let next = try await store.next() { await make(next) }
            } catch {
                logger.error("comparisons cannot be read", metadata: ["error": "\(error)"])
            }
            if Task.isCancelled { break }
        }
    }

    /// Looks from time to time for runs that other gateways have left.
    private func ringAgain() async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.lookEvery) } catch { return }
            ring()
        }
    }

    private static let lookEvery = Duration.seconds(5)

    func ring() { bell.continuation.yield() }

    /// Keeps the run's events from being removed; to be called again within ``pinned``.
    func pin(_ run: ParityRun) async throws(ParityError) {
        let pin = RetentionPin(
            name: Self.pin(of: run),
            // An event may be accepted a day before it occurs.
            acceptedFrom: run.order.window.from + .seconds(-86_400),
            expiresAt: clock.now + Self.pinned
        )
        do { try await journal.pin(pin) } catch { throw .journal("\(error)") }
    }

    /// Whether events of the run's window may have been removed: nothing has kept them for some time, and they are old enough.
    func mayBeRemoved(_ run: ParityRun) async throws(ParityError) -> Bool {
        let pins: [RetentionPin]
        do { pins = try await journal.pins() } catch { throw .journal("\(error)") }
        let isPinned = pins.contains { $0.name == Self.pin(of: run) && $0.expiresAt > clock.now }
        return !isPinned && run.order.window.from + .seconds(-86_400) < clock.now + (.zero - retention)
    }

    /// When the newest event was accepted that retention has removed.
    func removedThrough() async throws(ParityError) -> Timestamp? {
        do { return try await journal.removedThrough() } catch { throw .journal("\(error)") }
    }

    private func unpin(_ run: ParityRun) async throws(ParityError) {
        do { try await journal.unpin(Self.pin(of: run)) } catch { throw .journal("\(error)") }
    }

    private static func pin(of run: ParityRun) -> String { "parity run \(run.id)" }

    /// Longer than a vendor takes for one window.
    private static let pinned = Duration.seconds(86_400)

    /// Makes a run to its end, or until the task is cancelled.
    private func make(_ run: ParityRun) async {
        logger.info("comparison begins", metadata: ["run": "\(run.id)", "level": "\(run.order.level.rawValue)"])
        do throws(ParityError) {
            var making = ParityRunMaking(run, self)
            try await making.make()
            guard !Task.isCancelled else { return }
            try await unpin(run)
            try await store.set(.finished, of: run.id, reason: nil, at: clock.now)
            logger.info("comparison finished", metadata: ["run": "\(run.id)"])
        } catch {
            guard !Task.isCancelled else { return }
            if case .taken = error {
                logger.notice("another gateway continues the comparison", metadata: ["run": "\(run.id)"])
                return
            }
            logger.error("comparison failed", metadata: ["run": "\(run.id)", "error": "\(error)"])
            do {
                try await store.set(.failed, of: run.id, reason: error.message, at: clock.now)
                try await unpin(run)
            } catch {
                logger.error("comparisons cannot be written", metadata: ["error": "\(error)"])
            }
        }
    }
}
