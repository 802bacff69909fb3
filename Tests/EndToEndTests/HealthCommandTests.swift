import Foundation
import TestSupport
import Testing

/// `tollgate health`, as a container runs it.
@Suite struct HealthCommandTests {
    private func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> (Int32, [String]) {
        // A busy gateway may need longer than the command waits by default.
        let patience = ["--timeout", "60"]
        let command = try ChildProcess("tollgate", ["health"] + arguments + patience, environment: environment)
        let status = try await command.waitForExit()
        try await waitUntil("the command has said something") { !command.lines.isEmpty }
        return (status, command.lines)
    }

    @Test func `exits with 0 at a running gateway and with 1 at a stopped one`() async throws {
        try await Stage.set { (stage) async throws in
            let address = stage.client.base
            try await stage.withGateway { _ async throws in
                #expect(try await run(["--url", address]) == (0, ["\(address): alive"]))
                #expect(
                    try await run(["--ready"], environment: ["TOLLGATE_URL": address]) == (0, ["\(address): ready"])
                )
            }
            let (status, lines) = try await run(["--url", address])
            #expect(status == 1 && lines.count == 1 && lines[0].contains("did not respond"), "\(lines)")
        }
    }

    @Test func `looks at a gateway with TLS by an address that its certificate does not name`() async throws {
        try await Stage.set { (stage) async throws in
            let certificates = Certificates(in: stage.folder)
            try await certificates.makeAuthority("one")
            try await certificates.makeServer(signedBy: "one")
            try await stage.withGateway(arguments: certificates.arguments) { _ async throws in
                let address = "https://127.0.0.1:\(stage.port)"
                #expect(try await run(["--url", address]) == (0, ["\(address): alive"]))
            }
        }
    }
}
