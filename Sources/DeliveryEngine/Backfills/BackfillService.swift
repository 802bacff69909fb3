package import Events
package import Journal
package import Logging
package import Routing
import ServiceLifecycle
import Synchronization

/// Runs the backfills that the journal has: each by a pipeline of its own, which takes turns with that of its provider.
///
/// Follows the journal and `routes.json`: a backfill waits while its provider is not configured, and continues where it was after a
/// restart. A cancelled one ends even without its provider.
package struct BackfillService: Service {
    /// Makes the pipeline of a backfill at a provider, which is at this place of the file.
    package typealias MakePipeline = @Sendable (ProviderConfiguration, Int, BackfillWalk) -> Pipeline

    private let lanes: any LaneKeeping & DeliveryLedger
    private let routes: CurrentRoutes
    private let view: DeliveryView
    private let clock: any WallClock
    private let makePipeline: MakePipeline
    private let logger: Logger

    package init(
        lanes: any LaneKeeping & DeliveryLedger,
        routes: CurrentRoutes,
        clock: any WallClock,
        seenBy view: DeliveryView,
        logger: Logger,
        makePipeline: @escaping MakePipeline
    ) {
        self.lanes = lanes
        self.routes = routes
        self.clock = clock
        self.view = view
        self.logger = logger
        self.makePipeline = makePipeline
    }

    /// A pipeline that runs, or has just ended.
    private struct Running {
        /// Nil: its provider is not configured.
        let configuration: ProviderConfiguration?
        /// Finished to stop it.
        let stop: AsyncStream<Never>.Continuation
        let isOver: Flag
    }

    private final class Flag: Sendable {
        private let flag = Mutex(false)

        var isSet: Bool { flag.withLock { $0 } }

        func set() { flag.withLock { $0 = true } }
    }

    /// How long it takes until it looks again, where nothing tells it of a change.
    private static let glance = Duration.seconds(1)

    /// Runs until graceful shutdown has let every pipeline settle what was in flight.
    package func run() async throws {
        let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        view.backfills.watch { wake.yield() }
        view.bells.setBackfills { wake.yield() }
        defer {
            view.backfills.watch(nil)
            view.bells.setBackfills(nil)
        }
        await withDiscardingTaskGroup { group in
            group.addTask { [routes] in
                for await _ in routes.changes().cancelOnGracefulShutdown() { wake.yield() }
            }
            var running: [LaneNumber: Running] = [:]
            for await _ in wakes.cancelOnGracefulShutdown() {
                guard await follow(&running, wake, in: &group) else { continue }
                group.addTask {
                    // Cancelled with the group; then nobody is left to wake.
                    try? await Task.sleep(for: Self.glance)
                    wake.yield()
                }
            }
            group.cancelAll()
        }
    }

    /// Starts and stops what should run now.
    /// - Returns: whether to look again soon.
    private func follow(
        _ running: inout [LaneNumber: Running],
        _ wake: AsyncStream<Void>.Continuation,
        in group: inout DiscardingTaskGroup
    ) async -> Bool {
        let all: [Lane]
        do {
            all = try await lanes.lanes()
        } catch {
            if error != .closed { logger.error("the backfills could not be read", metadata: ["error": "\(error)"]) }
            return true
        }
        let providers = routes.current.routes.providers
        var looksAgain = false
        for lane in all {
            let before = running[lane.number]
            if before?.isOver.isSet ?? false { running[lane.number] = nil }
            let wanted = lane.shouldRun ? providers.firstIndex { $0.name == lane.provider } : nil
            let configuration = wanted.map { providers[$0] }
            if let now = running[lane.number] {
                view.backfills.change(lane.number, to: lane.rate)
                if configuration != now.configuration { now.stop.finish() }
            } else if let wanted, before == nil {
                running[lane.number] = start(lane, providers[wanted], at: wanted, wake, in: &group)
            } else if wanted == nil, before == nil, lane.state == .cancelling {
                running[lane.number] = finishCancelling(lane, wake, in: &group)
            } else if wanted != nil || lane.state == .cancelling {
                // It has ended with work left: its end is not known yet, or a retry has become due meanwhile.
                looksAgain = true
            }
            if await fixEnd(of: lane) { looksAgain = true }
        }
        return looksAgain
    }

    private func start(
        _ lane: Lane,
        _ provider: ProviderConfiguration,
        at place: Int,
        _ wake: AsyncStream<Void>.Continuation,
        in group: inout DiscardingTaskGroup
    ) -> Running? {
        guard provider.traits.adapter == lane.adapter, let membership = BackfillMembership(of: lane) else {
            logger.error(
                "a backfill cannot continue with its provider as it is now",
                metadata: ["backfill": "\(lane.number)"]
            )
            return nil
        }
        let (stopping, stop) = AsyncStream<Never>.makeStream()
        let walk = BackfillWalk(of: lane, taking: membership, in: lanes)
        let pipeline = makePipeline(provider, place, walk)
        let isOver = Flag()
        group.addTask {
            await pipeline.run(until: stopping)
            isOver.set()
            wake.yield()
        }
        return Running(configuration: provider, stop: stop, isOver: isOver)
    }

    /// Ends a cancelled backfill whose provider is not configured any more, so that no pipeline can.
    private func finishCancelling(
        _ lane: Lane,
        _ wake: AsyncStream<Void>.Continuation,
        in group: inout DiscardingTaskGroup
    ) -> Running? {
        guard let membership = BackfillMembership(of: lane) else {
            logger.error("a backfill cannot be read, so it is not cancelled", metadata: ["backfill": "\(lane.number)"])
            return nil
        }
        let isOver = Flag()
        group.addTask {
            do throws(StoreError) {
                try await cancel(lane, taking: membership)
            } catch {
                if error != .closed {
                    logger.error(
                        "a backfill could not be cancelled",
                        metadata: ["backfill": "\(lane.number)", "error": "\(error)"]
                    )
                }
            }
            isOver.set()
            wake.yield()
        }
        return Running(configuration: nil, stop: AsyncStream<Never>.makeStream().continuation, isOver: isOver)
    }

    private func cancel(_ lane: Lane, taking membership: BackfillMembership) async throws(StoreError) {
        let lease = try await lanes.lease(lane.number, taking: membership)
        // Nobody can ask the vendor whether it has what was in flight at a crash.
        let interrupted = try await lanes.claimInterrupted(under: lease).map { delivery in
            SettledDelivery(sequence: delivery.sequence, status: .uncertain, fault: OutcomeRules.interrupted)
        }
        if !interrupted.isEmpty {
            try await lanes.settle(Settlement(provider: lease.provider, exceptions: interrupted), under: lease)
        }
        switch try await lanes.end(lane.number, under: lease, at: clock.now) {
        case .changed(let ended):
            logger.info(
                "the backfill has ended",
                metadata: ["backfill": "\(ended.number)", "state": "\(ended.state.rawValue)"]
            )
        case .refused, .unfinished, .unknown: try await lanes.giveBack(lease, unsent: [])
        }
    }

    /// Lets a backfill end at the newest event, once every later one has a plan of routes that deliver to the provider themselves.
    /// - Returns: whether that is still to be waited for.
    private func fixEnd(of lane: Lane) async -> Bool {
        guard lane.state.isActive, !lane.hasEnd else { return false }
        guard routes.areAlone else { return true }
        do {
            _ = try await lanes.change(lane.number, .fixEnd, by: lane.startedBy, at: clock.now)
            return true
        } catch {
            if error != .closed {
                logger.error("the end of a backfill could not be written", metadata: ["error": "\(error)"])
            }
            return true
        }
    }
}

extension Lane {
    /// Whether there is something to do: events to walk over, a cancellation to carry out, or deliveries that are due again because a
    /// person has asked for it.
    fileprivate var shouldRun: Bool {
        switch state {
        case .running, .cancelling: true
        case .paused: false
        case .done, .cancelled: counts.statuses[.retrying, default: 0] > 0
        }
    }
}
