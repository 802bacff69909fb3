import ArgumentParser
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
        abstract: "Run the gateway, with --sandbox the simulated vendors too."
    )

    @Option(help: "The file that describes vendors, routes and clients.")
    var routes: String = ProcessInfo.processInfo.environment["TOLLGATE_ROUTES"] ?? "routes.json"

    @Option(help: "The folder of the embedded store.")
    var data: String = ProcessInfo.processInfo.environment["TOLLGATE_DATA"] ?? "./data"

    @Option(help: "HOST:PORT to listen on; port 0 takes any free one.")
    var listen: ListenAddress = .fromEnvironment("TOLLGATE_LISTEN", else: "127.0.0.1:8080")

    @Option(
        help: """
            HOST:PORT for the administrative endpoints (retry and discard, providers, configuration, metrics), which are then served \
            nowhere else. Or TOLLGATE_ADMIN_LISTEN.
            """
    )
    var adminListen: ListenAddress?

    @Flag(help: "Run the vendors' simulators too.")
    var sandbox = false

    @Option(help: "HOST:PORT of the simulators.")
    var sandboxListen: ListenAddress = .fromEnvironment("TOLLGATE_SANDBOX_LISTEN", else: "127.0.0.1:8090")

    @Option(
        help: "The most events that may wait for one vendor; at it, writes are answered 503. Or TOLLGATE_BACKLOG_LIMIT."
    )
    var backlogLimit: Int?

    @Option(
        help: "The most megabytes that the store may use; at it, writes are answered 503. Or TOLLGATE_DISK_LIMIT_MB."
    )
    var diskLimitMb: Int?

    @Flag(help: "Take vendors' keys that stand in routes.json itself, as {\"inline\": \"...\"}.")
    var allowInlineSecrets = false

    @OptionGroup(title: "Connections") var connections: ConnectionOptions

    @OptionGroup var tls: TLSOptions

    @OptionGroup var logging: LogOptions

    mutating func validate() throws {
        for variable in ["TOLLGATE_LISTEN", "TOLLGATE_ADMIN_LISTEN", "TOLLGATE_SANDBOX_LISTEN"] {
            try Variable.check(variable, is: "HOST:PORT, such as 127.0.0.1:8080") { ListenAddress(argument: $0) != nil }
        }
        if adminListen == nil, let text = ProcessInfo.processInfo.environment["TOLLGATE_ADMIN_LISTEN"] {
            adminListen = ListenAddress(argument: text)
        }
        backlogLimit = try Variable.limit("TOLLGATE_BACKLOG_LIMIT", else: backlogLimit, option: "--backlog-limit")
        diskLimitMb = try Variable.limit("TOLLGATE_DISK_LIMIT_MB", else: diskLimitMb, option: "--disk-limit-mb")
    }

    mutating func run() async throws {
        let logs = logging.output
        defer { logs.flush() }
        var environment = ProcessInfo.processInfo.environment
        var alongside: [any Service] = []
        if sandbox {
            environment.merge(SandboxEnvironment.variables) { own, _ in own }
            let settings = SandboxSettings(host: sandboxListen.host, port: sandboxListen.port)
            alongside.append(SandboxServer(settings: settings) { _ in })
        }
        var ingress = IngressSettings(
            host: listen.host,
            port: listen.port,
            servesAdministration: adminListen == nil
        )
        connections.apply(to: &ingress)
        let administration = adminListen.map { address in
            var administration = IngressSettings(host: address.host, port: address.port)
            administration.isForAdministration = true
            connections.apply(to: &administration)
            return administration
        }
        let settings = GatewaySettings(
            routesFile: URL(filePath: routes, relativeTo: nil),
            allowsInlineSecrets: allowInlineSecrets,
            dataFolder: URL(filePath: data),
            ingress: ingress,
            administration: administration,
            certificate: tls.certificate,
            vendorRoots: tls.vendorRoots,
            backlogLimitEvents: backlogLimit,
            diskLimitBytes: diskLimitMb.map { $0 << 20 },
            environment: environment
        )
        let welcome = Welcome(
            scheme: tls.certificate == nil ? "http" : "https",
            host: listen.host,
            sandbox: sandbox ? sandboxListen : nil,
            logs: logs
        )
        do {
            try await Gateway.serve(settings, alongside: alongside, logs: logs) { welcome.show(port: $0) }
        } catch let fault as GatewayFault {
            logs.flush()
            Terminal.message("\(fault)")
            throw ExitCode(1)
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            let addresses = [listen, adminListen, sandbox ? sandboxListen : nil].compactMap {
                $0?.defaultValueDescription
            }
            Terminal.message(
                "the address is in use: \(addresses.joined(separator: " or ")). Stop the program that uses it, or name another "
                    + "with --listen or --sandbox-listen."
            )
            throw ExitCode(1)
        } catch {
            Terminal.message("the gateway stopped: \(error)")
            throw ExitCode(1)
        }
    }
}

extension ListenAddress {
    /// The address that a variable names, else the one that is given.
    static func fromEnvironment(_ variable: String, else standard: String) -> ListenAddress {
        let text = ProcessInfo.processInfo.environment[variable] ?? standard
        guard let address = ListenAddress(argument: text) ?? ListenAddress(argument: standard) else {
            preconditionFailure("the standard address has the form HOST:PORT")
        }
        return address
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

/// What the gateway says when it takes requests.
struct Welcome: Sendable {
    let scheme: String
    let host: String
    let sandbox: ListenAddress?
    let logs: LogOutput

    func show(port: Int) {
        let address = "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        logs.logger("tollgate").info("listening", metadata: ["address": "\(address)"])
        guard let sandbox else { return }
        // What was logged before stands in front of the message.
        logs.flush()
        let sandboxAddress = "http://\(sandbox.defaultValueDescription)"
        Terminal.message(
            """

            Tollgate takes events at \(address)
            simulated vendors        \(sandboxAddress)/sandbox
            demo key                 \(DemoKey.value)

            Send an event:

              curl -i \(address)/v1/events -H 'Authorization: Bearer \(DemoKey.value)' \\
                -H 'Content-Type: application/json' \\
                -d '{"id":"evt-1","name":"api_request","customer_id":"customer456","properties":{"request_size":100}}'

            Then see where it went:

              curl \(address)/v1/events/evt-1 -H 'Authorization: Bearer \(DemoKey.value)'
              curl \(sandboxAddress)/sandbox/lago/events

            """
        )
    }
}
