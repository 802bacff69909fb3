import Foundation
import TestSupport
import Testing

/// A vendor's other calls, through the whole gateway.
@Suite struct PassedCallTests {
    /// The client may read and write customers at Lago and Polar.
    private static func allow(_ stage: Stage) throws {
        try stage.writeRoutes(scopes: [
            "events:write", "events:read", "deliveries:manage", "vendor:read", "vendor:write",
        ])
        let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
        let pass = #""pass": {"lago": "/api/v1/customers*", "polar": "/v1/customers*"}, "#
        let allowed = text.replacing(#""scopes": ["#, with: pass + #""scopes": ["#)
            .replacing(#"{"provider": "polar", "mode": "mirror"}"#, with: #"{"provider": "polar"}"#)
        try Data(allowed.utf8).write(to: stage.routesFile)
    }

    @Test func `pass to the vendor, and are counted`() async throws {
        try await Stage.set { (stage) async throws in
            try Self.allow(stage)
            try await stage.withGateway(arguments: ["--open-metrics"]) { _ async throws in
                let customer = #"{"customer": {"external_id": "c1", "name": "Ada"}}"#
                let made = try await stage.client.post("/lago/api/v1/customers", customer)
                #expect(made.status == 200)
                let found = try await stage.client.get("/lago/api/v1/customers/c1")
                #expect(found.status == 200 && found.body == made.body)
                #expect(try await stage.client.get("/lago/api/v1/customers/none").status == 404)
                #expect(try await stage.client.get("/lago/api/v1/invoices").status == 403)
                #expect(try await stage.client.get("/flexprice/v1/customers/x").status == 501)
                let moved = try await stage.client.get("/polar/v1/customers/")
                #expect(moved.status == 200, "\(moved.text)")
                try await self.checkCounts(stage)
            }
        }
    }

    private func checkCounts(_ stage: Stage) async throws {
        let list = try await stage.client.get("/v1/providers").object()["providers"] as? [[String: Any]] ?? []
        let lago = try #require(list.first { $0["name"] as? String == "lago" }?["passed"] as? [String: Any])
        #expect(lago["requests"] as? Int == 3 && lago["errors"] as? Int == 0 && lago["refused"] as? Int == 0)
        #expect(lago["latency_ms_p99"] is Int && lago["in_flight"] as? Int == 0)
        let table = try ChildProcess(
            "tollgate",
            ["providers", "--url", stage.client.base],
            environment: ["TOLLGATE_KEY": Stage.key]
        )
        #expect(try await table.waitForExit() == 0)
        #expect(table.lines.first?.contains("PASSED") == true)
        let metrics = try await stage.client.get("/metrics").text
        #expect(
            metrics.contains(#"tollgate_passed_request_seconds_count{provider="lago",status="2xx"} 2"#),
            "\(metrics)"
        )
        #expect(metrics.contains(#"tollgate_passed_request_seconds_count{provider="lago",status="4xx"} 1"#))
    }

    @Test func `park nothing when the vendor refuses the credential`() async throws {
        try await Stage.set { (stage) async throws in
            try Self.allow(stage)
            try await stage.withGateway { _ async throws in
                try await stage.setFaults("lago", #"{"status":{"401":1}}"#)
                let refused = try await stage.client.get("/lago/api/v1/customers")
                #expect(refused.status == 502 && refused.text.contains("credential"))
                let parked = try await stage.client.get("/v1/providers").object()["providers"] as? [[String: Any]] ?? []
                #expect(parked.allSatisfy { $0["parked"] as? Bool == false }, "a passed call parks nothing")
                try await stage.setFaults("lago", "{}")
                let event = #"{"id":"e1","name":"n","customer_id":"c"}"#
                #expect(try await stage.client.post("/v1/events", event).status == 202)
                try await waitUntil("it is delivered") { try await stage.statuses(of: "e1")["lago"] == "delivered" }
                #expect(try await stage.client.get("/lago/api/v1/customers").status == 200)
            }
        }
    }
}
