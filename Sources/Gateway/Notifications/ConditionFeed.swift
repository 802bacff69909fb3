import Access
import DeliveryEngine
import Events
import Foundation
import Journal
import JournalSQLite
import Notifications
import Parity
import Routing

/// Reads the measurements that notifications are based on, from the same sources as readiness, metrics, statistics and `tollgate doctor`.
struct ConditionFeed: Sendable {
    let monitor: DeliveryMonitor
    let backlogs: SharedBacklogs
    let routes: CurrentRoutes
    let parity: any ParityRunning
    let watches: any WatchReading
    let keys: any KeyKeeping
    /// The state of other gateways; nil if there are none.
    let shared: SharedJournal?
    let settings: GatewaySettings
    let diskWatch: DiskWatch
    let clock: any WallClock

    /// An older backlog counts as unknown.
    private static let longestAge = Duration.seconds(60)

    /// What is known now, without waiting for anything.
    func readings(with slow: SlowMeasurements) -> GatewayMeasurements {
        let states = monitor.current
        let waiting = backlogs.known(at: .now, notOlderThan: Self.longestAge)
        let configured = routes.current.routes.providers
        let duty = ReportingDuty(shared?.view, delivering: Set(states.keys))
        let memories = Dictionary(
            configured.map { ($0.name, Self.memory(of: $0.traits.requests.deduplication)) },
            uniquingKeysWith: { first, _ in first }
        )
        var readings = GatewayMeasurements()
        // Includes removed providers for which events wait.
        for name in Set(memories.keys).union(waiting.map { Array($0.keys) } ?? []) {
            if duty.isElsewhere(name) {
                readings.providersElsewhere.insert(name)
                continue
            }
            var reading = ProviderMeasurements(states[name], waiting, of: name, at: clock.now)
            reading.memory = memories[name] ?? nil
            reading.lost = slow.lost.map { $0[name] ?? 0 }
            reading.lostOfSample = slow.watched.map { $0[name]?.verify?.lost.count ?? 0 }
            reading.knowsCanaries = slow.watched != nil
            reading.canary = slow.watched?[name]?.canary?.alarm?.reason
            readings.providers[name] = reading
        }
        readings.disk = slow.disk
        readings.keys = slow.keys
        readings.keysAreElsewhere = !duty.isFirst
        readings.dataFolder = settings.dataFolder.path
        return readings
    }

    private static func memory(of deduplication: Deduplication) -> Duration? {
        switch deduplication {
        case .none: nil
        case .byIdentity(let memory): memory
        }
    }

    // MARK: - Once a minute

    /// Measurements that take time.
    func slowReadings() async -> SlowMeasurements {
        SlowMeasurements(lost: await lost(), watched: await watched(), keys: await keyReadings(), disk: await disk())
    }

    /// Nil if it cannot be read.
    private func watched() async -> [ProviderName: WatchReport]? {
        do { return try await watches.reports() } catch { return nil }
    }

    /// Nil if the comparisons cannot be read.
    private func lost() async -> [ProviderName: Int]? {
        do {
            var found: [ProviderName: Int] = [:]
            // The newest run of each provider comes first.
            for report in try await parity.latest().flatMap(\.reports) where found[report.provider] == nil {
                let count = report.causes.first { $0.cause == .lostAfterAccept }.map { $0.count - $0.accepted } ?? 0
                found[report.provider] = max(0, count)
            }
            return found
        } catch {
            return nil
        }
    }

    /// Nil if the keys cannot be read.
    private func keyReadings() async -> [MeasuredKey]? {
        do {
            let clients = routes.current.routes.clients
            let listed = try await KeyAdministration(of: keys, for: clients, by: "").list(of: nil)
            let states: Set<KeyAdministration.Listed.State> = [.usable, .early, .expired]
            return listed.filter { states.contains($0.state) }.map {
                MeasuredKey(client: $0.client, id: $0.key.id, expires: $0.key.expires)
            }
        } catch {
            return nil
        }
    }

    private func disk() async -> DiskSpace? {
        var line = diskWatch.line
        // There was no check yet.
        if line == nil { line = await diskWatch.look() }
        guard let line else { return nil }
        return line.verdict == .problem ? .low("Disk of \(settings.dataFolder.path): \(line.text)") : .enough
    }
}

extension ProviderMeasurements {
    /// - Parameters:
    ///   - state: nil if there is no pipeline.
    ///   - waiting: the backlogs of all providers; nil if they are unknown.
    fileprivate init(
        _ state: PipelineMachine.Snapshot?,
        _ waiting: [ProviderName: Backlog]?,
        of name: ProviderName,
        at now: Timestamp
    ) {
        self.init()
        if let state {
            parked = state.parked?.message
            circuitIsOpen = state.circuit != "closed"
            lastFault = state.lastFault?.message
            delivered = state.counts.delivered
            rejected = state.counts.rejected
            uncertain = state.counts.uncertain
        }
        if let waiting {
            backlog = waiting[name]?.events ?? 0
            oldestAge = waiting[name]?.oldest.map { max(.zero, now - $0) }
        }
    }
}
