import ArgumentParser
import Client

/// `tollgate health`: whether a gateway is alive or ready, for the health checks of containers.
struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Check whether a gateway is alive; with --ready, whether it accepts events.",
        discussion: """
            Prints one line. Exits with 0 if the gateway is alive (or ready), otherwise with 1. Needs no key. The certificate of an https \
            address is not verified.
            """
    )

    @Option(help: "Gateway URL (env: TOLLGATE_URL).")
    var url: String = GatewayOptions.usualURL

    @Flag(help: "Ask /readyz instead of /healthz.")
    var ready = false

    @Option(help: "Seconds to wait for the response, from 1 to 60.")
    var timeout: Int = 3

    mutating func validate() throws {
        guard (1...60).contains(timeout) else { throw ValidationError("--timeout must be from 1 to 60") }
    }

    mutating func run() async throws {
        let probe = HealthProbe(address: url, timeout: .seconds(timeout))
        do {
            switch try await probe.ask(ready ? .ready : .alive) {
            case .good(let status): Terminal.line("\(url): \(status)")
            case .bad(let status):
                Terminal.note("\(url): \(status)")
                throw ExitCode(1)
            }
        } catch let error as GatewayUnreachable {
            Terminal.note("\(error)")
            throw ExitCode(1)
        }
    }
}
