import CoreMetrics
import DeliveryEngine
import Events
import Ingress
import Journal
import Observability
import Parity
import Routing

/// Writes the response of `GET /metrics`: what the modules counted, and the providers' current state.
struct GatewayMetrics: MetricsReporting {
    let registry: MetricsRegistry
    let store: OpenedStore
    let routes: CurrentRoutes
    let monitor: DeliveryMonitor
    let clock: any WallClock
    let parity: any ParityRunning
    let migrations: MigrationWatch
    let watches: any WatchReading
    let logs: LogOutput

    func text() async -> [UInt8] {
        var text = PrometheusText()
        registry.write(to: &text)
        let help = "Log lines dropped because the log was not read fast enough."
        text.family("tollgate_log_lines_dropped_total", .counter, help)
        text.sample("tollgate_log_lines_dropped_total", Int64(logs.droppedLines))
        let configured = routes.current.routes.providers.map(\.name)
        let backlogs = await backlogs(of: configured)
        text.family("tollgate_store_readable", .gauge, "1 if the journal could be read for these metrics, else 0.")
        text.sample("tollgate_store_readable", Int64(backlogs == nil ? 0 : 1))
        text.family("tollgate_store_up", .gauge, "1 if the store of this kind responds, else 0.")
        let kind = PrometheusText.labels([("kind", store.kind.rawValue)])
        text.sample("tollgate_store_up", labels: kind, Int64(store.outage() == nil ? 1 : 0))
        text.family(
            "tollgate_store_lost_events_total",
            .counter,
            "Events that the database confirmed and lost, as after a failover to a standby that was behind."
        )
        text.sample("tollgate_store_lost_events_total", Int64(store.lostEvents()))
        write(backlogs ?? [], to: &text)
        write(await backfills(), to: &text)
        write(await comparisons(), to: &text)
        MigrationMetrics(migrations.current).write(to: &text)
        await writeWatches(to: &text)
        let states = monitor.current
        write(configured.compactMap { name in states[name].map { (name, $0) } }, to: &text)
        return text.bytes
    }

    /// Writes nothing if they cannot be read.
    private func writeWatches(to text: inout PrometheusText) async {
        do {
            WatchMetrics(try await watches.reports(), at: clock.now).write(to: &text)
        } catch {
            return
        }
    }

    /// The backlogs, also of providers that `routes.json` no longer has; nil if the journal cannot be read.
    private func backlogs(of configured: [ProviderName]) async -> [(ProviderName, Backlog)]? {
        do {
            let gone = try await store.journal.providersWithBacklog().filter { !configured.contains($0) }
            var found: [(ProviderName, Backlog)] = []
            for name in configured + gone { found.append((name, try await store.journal.backlog(of: name))) }
            return found
        } catch {
            return nil
        }
    }

    /// All backfills; empty if they cannot be read, which another metric reports.
    private func backfills() async -> [Lane] {
        do { return try await store.journal.lanes() } catch { return [] }
    }

    private func write(_ backfills: [Lane], to text: inout PrometheusText) {
        guard !backfills.isEmpty else { return }
        text.family(
            "tollgate_backfill_remaining",
            .gauge,
            "Events of the journal that a provider's backfills still have to look at."
        )
        for (name, lanes) in Self.withoutTenants(backfills.map { ($0.provider, $0) }) {
            let ahead = lanes.filter(\.state.isActive).reduce(0) { $0 + Int64($1.progress.ahead) }
            text.sample("tollgate_backfill_remaining", labels: Self.labels(name), ahead)
        }
    }

    /// The latest finished comparison of each provider; empty if they cannot be read.
    private func comparisons() async -> [(ProviderReport, ParityRun)] {
        do {
            var seen: Set<ProviderName> = []
            return try await parity.latest().flatMap { run in
                // A tenant's own account has no label, as everywhere in the metrics.
                run.reports.filter { $0.provider == $0.provider.withoutTenant && seen.insert($0.provider).inserted }
                    .map { ($0, run) }
            }
        } catch {
            return []
        }
    }

    private func write(_ comparisons: [(ProviderReport, ParityRun)], to text: inout PrometheusText) {
        guard !comparisons.isEmpty else { return }
        text.family(
            "tollgate_parity_findings",
            .gauge,
            "Differences that the latest comparison found, without accepted ones."
        )
        for (report, _) in comparisons {
            for cause in Cause.allCases {
                let count = report.causes.first { $0.cause == cause }.map { $0.count - $0.accepted } ?? 0
                let labels = Self.labels(report.provider, ("cause", cause.rawValue))
                text.sample("tollgate_parity_findings", labels: labels, Int64(count))
            }
        }
        text.family("tollgate_parity_age_seconds", .gauge, "Time since the latest comparison of a provider ended.")
        for (report, run) in comparisons {
            let age = max(0, (clock.now - (run.endedAt ?? run.requestedAt)).wholeMilliseconds)
            text.sample("tollgate_parity_age_seconds", labels: Self.labels(report.provider), Double(age) / 1000)
        }
    }

    private func write(_ backlogs: [(ProviderName, Backlog)], to text: inout PrometheusText) {
        let groups = Self.withoutTenants(backlogs)
        text.family("tollgate_backlog_events", .gauge, "Events waiting for a provider.")
        for (name, backlogs) in groups {
            let events = backlogs.reduce(0) { $0 + Int64($1.events) }
            text.sample("tollgate_backlog_events", labels: Self.labels(name), events)
        }
        text.family("tollgate_backlog_oldest_seconds", .gauge, "Age of the oldest event waiting for a provider.")
        for (name, backlogs) in groups {
            let age = backlogs.compactMap(\.oldest).min().map { max(0, (clock.now - $0).wholeMilliseconds) } ?? 0
            text.sample("tollgate_backlog_oldest_seconds", labels: Self.labels(name), Double(age) / 1000)
        }
    }

    private func write(_ states: [(ProviderName, PipelineMachine.Snapshot)], to text: inout PrometheusText) {
        let groups = Self.withoutTenants(states)
        text.family(
            "tollgate_provider_circuit",
            .gauge,
            "Accounts of a provider whose circuit is in this state: its own, and those of tenants."
        )
        for (name, states) in groups {
            for word in ["closed", "open", "probing"] {
                let labels = Self.labels(name, ("state", word))
                text.sample("tollgate_provider_circuit", labels: labels, Int64(states.count { $0.circuit == word }))
            }
        }
        let gauges: [(String, String, (PipelineMachine.Snapshot) -> Int64)] = [
            (
                "tollgate_provider_parked", "Accounts of a provider that refuse their credential.",
                { $0.parked == nil ? 0 : 1 }
            ),
            (
                "tollgate_provider_in_flight_requests", "Requests in flight to a provider.",
                { Int64($0.requestsInFlight) }
            ),
            (
                "tollgate_provider_concurrency", "Current maximum of in-flight requests to a provider.",
                { Int64($0.concurrency) }
            ),
        ]
        for (metric, help, value) in gauges {
            text.family(metric, .gauge, help)
            for (name, states) in groups {
                text.sample(metric, labels: Self.labels(name), states.reduce(0) { $0 + value($1) })
            }
        }
    }

    /// Combines a provider's values with those of tenants' own accounts at it under one name that names no tenant.
    private static func withoutTenants<Value>(_ values: [(ProviderName, Value)]) -> [(ProviderName, [Value])] {
        var names: [ProviderName] = []
        var groups: [ProviderName: [Value]] = [:]
        for (name, value) in values {
            if groups[name.withoutTenant] == nil { names.append(name.withoutTenant) }
            groups[name.withoutTenant, default: []].append(value)
        }
        return names.map { ($0, groups[$0] ?? []) }
    }

    private static func labels(_ provider: ProviderName, _ more: (String, String)...) -> String {
        PrometheusText.labels([("provider", provider.rawValue)] + more)
    }
}
