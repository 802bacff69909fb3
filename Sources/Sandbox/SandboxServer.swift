import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// What an operator may set of the sandbox.
package struct SandboxSettings: Sendable, Equatable {
    package var host: String
    /// 0 takes any free port.
    package var port: Int
    /// Seed of the faults' randomness.
    package var seed: UInt64

    package init(host: String = "127.0.0.1", port: Int = 8090, seed: UInt64 = 1) {
        self.host = host
        self.port = port
        self.seed = seed
    }
}

/// The simulated vendors, each below its own prefix of one address.
package struct SandboxServer: Service {
    private let settings: SandboxSettings
    private let responder: SandboxResponder
    private let onReady: @Sendable (Int) -> Void

    /// - Parameter onReady: called with the port when requests are taken.
    package init(settings: SandboxSettings, onReady: @escaping @Sendable (Int) -> Void) {
        self.settings = settings
        self.onReady = onReady
        responder = SandboxResponder(seed: settings.seed)
    }

    /// The simulators, for the process that runs them.
    package var desk: SandboxDesk { responder.desk }

    package func run() async throws {
        let application = Application(
            responder: responder,
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port),
                serverName: "tollgate-sandbox",
                backlog: 1024
            ),
            onServerRunning: { channel in onReady(channel.localAddress?.port ?? settings.port) },
            logger: Logger(label: "tollgate.sandbox") { _ in SwiftLogNoOpLogHandler() }
        )
        try await application.run()
    }
}
