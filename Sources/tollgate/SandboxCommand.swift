import ArgumentParser
import Foundation
import Logging
import NIOCore
import Observability
import Sandbox
import ServiceLifecycle
import UnixSignals

/// `tollgate sandbox`: the vendors' simulators alone.
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Run only the simulated vendors."
    )

    @Option(help: "HOST:PORT to listen on; port 0 picks a free one (env: TOLLGATE_SANDBOX_LISTEN).")
    var listen: ListenAddress = .fromEnvironment("TOLLGATE_SANDBOX_LISTEN", else: "127.0.0.1:8090")

    @Option(help: "Seed of random faults.")
    var seed: UInt64 = 1

    @OptionGroup var logging: LogOptions

    mutating func validate() throws { try ListenAddress.check("TOLLGATE_SANDBOX_LISTEN") }

    mutating func run() async throws {
        let logs = logging.output
        defer { logs.flush() }
        let logger = logs.logger("tollgate.sandbox")
        let settings = SandboxSettings(host: listen.host, port: listen.port, seed: seed)
        let listen = listen
        let server = SandboxServer(settings: settings) { port in
            logger.info("sandbox listening", metadata: ["address": "http://\(listen.authority(port: port))"])
        }
        let group = ServiceGroup(
            services: [server],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logs.logger("tollgate.services")
        )
        do {
            try await group.run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            Terminal.message("address already in use: \(listen.defaultValueDescription). Choose another with --listen.")
            throw ExitCode(1)
        }
    }
}
