import DeliveryEngine
import Digest
import Events
import Ingress
import Journal
import Logging
import ServiceLifecycle
import Synchronization

/// Tells the other gateways of the journal about this one, and keeps what they tell for readiness.
final class SharedJournal: Service, AccountOwning {
    /// What is known of the other gateways.
    struct View: Sendable, Equatable {
        var gateways: [GatewayNode] = []
        /// Those that have had another `routes.json` for a while.
        var differing: [String] = []
        var reports: [ProviderName: AccountReport] = [:]
    }

    private struct State {
        var view = View()
        var agreement = RoutesAgreement()
        /// When the others were asked about last; nil before.
        var seen: ContinuousClock.Instant?
        /// The digest that was told last.
        var told: [UInt8]?
    }

    private let journal: any GatewayReporting
    /// What deliveries of this gateway say of their accounts.
    private let states: @Sendable () async -> [ProviderName: AccountState]
    /// The active `routes.json`.
    private let routesDigest: @Sendable () -> [UInt8]
    /// Whether nothing is worked on any more by routes that were replaced.
    private let areRoutesAlone: @Sendable () -> Bool
    private let logger: Logger
    private let state = Mutex(State())

    private static let interval = Duration.seconds(2)
    /// What is known of the others is too old after this time.
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

    /// What was last learned.
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

    /// By which routes the other gateways accept events.
    func routesElsewhere(at now: ContinuousClock.Instant) -> RoutesElsewhere {
        let digest = routesDigest()
        return state.withLock { state in
            guard let seen = state.seen, now - seen < Self.memory else { return .different }
            return RoutesAgreement.elsewhere(state.view.gateways, routes: digest)
        }
    }

    /// Tells and asks until graceful shutdown.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.exchange(at: .now)
                do { try await Task.sleep(for: Self.interval) } catch { return }
            }
        }
    }

    /// Tells the others about this gateway, and asks about them.
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
            // Readiness says that the store is away.
            logger.debug("the other gateways are not known now", metadata: ["error": "\(error)"])
        }
    }

    /// Tells the digest of new routes once every event from then on has a plan of them, and until then that it is neither: others rely on
    /// both.
    private func tellRoutes() {
        let (digest, told) = (routesDigest(), state.withLock { $0.told })
        guard told != digest else { return }
        let digestToTell = areRoutesAlone() ? digest : GatewayNode.changingRoutes
        guard told != digestToTell else { return }
        journal.note(routesDigest: digestToTell)
        state.withLock { $0.told = digestToTell }
    }
}
