import DeliveryEngine
import Digest
import Events
import Ingress
import Journal
import Logging
import ServiceLifecycle
import Synchronization

/// Reports this gateway's state to the other gateways of the journal, and keeps theirs for readiness.
final class SharedJournal: Service, AccountOwning {
    /// The state of the other gateways.
    struct View: Sendable, Equatable {
        var gateways: [GatewayNode] = []
        /// Those that have used another `routes.json` for a while.
        var differing: [String] = []
        var reports: [ProviderName: AccountReport] = [:]
    }

    private struct State {
        var view = View()
        var agreement = RoutesAgreement()
        /// When the others' state was last read; nil before.
        var seen: ContinuousClock.Instant?
        /// The digest that was last reported.
        var told: [UInt8]?
    }

    private let journal: any GatewayReporting
    /// The states of the accounts that this gateway delivers to.
    private let states: @Sendable () async -> [ProviderName: AccountState]
    /// The active `routes.json`.
    private let routesDigest: @Sendable () -> [UInt8]
    /// Whether no request uses replaced routes any more.
    private let areRoutesAlone: @Sendable () -> Bool
    private let logger: Logger
    private let state = Mutex(State())

    private static let interval = Duration.seconds(2)
    /// The others' state counts as unknown after this time.
    private static let memory = Duration.seconds(10)

    init(
        _ journal: any GatewayReporting,
        states: @escaping @Sendable () async -> [ProviderName: AccountState],
        routesDigest: @escaping @Sendable () -> [UInt8],
        areRoutesAlone: @escaping @Sendable () -> Bool,
        logger: Logger
    ) {
        self.journal = journal
        self.states = states
        self.routesDigest = routesDigest
        self.areRoutesAlone = areRoutesAlone
        self.logger = logger
    }

    /// The last known state.
    var view: View { state.withLock { $0.view } }

    func reportElsewhere(on provider: ProviderName) -> AccountReport? {
        let view = view
        guard let report = view.reports[provider], let owner = report.gateway,
            let own = view.gateways.first(where: \.isThisOne)
        else { return nil }
        return owner == own.number ? nil : report
    }

    /// How far this machine's clock is from the database's.
    var clockDifference: ClockDifference { journal.clockDifference }

    /// The routes by which the other gateways accept events.
    func routesElsewhere(at now: ContinuousClock.Instant) -> RoutesElsewhere {
        let digest = routesDigest()
        return state.withLock { state in
            guard let seen = state.seen, now - seen < Self.memory else { return .different }
            return RoutesAgreement.elsewhere(state.view.gateways, routes: digest)
        }
    }

    /// Reports and reads until graceful shutdown.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.exchange(at: .now)
                do { try await Task.sleep(for: Self.interval) } catch { return }
            }
        }
    }

    /// Reports this gateway's state to the others, and reads theirs.
    func exchange(at now: ContinuousClock.Instant) async {
        tellRoutes()
        journal.note(await states())
        do {
            let gateways = try await journal.gateways()
            let reports = try await journal.accountReports()
            let (new, old) = state.withLock { state in
                let old = state.view.differing
                state.seen = now
                state.view.gateways = gateways
                state.view.reports = Dictionary(reports.map { ($0.provider, $0) }, uniquingKeysWith: { $1 })
                state.view.differing = state.agreement.observe(gateways, at: now)
                return (state.view.differing, old)
            }
            guard new != old else { return }
            if new.isEmpty { return logger.notice("all gateways work by the same routes.json") }
            logger.warning(
                "gateways work by different versions of routes.json; deploy the same file everywhere",
                metadata: ["others": "\(new.joined(separator: ", "))"]
            )
        } catch {
            // Readiness reports that the store cannot be reached.
            logger.debug("the other gateways are not known now", metadata: ["error": "\(error)"])
        }
    }

    /// Reports the digest of new routes once every event from then on has a plan of them, and until then that the routes are changing:
    /// others rely on both.
    private func tellRoutes() {
        let (digest, told) = (routesDigest(), state.withLock { $0.told })
        guard told != digest else { return }
        let digestToTell = areRoutesAlone() ? digest : GatewayNode.changingRoutes
        guard told != digestToTell else { return }
        journal.note(routesDigest: digestToTell)
        state.withLock { $0.told = digestToTell }
    }
}
