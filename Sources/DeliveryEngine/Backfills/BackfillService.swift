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
///
/// Where several gateways share the journal, each runs all backfills, and the one that has the provider's account delivers. So each
/// looks every second for what the others' clients have ordered.
package struct BackfillService: Service {
    /// Makes the pipeline of a backfill at a provider, which is at this place of the file.
    package typealias MakePipeline = @Sendable (ProviderConfiguration, Int, BackfillWalk) -> Pipeline

    private let lanes: any LaneKeeping & DeliveryLedger
    private let routes: CurrentRoutes
    private let view: DeliveryView
    private let clock: any WallClock
    private let elsewhere: @Sendable () -> RoutesElsewhere
    private let makePipeline: MakePipeline
    private let logger: Logger
    /// Whether other gateways work on the same journal.
    private let isShared: Bool

    /// - Parameters:
    ///   - isShared: whether other gateways work on the same journal.
    ///   - elsewhere: by which routes other gateways accept events.
    package init(
        lanes: any LaneKeeping & DeliveryLedger,
        sharing isShared: Bool,
        routes: CurrentRoutes,
        elsewhere: @escaping @Sendable () -> RoutesElsewhere = { .nobody },
        clock: any WallClock,
        seenBy view: DeliveryView,
        logger: Logger,
        makePipeline: @escaping MakePipeline
    ) {
        self.lanes = lanes
        self.isShared = isShared
        self.routes = routes
        self.elsewhere = elsewhere
        self.clock = clock
        self.view = view
        self.logger = logger
        self.makePipeline = makePipeline
    }

    /// What is done about a backfill, or has just ended.
    private struct Running {
        /// The provider that its pipeline delivers to; nil: there is no pipeline, as it is being cancelled.
        let configuration: ProviderConfiguration?
        /// Finished to stop it.
        let stop: AsyncStream<Never>.Continuation
        let isOver: Flag

        var isCancelling: Bool { configuration == nil }
    }

    private final class Flag: Sendable {
        private let flag = Mutex(false)

        var isSet: Bool { flag.withLock { $0 } }

        func set() { flag.withLock { $0 = true } }
    }

    /// How long it takes until it looks again, where nothing tells it of a change.
    private static let glance = Duration.seconds(1)
    /// How often it looks for what other gateways have changed.
    private static let patrol = Duration.seconds(1)

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
            if isShared { group.addTask { await watchOthers(wake) } }
            var running: [LaneNumber: Running] = [:]
            // Set when the timer has run out. There is never more than one.
            var timer: Flag?
            for await _ in wakes.cancelOnGracefulShutdown() {
                guard await follow(&running, wake, in: &group), timer?.isSet ?? true else { continue }
                let next = Flag()
                timer = next
                group.addTask {
                    // A shutdown ends it early.
                    try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.glance) }
                    next.set()
                    wake.yield()
                }
            }
            // Pipelines hear of the shutdown themselves. What is being cancelled may wait for its account, and for nothing in flight.
            for one in running.values where one.isCancelling { one.stop.finish() }
        }
    }

    /// Wakes whenever another gateway has changed a backfill, until graceful shutdown.
    private func watchOthers(_ wake: AsyncStream<Void>.Continuation) async {
        await cancelWhenGracefulShutdown {
            var known: [LaneMark]?
            while true {
                do { try await Task.sleep(for: Self.patrol) } catch { return }
                do {
                    let marks = try await lanes.laneMarks()
                    if marks != known { wake.yield() }
                    known = marks
                } catch {
                    // Readiness says that the store is away.
                    logger.debug("the backfills could not be read", metadata: ["error": "\(error)"])
                }
            }
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
                // Whoever has the account cancels it, so that all others need not any more.
                let isCancelled = now.isCancelling && lane.state != .cancelling
                if isCancelled || configuration != now.configuration { now.stop.finish() }
            } else if let wanted, before == nil {
                running[lane.number] = start(lane, providers[wanted], at: wanted, wake, in: &group)
            } else if lane.state == .cancelling, !(before?.isCancelling ?? false) {
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

    /// Ends a cancelled backfill: no pipeline has its account any more, and its provider may be gone.
    private func finishCancelling(
        _ lane: Lane,
        _ wake: AsyncStream<Void>.Continuation,
        in group: inout DiscardingTaskGroup
    ) -> Running? {
        guard let membership = BackfillMembership(of: lane) else {
            logger.error("a backfill cannot be read, so it is not cancelled", metadata: ["backfill": "\(lane.number)"])
            return nil
        }
        let (stopping, stop) = AsyncStream<Never>.makeStream()
        let isOver = Flag()
        group.addTask {
            do throws(StoreError) {
                if let lease = try await lease(lane.number, taking: membership, unless: stopping) {
                    try await cancel(lane, under: lease)
                }
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
        return Running(configuration: nil, stop: stop, isOver: isOver)
    }

    /// Waits for the account of a backfill, which another gateway may have.
    /// - Returns: nil if it is not wanted any more.
    private func lease(
        _ number: LaneNumber,
        taking membership: BackfillMembership,
        unless stopping: AsyncStream<Never>
    ) async throws(StoreError) -> AccountLease? {
        let result = await withTaskGroup(of: Result<AccountLease, StoreError>?.self) { group in
            group.addTask {
                do throws(StoreError) {
                    return .success(try await lanes.lease(number, taking: membership))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                for await _ in stopping {}
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            // A lease that comes anyway is worked under, and given back at once.
            let second = await group.next() ?? nil
            return first ?? second
        }
        return try result?.get()
    }

    private func cancel(_ lane: Lane, under lease: AccountLease) async throws(StoreError) {
        let ended: Lane?
        do throws(StoreError) {
            ended = try await end(lane, under: lease)
        } catch {
            // Kept, it would keep everybody from trying again.
            try await lanes.giveBack(lease, unsent: [])
            throw error
        }
        guard let ended else { return try await lanes.giveBack(lease, unsent: []) }
        logger.info(
            "the backfill has ended",
            metadata: ["backfill": "\(ended.number)", "state": "\(ended.state.rawValue)"]
        )
    }

    /// Ends a backfill and the lease of its account, if nothing of it is in flight.
    private func end(_ lane: Lane, under lease: AccountLease) async throws(StoreError) -> Lane? {
        // Nobody can ask the vendor whether it has what was in flight at a crash.
        let interrupted = try await lanes.claimInterrupted(under: lease).map { delivery in
            SettledDelivery(sequence: delivery.sequence, status: .uncertain, fault: OutcomeRules.interrupted)
        }
        if !interrupted.isEmpty {
            try await lanes.settle(Settlement(provider: lease.provider, exceptions: interrupted), under: lease)
        }
        switch try await lanes.end(lane.number, under: lease, at: clock.now) {
        case .changed(let ended): return ended
        case .refused, .unfinished, .unknown: return nil
        }
    }

    /// Lets a backfill end at the newest event, once every later one has a plan of routes that deliver to the provider themselves, whatever
    /// gateway accepts it.
    /// - Returns: whether that is still to be waited for.
    private func fixEnd(of lane: Lane) async -> Bool {
        guard lane.state.isActive, !lane.progress.hasEnd else { return false }
        guard routes.areAlone, areOthersSettled(for: lane) else { return true }
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

extension BackfillService {
    /// Whether no other gateway accepts events any more by routes that do not deliver to the lane's provider.
    private func areOthersSettled(for lane: Lane) -> Bool {
        switch elsewhere() {
        case .nobody: return true
        case .different: return false
        case .same:
            // What was ordered in a migration is not in the file: they know it by the time of the order, and still work on older requests.
            guard let ordered = routes.current.newestOrder(concerning: lane.provider) else { return true }
            return clock.now - ordered >= CurrentRoutes.longestRequest
        }
    }
}

extension Lane {
    /// Whether there is something to deliver: events to walk over, or deliveries that are due again because a person has asked for it.
    fileprivate var shouldRun: Bool {
        switch state {
        case .running: true
        case .paused, .cancelling: false
        case .done, .cancelled: counts.statuses[.retrying, default: 0] > 0
        }
    }
}
