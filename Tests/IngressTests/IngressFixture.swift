import Acceptance
import Access
import AsyncHTTPClient
import DeliveryEngine
import Events
import Foundation
import Ingress
import Journal
import JournalSQLite
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Parity
import Reports
import Routing
import Synchronization
import TestSupport
import VendorReads

/// Keeps the entries of the access log.
final class RequestRecorder: RequestLogging {
    private let kept = Mutex<[RequestLogEntry]>([])

    var isOn: Bool { true }
    var entries: [RequestLogEntry] { kept.withLock { $0 } }

    func write(_ entry: RequestLogEntry) {
        kept.withLock { $0.append(entry) }
    }
}

/// A server of its own for a test: real sockets, a real store in a folder that goes away.
struct IngressFixture {
    static let key = "test-key"

    /// What came back.
    struct Answer {
        let status: Int
        let headers: HTTPHeaders
        let body: [UInt8]

        var object: [String: Any] {
            get throws { try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] ?? [:] }
        }
    }

    let address: String
    let port: Int
    let store: SQLiteEventStore
    let view: DeliveryView
    let routes: CurrentRoutes
    /// What the access log was given.
    let requestLog: RequestRecorder
    let capacity: IngressCapacity

    var watch: SettlementWatch { view.settlements }

    /// As by default, but that a busy machine may take its time for a connection's first request.
    private static var patience: IngressSettings.Patience {
        var patience = IngressSettings.Patience()
        patience.firstRequest = .seconds(300)
        return patience
    }

    /// - Parameters:
    ///   - clients: beside those that every test has.
    ///   - vendor: the address of the vendor, which then has the credential `vendor-secret`; nil: one that nobody calls.
    static func with(
        bodyLimitBytes: Int = 32 << 20,
        dialects: [any Dialect] = [],
        patience: IngressSettings.Patience = Self.patience,
        clients: [String] = [],
        vendor: String? = nil,
        vendorTimeout: String = "2s",
        eventLimit: Int = 10_000,
        planning: any RoutesPlanning = NoPlans(),
        backfills: any BackfillManaging = ScriptedBackfills(),
        migrations: any MigrationManaging = ScriptedMigrations(),
        capacity: IngressSettings.Capacity = IngressSettings.Capacity(),
        statistics: any StatisticsReading = StatisticsKeeper(clock: SystemWallClock()),
        configuration: any ConfigurationReading = NoConfiguration(),
        parity: any ParityRunning = NoComparisons(),
        dashboard: DashboardSettings? = nil,
        _ body: (IngressFixture) async throws -> Void
    ) async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let routes = CurrentRoutes(try readRoutes(clients, vendor, vendorTimeout))
        let requestLog = RequestRecorder()
        try await withTemporaryFolder { folder in
            let store = try SQLiteEventStore(opening: folder, logger: quiet)
            let view = DeliveryView()
            var settings = IngressSettings(port: 0, bodyLimitBytes: bodyLimitBytes)
            settings.patience = patience
            settings.capacity = capacity
            settings.eventLimit = eventLimit
            settings.dashboard = dashboard
            let audit = AuditLog(recording: store, clock: SystemWallClock(), logger: quiet)
            let shared = IngressCapacity(capacity)
            let lane = DeliveryLane(MultiThreadedEventLoopGroup.singleton.next())
            let passed = PassedConnections(on: MultiThreadedEventLoopGroup.singleton.next())
            let (ports, onReady) = AsyncStream<Int>.makeStream()
            let server = IngressServer(
                settings: settings,
                within: shared,
                serving: IngressServices(
                    acceptor: Acceptor(store: store, routes: routes, clock: SystemWallClock()),
                    journal: store,
                    routes: routes,
                    clock: SystemWallClock(),
                    delivery: view,
                    vendors: VendorServices(
                        questions: VendorQuestions(
                            routes: routes,
                            clients: lane.clients,
                            credentials: Credentials(secret: nil),
                            adapters: [],
                            admission: view.reads
                        ),
                        passedCalls: PassedCalls(
                            over: passed,
                            credentials: Credentials(secret: vendor == nil ? nil : "vendor-secret"),
                            routes: routes,
                            seenBy: view,
                            clock: SystemWallClock()
                        )
                    ),
                    dialects: dialects,
                    operations: IngressOperations(
                        audit: audit,
                        orders: OperatorOrders(
                            reloading: NoFile(),
                            planning: planning,
                            backfills: backfills,
                            migrations: migrations
                        ),
                        reports: OperatorReports(
                            readiness: AlwaysReady(),
                            metrics: NoFigures(),
                            statistics: statistics,
                            configuration: configuration
                        ),
                        parity: parity
                    )
                ),
                telemetry: IngressTelemetry(requests: requestLog, logger: quiet),
                onReady: { onReady.yield($0) }
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try? await server.run() }
                group.addTask { try? await audit.run() }
                var iterator = ports.makeAsyncIterator()
                guard let port = await iterator.next() else {
                    throw ConditionNeverHeld(description: "the server never listened")
                }
                try await body(
                    IngressFixture(
                        address: "http://127.0.0.1:\(port)",
                        port: port,
                        store: store,
                        view: view,
                        routes: routes,
                        requestLog: requestLog,
                        capacity: shared
                    )
                )
                group.cancelAll()
            }
            await store.close()
            try await lane.clients.shutdown()
            try await passed.shutdown()
        }
    }

    private struct AlwaysReady: ReadinessReporting {
        func report() async -> ReadinessReport {
            ReadinessReport([
                ReadinessItem(name: "store", isReady: true, detail: "readable", isEssential: true),
                ReadinessItem(
                    name: "provider p",
                    provider: "p",
                    isReady: false,
                    detail: "parked",
                    isEssential: false
                ),
            ])
        }
    }

    private struct NoConfiguration: ConfigurationReading {
        func configuration() async throws(StoreError) -> ConfigurationReport { throw .closed }
    }

    private struct NoFigures: MetricsReporting {
        func text() async -> [UInt8] { Array("# no figures\n".utf8) }
    }

    private struct NoFile: RoutesReloading {
        func reload(by caller: Caller) async throws(ReloadError) -> ReloadResult {
            throw .unreadable(reason: "this test has no file")
        }

        func compare(_ bytes: [UInt8]) async throws(ReloadError) -> ReloadResult {
            throw .unreadable(reason: "this test has no file")
        }
    }

    private struct NoPlans: RoutesPlanning {
        func plan(_ order: PlanOrder, by caller: Caller) async throws(PlanError) -> PlanAnswer { throw .busy }

        func plan(_ id: String, for client: Client) async throws(PlanError) -> PlanAnswer { throw .unknown }
    }

    private struct Credentials: CredentialResolving {
        let secret: String?

        func credential(of provider: ProviderName) throws(CredentialUnavailable) -> Secret {
            guard let secret else { throw CredentialUnavailable(message: "this test has no credentials") }
            return Secret(secret)
        }
    }

    private static func readRoutes(_ clients: [String], _ vendor: String?, _ timeout: String) throws -> Routes {
        let address =
            vendor.map {
                #", "base_url": "\#($0)", "timeout": "\#(timeout)", "breaker": {"failures": 3, "pause": "1h"}"#
            } ?? ""
        let traits = VendorTraits(
            adapter: "acme",
            vendor: "Acme",
            api: VendorAPI(
                defaultBaseURL: "https://acme.example",
                credential: .query(name: "key")
            ),
            requests: RequestTraits(batch: BatchLimit(events: 1, bytes: 1), deduplication: .none),
            billing: BillingTraits(
                corrections: [
                    CorrectionTraits([
                        .sum: .compensate, .count: .impossible("Acme counts what it has"), .unique: .replace,
                        .latest: .replace, .max: .replace,
                    ])
                ]
            )
        )
        let text = #"""
            {"version":1,"providers":{"p":{"adapter":"acme","credential":{"env":"K"}\#(address)}},
             "routes":[{"name":"r","to":[{"provider":"p"}]}],
             "clients":[{"name":"shop","key_sha256":"\#(KeyDigest(of: key).hexadecimal)"},
                        {"name":"reader","key_sha256":"\#(KeyDigest(of: "read-key").hexadecimal)","scopes":["events:read"]},
                        {"name":"operator","tenant":"shop","key_sha256":"\#(KeyDigest(of: "operator-key").hexadecimal)",
                         "scopes":["deliveries:manage","migrations:manage"]},
                        {"name":"other","key_sha256":"\#(KeyDigest(of: "other-operator").hexadecimal)",
                         "scopes":["deliveries:manage","migrations:manage"]}\#(clients.map { ",\n\($0)" }.joined())]}
            """#
        return try RoutesReader(vendors: [SampleAdapter(traits)]).read(Array(text.utf8)).routes
    }

    func send(
        _ method: HTTPMethod,
        _ path: String,
        _ body: [UInt8]? = nil,
        headers: [(String, String)] = [],
        key: String? = IngressFixture.key,
        isChunked: Bool = false
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: address + path)
        request.method = method
        if let key { request.headers.add(name: "Authorization", value: "Bearer \(key)") }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            request.body = isChunked ? .bytes(body, length: .unknown) : .bytes(ByteBuffer(bytes: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(300))
        let received = try await response.body.collect(upTo: 64 << 20)
        return Answer(
            status: Int(response.status.code),
            headers: response.headers,
            body: Array(received.readableBytesView)
        )
    }

    func post(_ text: String, path: String = "/v1/events", contentType: String = "application/json") async throws
        -> Answer
    {
        try await send(.POST, path, Array(text.utf8), headers: [("Content-Type", contentType)])
    }
}
