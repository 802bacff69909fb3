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

/// Passes some time.
package typealias ParityPause = @Sendable () async throws -> Void

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
    let knownCustomers = RunCustomers()
    /// Passes the time until the storage is asked again that could not be read or written.
    private let pause: ParityPause
    private let bell = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    package init(
        journal: any ComparedJournal,
        store: any ParityStorage,
        routes: CurrentRoutes,
        reading vendors: ReadableVendors,
        lanes: @escaping LaneMemberships,
        clock: any WallClock,
        retention: Duration,
        logger: Logger,
        pausing pause: @escaping ParityPause = { try await Task.sleep(for: .seconds(5)) }
    ) {
        self.journal = journal
        self.store = store
        self.routes = routes
        self.vendors = vendors.asking
        self.lanes = lanes
        lags = vendors.lags
        self.clock = clock
        self.retention = retention
        self.logger = logger
        self.pause = pause
    }

    /// Makes the runs one after another, until the service is shut down. A run that is interrupted continues at the next start.
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
            if await !makeWaiting(), !Task.isCancelled {
                // A disk that is full stays so for a while, and each try asks the vendors.
                do { try await pause() } catch { break }
                ring()
            }
            if Task.isCancelled { break }
        }
    }

    /// - Returns: whether the storage could be read and written.
    private func makeWaiting() async -> Bool {
        do throws(ParityError) {
            while !Task.isCancelled, let next = try await store.next() {
                guard await make(next) else { return false }
            }
            return true
        } catch {
            logger.error("comparisons cannot be read", metadata: ["error": "\(error)"])
            return false
        }
    }

    /// Looks from time to time for runs that other gateways have left.
    private func ringAgain() async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.lookEvery) } catch { return }
            ring()
        }
    }

    /// How soon a run that another gateway left is continued here.
    private static let lookEvery = Duration.seconds(5)

    /// Wakes the loop that makes runs; several calls before it looks are one.
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
    /// - Returns: false if it could not be written down how it ended, so that it is the next one again.
    private func make(_ run: ParityRun) async -> Bool {
        logger.info("comparison begins", metadata: ["run": "\(run.id)", "level": "\(run.order.level.rawValue)"])
        do throws(ParityError) {
            var making = ParityRunMaking(run, self)
            try await making.make()
            guard !Task.isCancelled else { return true }
            try await unpin(run)
            try await store.set(.finished, of: run.id, reason: nil, at: clock.now)
            logger.info("comparison finished", metadata: ["run": "\(run.id)"])
            return true
        } catch {
            guard !Task.isCancelled else { return true }
            if case .taken = error {
                logger.notice("another gateway continues the comparison", metadata: ["run": "\(run.id)"])
                return true
            }
            logger.error("comparison failed", metadata: ["run": "\(run.id)", "error": "\(error)"])
            return await fail(run, because: error)
        }
    }

    /// - Returns: false if not even that could be written down.
    private func fail(_ run: ParityRun, because failure: ParityError) async -> Bool {
        do throws(ParityError) {
            try await store.set(.failed, of: run.id, reason: failure.message, at: clock.now)
            try await unpin(run)
            return true
        } catch {
            logger.error("comparisons cannot be written", metadata: ["error": "\(error)"])
            return false
        }
    }
}
