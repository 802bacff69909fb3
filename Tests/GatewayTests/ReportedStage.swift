import Access
import DeliveryEngine
import Events
import Foundation
import Journal
import JournalSQLite
import Logging
import Routing
import TestSupport

@testable import Gateway
@testable import Ingress

/// A journal with some routes, for what a gateway reports of itself.
struct ReportedStage {
    let store: SQLiteEventStore
    let opened: OpenedStore
    let routes: CurrentRoutes
    let book: MigrationBook
    let folder: URL
    let clock = SetClock(Timestamp(milliseconds: 1_800_000_000_000))

    /// `lago`, of which a tenant has an account of its own.
    static let text = #"""
        {"version": 1, "providers": {"lago": {"adapter": "lago", "credential": {"env": "L"}}},
         "routes": [{"name": "r", "to": [{"provider": "lago"}]}],
         "clients": [{"name": "own", "credentials": {"lago": {"env": "O"}}}, {"name": "shop"}]}
        """#

    static func with(_ state: ScriptedStoreState = ScriptedStoreState(), _ body: (ReportedStage) async throws -> Void)
        async throws
    {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await withTemporaryFolder { folder in
            let reader = RoutesFile.reader(allowsInlineSecrets: false)
            let routes = CurrentRoutes(try reader.read(Array(text.utf8)).routes)
            let store = try SQLiteEventStore(opening: folder.appending(path: "data"), logger: quiet)
            let opened = OpenedStore(store, in: state)
            let book = try await MigrationBook(store, routes: routes, logger: quiet)
            try await body(ReportedStage(store: store, opened: opened, routes: routes, book: book, folder: folder))
            await store.close()
        }
    }

    /// Has events wait for a provider.
    func append(_ count: Int, for provider: ProviderName, age: Duration) async throws {
        let plan = Plan(route: "r", destinations: [Destination(provider: provider, adapter: "lago", mode: .primary)])
        let events = (0..<count).map { number in
            AcceptedEvent(
                CanonicalEvent(name: "n", customerID: "c", subscriptionID: "s"),
                id: EventID("\(provider)-\(number)"),
                in: Submission(tenant: "shop", client: "web", acceptedAt: clock.now + (.zero - age), plan: plan)
            )
        }
        _ = try await store.append(AppendRequest(events: events, policy: .each))
    }

    func readiness(environment: [String: String] = [:]) async -> ReadinessReport {
        let settings = GatewaySettings(
            routesFile: folder.appending(path: "routes.json"),
            dataFolder: folder,
            environment: environment
        )
        return await GatewayReadiness(
            store: opened,
            routes: routes,
            vault: CredentialVault(of: routes, environment: environment),
            monitor: DeliveryMonitor(),
            clock: clock,
            book: book,
            watches: ScriptedWatches(),
            disk: DiskWatch(settings, isEmbedded: true, clock: clock)
        ).report()
    }
}

/// What a store says of itself beside its journal.
struct ScriptedStoreState: Sendable {
    var outage: StoreOutage?
    var fullness: StoreFullness?
    var isDraining = false
    var lostEvents = 0
}

extension OpenedStore {
    /// An embedded store in a state that a test says.
    init(_ store: SQLiteEventStore, in state: ScriptedStoreState = ScriptedStoreState()) {
        self.init(
            kind: .sqlite,
            place: "the data folder",
            journal: store,
            shared: nil,
            outage: { state.outage },
            fullness: { state.fullness },
            isDraining: { state.isDraining },
            lostEvents: { state.lostEvents },
            service: store,
            close: { await store.close() }
        )
    }
}
