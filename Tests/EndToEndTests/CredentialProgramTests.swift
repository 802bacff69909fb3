import Foundation
import TestSupport
import Testing

/// Programs that print credentials, as the gateway runs them.
@Suite struct CredentialProgramTests {
    @Test func `leaves both ports free after a kill, though a program has left a helper running`() async throws {
        try await Stage.set { (stage) async throws in
            let pidFile = stage.folder.appending(path: "helper")
            // The helper ends with the test, of however many starts it is.
            let folder = stage.folder.path
            let command =
                "while [ -d \(folder) ]; do sleep 1; done > /dev/null & echo $! > \(pidFile.path); echo $E2E_LAGO"
            let text = try String(contentsOf: stage.routesFile, encoding: .utf8).replacing(
                #"{"env": "E2E_LAGO"}"#,
                with: #"{"command": ["sh", "-c", "\#(command)"], "variables": ["E2E_LAGO"]}"#
            )
            try Data(text.utf8).write(to: stage.routesFile)
            let administration = try FreePort.find()
            let arguments = ["--admin-listen", "127.0.0.1:\(administration)"]
            let gateway = try await stage.startGateway(arguments: arguments)
            let event = #"{"id":"e","name":"api_request","customer_id":"c"}"#
            #expect(try await stage.client.post("/v1/events", event).status == 202)
            try await waitUntil("Lago has the event by the program's key") {
                try await stage.billed("lago") == ["e"]
            }
            let helper = try String(contentsOf: pidFile, encoding: .utf8)
            let identifier = try #require(pid_t(helper.trimmingCharacters(in: .whitespacesAndNewlines)))
            defer { kill(identifier, SIGKILL) }
            try await gateway.stop(by: SIGKILL)
            #expect(kill(identifier, 0) == 0, "the helper outlives the gateway")
            // A socket that the helper held would keep the port in use, and this one could not start.
            let second = try await stage.startGateway(arguments: arguments)
            try await second.stop()
        }
    }
}
