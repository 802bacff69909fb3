import Access
import DeliveryEngine
import Events
import Ingress
import Journal
import Migration
import OfRecord
import Parity
import Routing

/// Reports the state of the parts to `readyz`.
struct GatewayReadiness: ReadinessReporting {
    let store: OpenedStore
    let routes: CurrentRoutes
    let vault: CredentialVault
    let monitor: DeliveryMonitor
    let clock: any WallClock
    let book: MigrationBook
    /// The results of watching providers.
    let watches: any WatchReading
    let disk: DiskWatch
    /// The state of the other gateways on the same journal; nil if the journal belongs to this gateway alone.
    var shared: SharedJournal?

    /// Shorter delays are a normal effect of rate limits.
    private static let longWait = Duration.seconds(60)

    func report() async -> ReadinessReport {
        let snapshot = routes.current.routes
        var items = [await storeItem()]
        items.append(
            ReadinessItem(
                name: "routes",
                isReady: true,
                detail: RoutesReport.count(snapshot.routes.count, "route") + ", "
                    + RoutesReport.count(snapshot.providers.count, "provider"),
                isEssential: true
            )
        )
        items += disk.line.map { [Self.diskItem($0)] } ?? []
        items += sharedItems()
        items += migrationItems(snapshot)
        let states = monitor.current
        for provider in snapshot.providers { items.append(await providerItem(provider.name, states[provider.name])) }
        items += await watchItems(snapshot.providers)
        return ReadinessReport(await items + goneItems(besides: snapshot.providers.map(\.name)))
    }

    /// The state of the providers to which this gateway delivers, for the other gateways.
    func accountStates() async -> [ProviderName: AccountState] {
        var states: [ProviderName: AccountState] = [:]
        for (name, state) in monitor.current {
            let item = await providerItem(name, state)
            states[name] = AccountState(isReady: item.isReady, detail: item.detail)
        }
        return states
    }

    /// Whether this gateway agrees with the others: on the routes, and on the time.
    private func sharedItems() -> [ReadinessItem] {
        guard let shared else { return [] }
        let view = shared.view
        let others = view.differing.joined(separator: ", ")
        let gateways = ReadinessItem(
            name: "gateways",
            isReady: view.differing.isEmpty,
            detail: view.differing.isEmpty
                ? "\(view.gateways.count) gateways"
                : "other gateways have another routes.json: \(others); deploy the same file everywhere",
            isEssential: false
        )
        return [gateways, Self.clockItem(shared.clockDifference)]
    }

    /// Not ready if events would get wrong acceptance times.
    static func clockItem(_ difference: ClockDifference) -> ReadinessItem {
        func item(isReady: Bool, _ detail: String, isEssential: Bool = false) -> ReadinessItem {
            ReadinessItem(name: "clock", isReady: isReady, detail: detail, isEssential: isEssential)
        }
        let remedy = "synchronize this machine's clock, for example by NTP"
        return switch difference {
        case .small: item(isReady: true, "agrees with the database's")
        case .noticeable(let ahead): item(isReady: false, "the database's is \(distance(ahead)); \(remedy)")
        case .large(let ahead):
            item(isReady: false, "the database's is \(distance(ahead)); \(remedy)", isEssential: true)
        }
    }

    /// `2 s ahead`, `40 s behind`.
    private static func distance(_ ahead: Duration) -> String {
        let seconds = ahead.components.seconds
        return ahead < .zero ? "\(0 &- seconds) s behind" : "\(seconds) s ahead"
    }

    /// Migrations that have started: not ready while they are held.
    private func migrationItems(_ routes: Routes) -> [ReadinessItem] {
        let history = book.current
        var items = routes.migrations.compactMap { migration in
            Self.migrationItem(migration.name, at: migration.to, history[migration.name])
        }
        if let fault = book.fault {
            items.append(
                ReadinessItem(name: "migrations", isReady: false, detail: fault.description, isEssential: false)
            )
        }
        return items
    }

    /// - Returns: nil if the migration has not started.
    static func migrationItem(_ name: MigrationName, at provider: ProviderName, _ records: [MigrationRecord])
        -> ReadinessItem?
    {
        guard let newest = records.last else { return nil }
        func item(isReady: Bool, _ detail: String) -> ReadinessItem {
            ReadinessItem(
                name: "migration \(name)",
                provider: provider,
                isReady: isReady,
                detail: detail,
                isEssential: false
            )
        }
        let course = MigrationCourse(MigrationLog(records.map(\.entry)))
        if course.close == nil, let hold = records.last(where: { $0.entry.number == course.hold?.number }) {
            let reason = hold.reason.map { ": \($0)" } ?? ""
            let end = "tollgate migrate resume \(name) ends it"
            return item(isReady: false, "held by \(hold.actor) since \(hold.entry.at.rfc3339)\(reason); \(end)")
        }
        return item(isReady: true, "\(newest.entry.action.name) by \(newest.actor) at \(newest.entry.at.rfc3339)")
    }

    /// What reading events back and canaries show about the watched providers.
    private func watchItems(_ providers: [ProviderConfiguration]) async -> [ReadinessItem] {
        let reports: [ProviderName: WatchReport]
        do throws(ParityError) {
            reports = try await watches.reports()
        } catch {
            return [
                ReadinessItem(
                    name: "watches",
                    isReady: false,
                    detail: "what was read back cannot be read: \(error.message)",
                    isEssential: false
                )
            ]
        }
        return providers.flatMap { provider in
            reports[provider.name].map { Self.items(of: $0, provider.name, at: clock.now) } ?? []
        }
    }

    /// The items of a provider that is watched.
    static func items(of report: WatchReport, _ provider: ProviderName, at now: Timestamp) -> [ReadinessItem] {
        func item(_ name: String, isReady: Bool, _ detail: String) -> ReadinessItem {
            ReadinessItem(
                name: "\(name) \(provider)",
                provider: provider,
                isReady: isReady,
                detail: detail,
                isEssential: false
            )
        }
        var items: [ReadinessItem] = []
        if let verify = report.verify {
            let events = verify.verified(since: now + .seconds(-86_400))
            let well = "\(events) events were read back in a day, and none is lost"
            let problem = verify.problem(at: provider, now: now)
            items.append(item("verify", isReady: problem == nil, problem ?? well))
        }
        if let canary = report.canary {
            let well =
                canary.visibleAt.map { "the last canary was visible at \($0.rfc3339)" } ?? "no canary is visible yet"
            let alarm = canary.alarm.map { "\($0.reason), since \($0.since.rfc3339)" }
            items.append(item("canary", isReady: alarm == nil, alarm ?? well))
        }
        return items
    }

    /// The store's readiness: it is not ready while it drains, cannot be reached or is full.
    private func storeItem() async -> ReadinessItem {
        let name = store.kind.rawValue
        if store.isDraining() {
            return Self.storeItem(isReady: false, "\(name): draining; `tollgate nodes drain --undo` ends it")
        }
        if let outage = store.outage() {
            let seconds = outage.duration.components.seconds
            let detail = "\(name): cannot be reached for \(seconds) s: \(outage.reason)"
            // Requests themselves wait out a short failover.
            return Self.storeItem(isReady: outage.duration < Self.shortOutage, detail)
        }
        if let fullness = await store.fullness() {
            return Self.storeItem(isReady: false, "\(name): full, so events are refused: \(fullness.explanation)")
        }
        do {
            let damaged = try await store.journal.damage()
            let detail =
                damaged.isEmpty ? "readable" : "\(damaged.count) chunks are damaged and skipped; see the log"
            return Self.storeItem(isReady: true, "\(name): \(detail)")
        } catch {
            return Self.storeItem(isReady: false, "\(name): the store cannot be read")
        }
    }

    /// After an outage of this length the gateway is not ready.
    private static let shortOutage = Duration.seconds(5)

    /// How long the free space lasts. Events are accepted until there is none.
    static func diskItem(_ line: DoctorReport.Line) -> ReadinessItem {
        ReadinessItem(name: line.name, isReady: line.verdict != .problem, detail: line.text, isEssential: false)
    }

    private static func storeItem(isReady: Bool, _ detail: String) -> ReadinessItem {
        ReadinessItem(name: "store", isReady: isReady, detail: detail, isEssential: true)
    }

    /// Providers that `routes.json` no longer has and for which deliveries wait.
    private func goneItems(besides configured: [ProviderName]) async -> [ReadinessItem] {
        do {
            return try await store.journal.providersWithBacklog().filter { !configured.contains($0) }.map { name in
                let detail = "routes.json no longer has it, and deliveries wait for it"
                return Self.item(name, isReady: false, detail)
            }
        } catch {
            // The item of the store reports that.
            return []
        }
    }

    /// A provider's readiness: its credential must be available, and its vendor must accept calls.
    private func providerItem(_ name: ProviderName, _ state: PipelineMachine.Snapshot?) async -> ReadinessItem {
        do throws(CredentialUnavailable) {
            _ = try await vault.credential(of: name)
        } catch {
            return Self.item(name, isReady: false, error.message)
        }
        guard let state else { return elsewhere(name) }
        let since = state.circuitOpenSince.map { " since \($0.rfc3339)" } ?? ""
        if let parked = state.parked {
            let start = state.parkedSince.map { " since \($0.rfc3339)" } ?? ""
            return Self.item(name, isReady: false, "parked\(start): \(parked.message)")
        }
        if let hold = state.operatorHold {
            let end = "tollgate providers resume \(name) ends it"
            return Self.item(name, isReady: false, "held by \(hold.by) until \(hold.until.rfc3339); \(end)")
        }
        if let until = state.heldUntil, until - clock.now >= Self.longWait {
            let reason = state.holdFault.map { ": \($0.message)" } ?? ""
            let end = "tollgate providers resume \(name) ends the delay"
            let detail = "the vendor asked for a delay until \(until.rfc3339)\(reason); \(end)"
            return Self.item(name, isReady: false, detail)
        }
        let detail = "circuit \(state.circuit)\(since)" + (state.lastFault.map { ", last: \($0.message)" } ?? "")
        return Self.item(name, isReady: state.circuit == "closed", detail)
    }

    /// A provider to which this gateway does not deliver.
    private func elsewhere(_ name: ProviderName) -> ReadinessItem {
        guard let report = shared?.view.reports[name], let owner = report.gatewayName else {
            return Self.item(name, isReady: false, "starting")
        }
        return Self.item(name, isReady: report.state.isReady, "\(report.state.detail) (at gateway \(owner))")
    }

    private static func item(_ name: ProviderName, isReady: Bool, _ detail: String) -> ReadinessItem {
        ReadinessItem(
            name: "provider \(name)",
            provider: name,
            isReady: isReady,
            detail: detail,
            isEssential: false
        )
    }
}

extension StoreFullness {
    /// For people: why no events are accepted, and how to change that.
    var explanation: String {
        switch self {
        case .backlog:
            "as many events wait for a provider as --backlog-limit allows; let it deliver, discard what waits, or raise the limit"
        case .limit: "the journal is as large as --disk-limit-mb allows; raise it, or shorten --retention"
        case .disk: "the disk is full; free some space"
        case .index: "the index of event IDs cannot be written; free some space, and look at the log"
        }
    }
}
