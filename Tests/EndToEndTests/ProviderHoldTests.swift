import Foundation
import TestSupport
import Testing

/// An operator holds a provider, over a restart, and resumes it.
@Suite struct ProviderHoldTests {
    private func providers(_ stage: Stage, _ arguments: String...) async throws -> (code: Int32, text: String) {
        let command = try ChildProcess(
            "tollgate",
            ["providers"] + arguments + ["--url", stage.client.base],
            environment: ["TOLLGATE_KEY": Stage.key]
        )
        let code = try await command.waitForExit()
        return (code, command.lines.joined(separator: "\n"))
    }

    @Test func `holds one provider over a restart, and nobody else, until an operator resumes it`() async throws {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(scopes: ["events:write", "events:read", "deliveries:manage", "admin"])
            try await stage.withGateway { (gateway) async throws in
                #expect(try await providers(stage, "hold", "polar", "--for", "1h").code == 0)
                _ = try await gateway.waitForLine("the audit log has it") {
                    $0.contains("provider: hold") && $0.contains("tollgate.audit") ? true : nil
                }
                _ = try await stage.client.post("/v1/events", #"{"id":"e","name":"n","customer_id":"c"}"#)
                try await waitUntil("the others have it") {
                    try await stage.statuses(of: "e") == [
                        "polar": "pending", "lago": "delivered", "flexprice": "delivered", "knetik": "delivered",
                    ]
                }
                #expect(try await stage.client.get("/readyz").text.contains("held by"))
            }
            try await stage.withGateway { (gateway) async throws in
                // Over a database, the account is taken some time after the start.
                try await waitUntil("the hold is still there") {
                    try await providers(stage).text.contains("held until")
                }
                #expect(try await stage.statuses(of: "e")["polar"] == "pending")
                #expect(try await providers(stage, "resume", "polar").code == 0)
                try await waitUntil("polar has it") { try await stage.statuses(of: "e")["polar"] == "delivered" }
                #expect(try await !providers(stage, "list").text.contains("held until"))
                #expect(try await providers(stage, "hold", "pola", "--for", "1h").code == 1)
                #expect(gateway.isRunning)
            }
        }
    }
}
