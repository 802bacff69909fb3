import Foundation
import PostgresServer
import TestSupport
import Testing

/// The guide to several gateways does what it says.
@Suite(.serialized) struct SharedStoreGuideTests {
    @Test func `runs every command of the page`() async throws {
        // A server of its own: the page makes roles and databases.
        let server = try await PostgresServer.make()
        let script = try Guide("Sources/Gateway/Gateway.docc/SeveralGateways.md").blocks("sh").joined(separator: "\n")
        try #require(!script.isEmpty)
        try await withTemporaryFolder { folder in
            var places = ["postgres@127.0.0.1:5432": "tollgate@127.0.0.1:\(server.port)"]
            places["@127.0.0.1:5432"] = "@127.0.0.1:\(server.port)"
            // A busy server needs longer than usual to let a gateway in.
            places["sslmode=disable"] = "sslmode=disable&connect_timeout=60"
            for port in [8081, 8082, 8083, 8090] { places["127.0.0.1:\(port)"] = "127.0.0.1:\(try FreePort.find())" }
            func atTheseAddresses(_ text: String) -> String {
                places.sorted { $0.key.utf8.count > $1.key.utf8.count }.reduce(text) {
                    $0.replacing($1.key, with: $1.value)
                }
            }
            let sample = try String(contentsOf: Guide.root.appending(path: "routes.json"), encoding: .utf8)
            try Data(atTheseAddresses(sample).utf8).write(to: folder.appending(path: "routes.json"))
            // What the reader would see as an error is one for the script as well.
            try Data("fail-with-body\nsilent\nshow-error\n".utf8).write(to: folder.appending(path: ".curlrc"))
            let path = [
                ChildProcess.programs.path, server.programFolder, ProcessInfo.processInfo.environment["PATH"] ?? "",
            ]
            let reader = try ChildProcess(
                path: "/bin/bash",
                ["-c", Self.start + atTheseAddresses(script), folder.path],
                environment: ["CURL_HOME": folder.path, "PATH": path.joined(separator: ":")]
            )
            let status = try await reader.waitForExit()
            #expect(status == 0, "\(reader.lines.suffix(20).joined(separator: "\n"))")
            #expect(reader.lines.contains { $0.contains("\"duplicate\"") }, "a repeat is recognized: \(reader.lines)")
            for journal in ["journal", "journal1"] {
                let events = try await Self.events(in: journal, of: server)
                #expect(events == 1, "\(journal) has the event of its tenant, once")
            }
        }
    }

    /// Ends with the first command that fails, and leaves no gateway behind.
    private static let start = """
        cd "$0"
        trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
        set -euo pipefail

        """

    private static func events(in database: String, of server: PostgresServer) async throws -> Int {
        let address = server.address(ofDatabase: database)
        let counted = try await server.run("SELECT sum(count) FROM chunks", at: address, schema: "tollgate")
        return counted.first.flatMap { Int($0) } ?? 0
    }
}
