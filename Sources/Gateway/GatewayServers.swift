import Acceptance
import DeliveryEngine
import Events
import Facades
import Foundation
import Ingress
import Journal
import Logging
import Observability
import Parity
import ParityRuns
import Reports
import Routing
import VendorReads
import Vendors

/// The listeners of a gateway, and what they serve.
extension GatewayParts {
    /// - Parameters:
    ///   - onReady: called with the port when requests are accepted.
    func servers(serving services: IngressServices, onReady: @escaping @Sendable (Int) -> Void) -> [IngressServer] {
        let logger = logs.logger("tollgate")
        var clients = settings.ingress
        clients.capacity.connections = min(clients.capacity.connections, FileLimit.connections())
        // One for all listeners, because their connections count towards the same limit of open files.
        let capacity = IngressCapacity(
            clients.capacity,
            hasAdministration: settings.administration != nil,
            metrics: metrics
        )
        var servers = [server(clients, within: capacity, services, onReady)]
        if let administration = settings.administration {
            servers.append(
                server(administration, within: capacity, services) { port in
                    logger.info("listening for administration", metadata: ["address": "\(administration.host):\(port)"])
                }
            )
        }
        return servers
    }

    private func server(
        _ settings: IngressSettings,
        within capacity: IngressCapacity,
        _ services: IngressServices,
        _ onReady: @escaping @Sendable (Int) -> Void
    ) -> IngressServer {
        IngressServer(
            settings: settings,
            certificate: start.certificates?.certificate,
            within: capacity,
            serving: services,
            telemetry: IngressTelemetry(
                requests: RequestLog(output: logs),
                logger: logs.logger("tollgate.http"),
                metrics: metrics,
                tracer: tracer
            ),
            onReady: onReady
        )
    }

    /// - Parameter notes: stores what vendors report on their own.
    func ingressServices(_ operations: IngressOperations, notingIn notes: any UnbilledNoting) -> IngressServices {
        IngressServices(
            acceptor: Acceptor(
                store: store,
                routes: routes,
                clock: clock,
                metrics: metrics,
                times: view.acceptance,
                tracer: tracer
            ),
            journal: store,
            routes: routes,
            clock: clock,
            delivery: view,
            vendors: VendorServices(
                questions: VendorQuestions(
                    routes: routes,
                    clients: threads.readers,
                    credentials: start.vault,
                    adapters: VendorRegistry.all,
                    admission: view.reads
                ),
                passedCalls: PassedCalls(
                    over: threads.passConnections,
                    credentials: start.vault,
                    routes: routes,
                    seenBy: view,
                    clock: clock
                ),
                webhooks: WebhookServices(
                    keys: WebhookKeys(routes: routes).vault(environment: settings.environment),
                    notes: notes
                )
            ),
            dialects: FacadeRegistry.all,
            operations: operations
        )
    }

    func operations(
        _ readiness: GatewayReadiness,
        _ reloader: RoutesReloader,
        _ planner: RoutesPlanner,
        _ parity: ParityRunner,
        _ watch: MigrationWatch,
        _ watches: Watches,
        _ statistics: any StatisticsReading,
        _ problems: ProblemCounts
    ) -> IngressOperations {
        IngressOperations(
            audit: audit,
            orders: OperatorOrders(
                reloading: reloader,
                planning: planner,
                backfills: watch.desk.backfills,
                migrations: watch.desk,
                keys: GatewayKeys(keeping: opened.keys(orIn: settings.dataFolder), routes: routes)
            ),
            reports: OperatorReports(
                readiness: readiness,
                metrics: GatewayMetrics(
                    registry: metrics,
                    store: opened,
                    routes: routes,
                    monitor: view.monitor,
                    clock: clock,
                    parity: parity,
                    migrations: watch,
                    watches: watches,
                    logs: logs
                ),
                statistics: statistics,
                configuration: GatewayConfiguration(
                    file: settings.routesFile.relativePath,
                    reloader: reloader,
                    routes: routes,
                    ledger: store,
                    lanes: store,
                    book: watch.desk.book,
                    clock: clock
                ),
                problems: problems
            ),
            parity: parity,
            watches: watches,
            simulators: settings.simulators,
            others: opened.shared.flatMap { shared in
                readiness.shared.map {
                    OtherGateways(owners: $0, sessions: shared.sessions, limits: shared.limits)
                }
            }
        )
    }
}
