package import Events
package import Journal
package import Logging
import Parity
package import Routing
import ServiceLifecycle

/// What comparisons take of the journal.
package typealias ComparedJournal = RecordedTraffic & LedgerCounting & RetentionPinning

/// How lanes send the events that they take, by lane.
package typealias LaneMemberships = @Sendable () async throws(StoreError) -> [LaneNumber: any LaneMembership]

/// Makes comparisons, one at a time, and goes on after a restart where it was.
package final class ParityRunner: Service {
    let journal: any ComparedJournal
    let store: ParityStore
    let routes: CurrentRoutes
    let vendors: any VendorAsking
    let lanes: LaneMemberships
    let clock: any WallClock
    /// How long the journal keeps events.
    let retention: Duration
    let logger: Logger
    private let bell = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    package init(
        journal: any ComparedJournal,
        store: ParityStore,
        routes: CurrentRoutes,
        asking vendors: any VendorAsking,
        lanes: @escaping LaneMemberships,
        clock: any WallClock,
        retention: Duration,
        logger: Logger
    ) {
        self.journal = journal
        self.store = store
        self.routes = routes
        self.vendors = vendors
        self.lanes = lanes
        self.clock = clock
        self.retention = retention
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            self.ring()
            for await _ in self.bell.stream {
                do {
                    while !Task.isCancelled, let next = try await self.store.next() { await self.make(next) }
                } catch {
                    self.logger.error("comparisons cannot be read", metadata: ["error": "\(error)"])
                }
                if Task.isCancelled { break }
            }
        }
        do { try store.close() } catch { logger.error("comparisons were not closed", metadata: ["error": "\(error)"]) }
    }

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
            try await store.set(.finished, of: run.id, at: clock.now)
            logger.info("comparison finished", metadata: ["run": "\(run.id)"])
        } catch {
            guard !Task.isCancelled else { return }
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
