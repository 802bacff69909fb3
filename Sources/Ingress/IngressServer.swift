import Events
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// The HTTP server of the gateway.
///
/// On graceful shutdown it accepts no new connections, and responds to the requests that it has.
package struct IngressServer: Service {
    private let settings: IngressSettings
    private let certificate: ServerCertificate?
    private let responder: GatewayResponder
    private let services: EndpointServices
    /// Is told the port, which the system chose if the settings say 0.
    private let onReady: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - certificate: for TLS; nil for plain HTTP.
    ///   - capacity: shared with other listeners; nil: one of its own, from the settings.
    ///   - onReady: called with the port when the server listens.
    package init(
        settings: IngressSettings,
        certificate: ServerCertificate? = nil,
        within capacity: IngressCapacity? = nil,
        serving given: IngressServices,
        telemetry: IngressTelemetry,
        onReady: @escaping @Sendable (Int) -> Void
    ) {
        self.settings = settings
        self.certificate = certificate
        self.onReady = onReady
        let services = EndpointServices(
            given,
            settings: settings,
            gatekeeper: Gatekeeper(
                routes: given.routes,
                clock: given.clock,
                limits: given.operations.others?.limits,
                audit: given.operations.audit
            ),
            bodies: LargeBodies(threads: max(1, System.coreCount / 2)),
            capacity: capacity ?? IngressCapacity(settings.capacity, metrics: telemetry.metrics),
            dashboard: settings.dashboard.map {
                DashboardParts(
                    $0,
                    on: settings,
                    isSecure: certificate != nil,
                    threads: System.coreCount / 2,
                    sharing: given.operations.others?.sessions
                )
            }
        )
        given.operations.limiters.add(services.gatekeeper.limiter)
        let envelope = Envelope(
            gatekeeper: services.gatekeeper,
            log: AccessLog(
                output: telemetry.requests,
                logger: telemetry.logger,
                metrics: RequestMetrics(facades: given.dialects.map(\.adapter), factory: telemetry.metrics),
                routes: given.routes,
                tracer: telemetry.tracer
            ),
            refusals: given.operations.refusals
        )
        self.services = services
        responder = GatewayResponder(
            endpoints: EndpointTable(on: settings),
            facades: FacadeTable(given.dialects),
            services: services,
            serving: FacadeHandler(
                services,
                passing: PassHandler(services, isSecure: certificate != nil, logger: telemetry.logger)
            ),
            envelope: envelope,
            dashboard: services.dashboard.map { DashboardResponder($0, services, envelope) }
        )
    }

    /// Listens until the service is shut down, and follows the sessions of the dashboard meanwhile.
    package func run() async throws {
        let quiet = Logger(label: "tollgate.server") { _ in SwiftLogNoOpLogHandler() }
        let application = Application(
            responder: responder,
            server: HTTPServerBuilder { responder in
                let plain = plainChannel(responder)
                return certificate.map { SecureConnectionChannel(certificate: $0, http1: plain) } ?? plain
            },
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port),
                serverName: "tollgate",
                backlog: 1024
            ),
            onServerRunning: { channel in onReady(channel.localAddress?.port ?? settings.port) },
            logger: quiet
        )
        services.bodies.start()
        services.dashboard?.rendering.start()
        do {
            try await withThrowingDiscardingTaskGroup { group in
                if let sessions = services.dashboard?.sessions { group.addTask { await sessions.follow() } }
                try await application.run()
                group.cancelAll()
            }
        } catch {
            try await stop()
            throw error
        }
        try await stop()
    }

    /// Ends the threads for large bodies and pages, once all requests have their responses.
    private func stop() async throws {
        try await services.bodies.stop()
        try await services.dashboard?.rendering.stop()
    }

    /// Connections without TLS, with the lane for plain writes.
    private func plainChannel(_ responder: @escaping HTTPChannelHandler.Responder) -> ConnectionChannel {
        ConnectionChannel(
            responder: responder,
            endpoint: WriteEndpoint(
                bodyLimitBytes: settings.bodyLimitBytes,
                writing: services.writing,
                envelope: self.responder.envelope,
                bodies: services.capacity.bodies
            ),
            patience: settings.patience,
            capacity: services.capacity,
            isForAdministration: settings.isForAdministration,
            isSecure: certificate != nil
        )
    }
}
