import DeliveryEngine
import Events
import Journal
import Observability
import Reports
import Routing
import ServiceLifecycle
import Telemetry

/// Reads the counters once a second, so that nothing that accepts or delivers events depends on statistics.
///
/// Backlogs are read separately: a store that hangs makes them unknown and does not affect the counters.
struct StatisticsSampler: Service {
    let keeper: StatisticsKeeper
    let registry: MetricsRegistry
    let view: DeliveryView
    let journal: any EventArchive & AcceptanceCounting
    let routes: CurrentRoutes
    let clock: any WallClock
    /// Where other parts read the backlogs.
    var backlogs = SharedBacklogs()
    /// The statistics of all gateways; nil if this one is alone.
    var shared: SharedStatistics?

    private static let interval = Duration.seconds(1)
    /// An older backlog counts as unknown.
    private static let longestAge = Duration.seconds(15)
    /// Reading backlogs takes at most a twentieth of the time.
    private static let share = 20

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await readBacklogs() }
                group.addTask { await sample() }
            }
        }
    }

    private func sample() async {
        var next = ContinuousClock.now + Self.interval
        while !Task.isCancelled {
            do { try await Task.sleep(until: next, clock: .continuous) } catch { return }
            let now = ContinuousClock.now
            let sample = sample(waiting: backlogs.known(at: now, notOlderThan: Self.longestAge))
            keeper.add(sample, at: now)
            shared?.add(sample)
            // After a pause of the process the missing seconds are skipped.
            next = max(next + Self.interval, now)
        }
    }

    /// The current counters.
    /// - Parameter waiting: nil if unknown.
    func sample(waiting: [ProviderName: Backlog]?) -> StatisticsSample {
        var sample = StatisticsSample()
        sample.accepted = registry.count(of: "tollgate_events_total", ("result", "accepted"))
        sample.acceptLatencies = view.acceptance.latencies
        let (states, accepted, now) = (view.monitor.current, journal.acceptedSinceOpening, clock.now)
        let configured = routes.current.routes.providers.map(\.name)
        for name in Set(configured).union(waiting.map { Array($0.keys) } ?? []) {
            var counters = StatisticsSample.Counters()
            let counts = states[name]?.counts
            counters.accepted = accepted[name] ?? 0
            counters.delivered = counts?.delivered ?? 0
            counters.retried = counts?.retried ?? 0
            counters.rejected = counts?.rejected ?? 0
            counters.uncertain = counts?.uncertain ?? 0
            counters.requests = RequestCounts(
                live: counts?.left ?? 0,
                backfills: counts?.leftForBackfills ?? 0,
                reads: view.reads.admitted(to: name)
            )
            counters.concurrency = states[name]?.concurrency
            counters.circuit = states[name].map { CircuitState($0) }
            counters.latencies = view.latencies.snapshot(of: name)
            if let waiting {
                counters.backlog = waiting[name]?.events ?? 0
                counters.oldestAge = waiting[name]?.oldest.map { max(.zero, now - $0) } ?? .zero
            }
            sample.providers[name] = counters
        }
        return sample
    }

    private func readBacklogs() async {
        while !Task.isCancelled {
            let start = ContinuousClock.now
            do {
                backlogs.set(try await waiting(), at: .now)
            } catch {
                // The backlogs are unknown then, which the statistics show; the store's own log says why.
            }
            let pause = max(Self.interval, (ContinuousClock.now - start) * Self.share)
            do { try await Task.sleep(for: pause) } catch { return }
        }
    }

    /// The backlogs of the providers in `routes.json`, and of removed ones.
    private func waiting() async throws(StoreError) -> [ProviderName: Backlog] {
        var found: [ProviderName: Backlog] = [:]
        let configured = routes.current.routes.providers.map(\.name)
        for name in Set(configured).union(try await journal.providersWithBacklog()) {
            found[name] = try await journal.backlog(of: name)
        }
        return found
    }
}

extension CircuitState {
    /// A pipeline's state; an operator's hold takes precedence.
    init(_ state: PipelineMachine.Snapshot) {
        if state.operatorHold != nil {
            self = .held
        } else if state.parked != nil {
            self = .parked
        } else {
            // An unknown word must not count as success.
            self = CircuitState(rawValue: state.circuit) ?? .open
        }
    }
}
