import ArgumentParser
import ConfigurationFile
import Foundation
import Gateway
import Ingress
import Logging
import NIOCore
import Observability
import Sandbox
import ServiceLifecycle

/// `tollgate serve`: the gateway.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the gateway; with --sandbox, also the simulated vendors."
    )

    @Option(help: "Configuration file with providers, routes and clients (env: TOLLGATE_ROUTES).")
    var routes: String = ProcessInfo.processInfo.environment["TOLLGATE_ROUTES"] ?? "routes.json"

    @Option(
        help: """
            Data folder: the embedded store, and what is this gateway's own, such as comparisons and plans (env: TOLLGATE_DATA).
            """
    )
    var data: String = ProcessInfo.processInfo.environment["TOLLGATE_DATA"] ?? "./data"

    @Option(help: "HOST:PORT to listen on; port 0 picks a free one (env: TOLLGATE_LISTEN).")
    var listen: ListenAddress = .fromEnvironment("TOLLGATE_LISTEN", else: "127.0.0.1:8080")

    @Option(
        help: """
            HOST:PORT for the administrative endpoints (retry, discard, providers, configuration, metrics), which are then served \
            only there (env: TOLLGATE_ADMIN_LISTEN).
            """
    )
    var adminListen: ListenAddress?

    @Flag(
        help: """
            Serve GET /metrics without a key at --listen. By default it requires the scope admin there, and no key at --admin-listen \
            (env: TOLLGATE_OPEN_METRICS=true).
            """
    )
    var openMetrics = false

    @Flag(help: "Also run the simulated vendors.")
    var sandbox = false

    @Option(help: "HOST:PORT of the simulated vendors (env: TOLLGATE_SANDBOX_LISTEN).")
    var sandboxListen: ListenAddress = .fromEnvironment("TOLLGATE_SANDBOX_LISTEN", else: "127.0.0.1:8090")

    @Option(
        help: "Maximum events queued for one provider; beyond it, writes get 503 (env: TOLLGATE_BACKLOG_LIMIT)."
    )
    var backlogLimit: Int?

    @Option(
        help:
            "Maximum megabytes of the data folder, with indexes and write-ahead log, or of the shared database; beyond it, writes get 503 (env: TOLLGATE_DISK_LIMIT_MB)."
    )
    var diskLimitMb: Int?

    @Option(
        help: """
            How long settled events are kept, at least 1d; repeated IDs are recognized for as long (default: 35d; env: \
            TOLLGATE_RETENTION).
            """
    )
    var retention: String?

    @Option(
        help: """
            How long entries of the audit log are kept, at least 1d; of each category at most the newest 100,000 (default: 400d; env: \
            TOLLGATE_AUDIT_RETENTION).
            """
    )
    var auditRetention: String?

    @Option(help: "Maximum events per request, at every endpoint (default: 10000; env: TOLLGATE_EVENT_LIMIT).")
    var eventLimit: Int?

    @Option(
        help: """
            Base URL of an OpenTelemetry collector that gets traces by OTLP over HTTP, such as http://127.0.0.1:4318; none by default \
            (env: OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS, OTEL_SERVICE_NAME, \
            OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG).
            """
    )
    var otlpEndpoint: String?

    @Flag(
        help: """
            Start although the clock is weeks ahead of the newest event. By default the gateway refuses to, because retention would \
            delete what is needed to recognize duplicates.
            """
    )
    var acceptClock = false

    @Flag(help: "Allow core dumps, which contain keys and events.")
    var allowCoreDumps = false

    @Flag(help: "Allow vendor keys in routes.json itself, as {\"inline\": \"...\"}.")
    var allowInlineSecrets = false

    @OptionGroup(title: "Dashboard") var dashboard: DashboardOptions

    @OptionGroup(title: "Store") var storeOptions: StoreOptions

    @OptionGroup(title: "Shared store") var node: NodeOptions

    @OptionGroup(title: "Connections") var connections: ConnectionOptions

    @OptionGroup var tls: TLSOptions

    @OptionGroup var logging: LogOptions

    mutating func validate() throws {
        for variable in ["TOLLGATE_LISTEN", "TOLLGATE_ADMIN_LISTEN", "TOLLGATE_SANDBOX_LISTEN"] {
            try ListenAddress.check(variable)
        }
        if adminListen == nil, let text = ProcessInfo.processInfo.environment["TOLLGATE_ADMIN_LISTEN"] {
            adminListen = ListenAddress(argument: text)
        }
        let words = ["true", "false"]
        try Variable.check("TOLLGATE_OPEN_METRICS", is: "true or false") { words.contains($0) }
        if ProcessInfo.processInfo.environment["TOLLGATE_OPEN_METRICS"] == "true" { openMetrics = true }
        _ = try tracing()
        backlogLimit = try Variable.limit("TOLLGATE_BACKLOG_LIMIT", else: backlogLimit, option: "--backlog-limit")
        eventLimit = try Variable.limit("TOLLGATE_EVENT_LIMIT", else: eventLimit, option: "--event-limit")
        let phrase = "a duration from 1d to 3653d, such as 35d"
        try Variable.check("TOLLGATE_RETENTION", is: phrase) { Self.readRetention($0) != nil }
        if let retention, Self.readRetention(retention) == nil {
            throw ValidationError("--retention must be \(phrase); found \"\(retention)\"")
        }
        retention = retention ?? ProcessInfo.processInfo.environment["TOLLGATE_RETENTION"]
        try Variable.check("TOLLGATE_AUDIT_RETENTION", is: phrase) { Self.readRetention($0) != nil }
        if let auditRetention, Self.readRetention(auditRetention) == nil {
            throw ValidationError("--audit-retention must be \(phrase); found \"\(auditRetention)\"")
        }
        auditRetention = auditRetention ?? ProcessInfo.processInfo.environment["TOLLGATE_AUDIT_RETENTION"]
        diskLimitMb = try Variable.limit("TOLLGATE_DISK_LIMIT_MB", else: diskLimitMb, option: "--disk-limit-mb")
    }

    /// Bounds of how long events are kept: a day at least, and ten years at most.
    private static let retentionBounds = Duration.seconds(86_400)...Duration.seconds(3653 * 86_400)

    /// Nil for a duration outside the bounds, which the option's error names.
    private static func readRetention(_ text: String) -> Duration? {
        DurationText.read(text).flatMap { retentionBounds.contains($0) ? $0 : nil }
    }

    /// Where traces are sent.
    private func tracing() throws -> TracingSettings? {
        do throws(FaultyTracing) {
            return try TracingSettings(option: otlpEndpoint, environment: ProcessInfo.processInfo.environment)
        } catch {
            throw ValidationError(error.description)
        }
    }

    mutating func run() async throws {
        let logs = logging.output
        defer { logs.flush() }
        var environment = ProcessInfo.processInfo.environment
        var alongside: [any Service] = []
        var simulators: SandboxSimulators?
        if sandbox {
            environment.merge(SandboxEnvironment.variables) { own, _ in own }
            let settings = SandboxSettings(host: sandboxListen.host, port: sandboxListen.port)
            let server = SandboxServer(settings: settings) { _ in }
            simulators = SandboxSimulators(desk: server.desk)
            alongside.append(server)
        }
        var settings = try settings(environment)
        settings.simulators = simulators
        let welcome = Welcome(
            scheme: tls.certificate == nil ? "http" : "https",
            listen: listen,
            sandbox: sandbox ? sandboxListen : nil,
            hasDashboard: settings.ingress.dashboard != nil
        )
        do {
            try await Gateway.serve(settings, alongside: alongside, logs: logs) { welcome.show(port: $0, logs) }
        } catch {
            logs.flush()
            Terminal.message(message(of: error))
            throw ExitCode(1)
        }
    }

    /// All that the options say.
    private func settings(_ environment: [String: String]) throws -> GatewaySettings {
        var settings = GatewaySettings(
            routesFile: URL(filePath: routes, relativeTo: nil),
            dataFolder: URL(filePath: data),
            environment: environment
        )
        if var shared = try storeOptions.shared {
            node.apply(to: &shared.store)
            settings.store = .shared(shared)
        }
        settings.allowsInlineSecrets = allowInlineSecrets
        (settings.ingress, settings.administration) = listeners
        settings.certificate = tls.certificate
        settings.vendorRoots = tls.vendorRoots
        settings.backlogLimitEvents = backlogLimit
        settings.diskLimitBytes = diskLimitMb.map { min($0, Int.max >> 20) << 20 }
        settings.retention = retention.flatMap(Self.readRetention) ?? GatewaySettings.usualRetention
        settings.auditRetention = auditRetention.flatMap(Self.readRetention) ?? GatewaySettings.usualAuditRetention
        settings.tracing = try tracing()
        settings.acceptsClock = acceptClock
        settings.allowsCoreDumps = allowCoreDumps
        settings.demoKey = sandbox ? DemoKey.value : nil
        return settings
    }

    /// The listener for clients, and the one for administration if it has an address of its own. The dashboard is there only, then.
    private var listeners: (clients: IngressSettings, administration: IngressSettings?) {
        let dashboard = self.dashboard.settings(demoKey: sandbox ? DemoKey.value : nil)
        var clients = IngressSettings(host: listen.host, port: listen.port, servesAdministration: adminListen == nil)
        clients.opensMetrics = openMetrics
        connections.apply(to: &clients)
        if adminListen == nil { clients.dashboard = dashboard }
        var administration = adminListen.map { address in
            var settings = IngressSettings(host: address.host, port: address.port)
            settings.isForAdministration = true
            // A listener of its own, which the operator opens to those who may see them.
            settings.opensMetrics = true
            connections.apply(to: &settings)
            settings.dashboard = dashboard
            return settings
        }
        if let eventLimit {
            clients.eventLimit = eventLimit
            administration?.eventLimit = eventLimit
        }
        return (clients, administration)
    }

    /// Why the gateway did not start, or stopped.
    private func message(of error: any Error) -> String {
        switch error {
        case let fault as GatewayFault: return "\(fault)"
        case let error as IOError where error.errnoCode == EADDRINUSE:
            let addresses = [listen, adminListen, sandbox ? sandboxListen : nil].compactMap {
                $0?.defaultValueDescription
            }
            return """
                address already in use: \(addresses.joined(separator: " or ")). Stop the program that uses it, or choose another \
                address with --listen, --admin-listen or --sandbox-listen.
                """
        default: return "the gateway stopped: \(error)"
        }
    }
}

/// The variables that the sample `routes.json` names, with the keys that the simulators accept.
enum SandboxEnvironment {
    static let variables = [
        "SANDBOX_KNETIK_ACCOUNT": SandboxCredentials.knetik,
        "SANDBOX_FLEXPRICE_KEY": SandboxCredentials.flexprice,
        "SANDBOX_POLAR_TOKEN": SandboxCredentials.polar,
        "SANDBOX_LAGO_KEY": SandboxCredentials.lago,
    ]
}

/// What the gateway prints once it accepts requests.
struct Welcome: Sendable {
    let scheme: String
    let listen: ListenAddress
    /// Nil without simulated vendors: then nothing is printed, only logged.
    let sandbox: ListenAddress?
    /// Whether the dashboard is at this address.
    let hasDashboard: Bool

    /// Logs the address of the gateway, and of the sandbox if it runs, once requests are accepted.
    func show(port: Int, _ logs: LogOutput) {
        logs.logger("tollgate").info("listening", metadata: ["address": "\(address(port: port))"])
        guard let sandbox else { return }
        // What was logged before is in front of the message.
        logs.flush()
        Terminal.message(text(port: port, sandbox))
    }

    private func address(port: Int) -> String { "\(scheme)://\(listen.authority(port: port))" }

    /// Addresses and first commands, for somebody who tries the gateway with the simulated vendors.
    /// - Parameter port: the one at which the gateway listens.
    func text(port: Int, _ sandbox: ListenAddress) -> String {
        let address = address(port: port)
        let sandboxAddress = "http://\(sandbox.defaultValueDescription)"
        return """

            Tollgate listens at  \(address)
            Dashboard            \(hasDashboard ? "\(address)/dashboard" : "not at this address")
            Simulated vendors    \(sandboxAddress)/sandbox
            Demo key             \(DemoKey.value)

            Send an event:

              curl -i \(address)/v1/events -H 'Authorization: Bearer \(DemoKey.value)' \\
                -H 'Content-Type: application/json' \\
                -d '{"id":"evt-1","name":"api_request","customer_id":"customer456","properties":{"request_size":100}}'

            See where it was delivered:

              curl \(address)/v1/events/evt-1 -H 'Authorization: Bearer \(DemoKey.value)'
              curl \(sandboxAddress)/sandbox/lago/events

            """
    }
}
