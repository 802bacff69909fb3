import Foundation
import TestSupport
import Testing

/// Deliveries that are retried after a setting was corrected.
@Suite struct RepairTests {
    /// What Lago's clients send: a subscription, and no customer.
    private static let event = #"""
        {"event": {"transaction_id": "t-1", "external_subscription_id": "cust-a", "code": "llm_tokens",
                   "properties": {"model": "m-small", "response_cost": 0.0012, "total_tokens": 17}}}
        """#

    private static let others = ["flexprice", "polar", "knetik"]

    private func run(_ stage: Stage, _ arguments: [String]) async throws -> String {
        let command = try ChildProcess(
            "tollgate",
            ["deliveries"] + arguments + ["--url", stage.client.base],
            environment: ["TOLLGATE_KEY": Stage.key]
        )
        let status = try await command.waitForExit()
        try await waitUntil("the command has said something") { !command.lines.isEmpty }
        let text = command.lines.joined(separator: "\n")
        #expect(status == 0, "\(text)")
        return text
    }

    /// Puts another file in place and waits until it is in force.
    private func reload(_ stage: Stage, _ change: (String) -> String) async throws {
        let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
        try Data(change(text).utf8).write(to: stage.routesFile, options: .atomic)
        #expect(try await stage.client.post("/v1/config/reload", "").status == 200)
    }

    private func with(
        retry: String = #"{"base":"100ms","cap":"400ms"}"#,
        _ body: (Stage) async throws -> Void
    ) async throws {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(retry: retry, scopes: ["events:write", "events:read", "deliveries:manage", "admin"])
            try await stage.withGateway { _ async throws in try await body(stage) }
        }
    }

    private func delivery(_ stage: Stage, of id: String, at provider: String) async throws -> [String: Any] {
        let deliveries = try await stage.client.get("/v1/events/\(id)").object()["deliveries"] as? [[String: Any]] ?? []
        return try #require(deliveries.first { $0["provider"] as? String == provider })
    }

    @Test func `a retry after the missing template was set delivers what could not be translated`() async throws {
        try await with { (stage) async throws in
            #expect(try await stage.client.post("/lago/api/v1/events", Self.event).status == 200)
            try await waitUntil("the others cannot translate it") {
                let statuses = try await stage.statuses(of: "t-1")
                return statuses["lago"] == "delivered" && Self.others.allSatisfy { statuses[$0] == "rejected" }
            }
            let retry = ["retry", "--error-code", "untranslatable"]
            #expect(try await run(stage, retry + ["--dry-run"]).contains("0 can be translated now; 3 cannot"))
            try await reload(stage) { text in
                Self.others.reduce(text) { text, name in
                    text.replacing(
                        #"{"provider": "\#(name)", "mode": "mirror"}"#,
                        with: #"{"provider": "\#(name)", "mode": "mirror", "customer_id": "{subscription_id}"}"#
                    )
                }
            }
            let dry = try await run(stage, retry + ["--dry-run"])
            #expect(dry.contains("3 deliveries would be sent again"))
            #expect(!dry.contains("cannot"))
            #expect(try await run(stage, retry).contains("3 deliveries sent again"))
            try await waitUntil("all have it") {
                try await stage.statuses(of: "t-1").values.allSatisfy { $0 == "delivered" }
            }
            for name in Self.others { #expect(try await stage.billed(name).count == 1, "\(name)") }
            #expect(try await run(stage, retry).contains("0 deliveries sent again"))
            let settings = try #require(
                try await delivery(stage, of: "t-1", at: "polar")["settings"] as? [[String: Any]]
            )
            #expect(settings.count == 2)
            #expect((settings[0]["values"] as? [String: Any])?["customer_id"] == nil)
            #expect((settings[1]["values"] as? [String: Any])?["customer_id"] as? String == "{subscription_id}")
            #expect(settings[1]["first_attempt"] as? Int == 1)
            #expect(settings[1]["retried_by"] as? String == "demo")
        }
    }

    @Test func `a retry after nested was set to flatten delivers what could not be translated`() async throws {
        try await with { (stage) async throws in
            let event =
                #"{"id": "fix-1", "name": "x", "customer_id": "c", "properties": {"usage": {"in": 1}, "tags": ["a"]}}"#
            #expect(try await stage.client.post("/v1/events", event).status == 202)
            try await waitUntil("polar cannot translate it") {
                try await stage.statuses(of: "fix-1")["polar"] == "rejected"
            }
            try await reload(stage) {
                $0.replacing(
                    #"{"provider": "polar", "mode": "mirror"}"#,
                    with: #"{"provider": "polar", "mode": "mirror", "nested": "flatten", "rename": {"x": "y"}}"#
                )
            }
            #expect(
                try await run(stage, ["retry", "fix-1", "--provider", "polar"]).contains("1 deliveries sent again")
            )
            try await waitUntil("polar has it") { try await stage.statuses(of: "fix-1")["polar"] == "delivered" }
            let events = try await stage.sandbox.get("/sandbox/polar/events").text
            #expect(events.contains(#""y""#))
        }
    }

    @Test func `what reached its vendor is retried with the settings it was accepted with`() async throws {
        try await with { (stage) async throws in
            try await stage.setFaults("polar", #"{"status": {"422": 1}, "times": 1}"#)
            let event = #"{"id": "r-1", "name": "before", "customer_id": "c"}"#
            #expect(try await stage.client.post("/v1/events", event).status == 202)
            try await waitUntil("polar refuses it") { try await stage.statuses(of: "r-1")["polar"] == "rejected" }
            try await reload(stage) {
                $0.replacing(
                    #"{"provider": "polar", "mode": "mirror"}"#,
                    with: #"{"provider": "polar", "mode": "mirror", "rename": {"before": "after"}}"#
                )
            }
            let answer = try await stage.client.post("/v1/deliveries/retry", #"{"ids": ["r-1"]}"#).object()
            #expect(answer["changed"] as? Int == 1)
            #expect(answer["amended"] as? Int == 0)
            #expect(answer["translatable"] as? Int == 1)
            try await waitUntil("polar has it") { try await stage.statuses(of: "r-1")["polar"] == "delivered" }
            let events = try await stage.sandbox.get("/sandbox/polar/events").text
            #expect(events.contains(#""before""#) && !events.contains(#""after""#))
            #expect((try await delivery(stage, of: "r-1", at: "polar")["settings"] as? [Any])?.count == 1)
        }
    }

    @Test func `what certainly was not sent is retried with the settings of today`() async throws {
        try await with(retry: #"{"base":"1h","cap":"1h"}"#) { (stage) async throws in
            // Nobody listens there, so that no request leaves.
            let nowhere = "http://127.0.0.1:\(try FreePort.find())/polar"
            try await reload(stage) { $0.replacing("\(stage.sandbox.base)/polar", with: nowhere) }
            let event = #"{"id": "n-1", "name": "before", "customer_id": "c"}"#
            #expect(try await stage.client.post("/v1/events", event).status == 202)
            try await waitUntil("polar cannot be reached") {
                try await stage.statuses(of: "n-1")["polar"] == "retrying"
            }
            try await reload(stage) {
                $0.replacing(nowhere, with: "\(stage.sandbox.base)/polar").replacing(
                    #"{"provider": "polar", "mode": "mirror"}"#,
                    with: #"{"provider": "polar", "mode": "mirror", "rename": {"before": "after"}}"#
                )
            }
            let answer = try await stage.client.post("/v1/deliveries/retry", #"{"ids": ["n-1"]}"#).object()
            #expect(answer["amended"] as? Int == 1)
            try await waitUntil("polar has it") { try await stage.statuses(of: "n-1")["polar"] == "delivered" }
            #expect(try await stage.billed("polar") == ["n-1"])
            #expect(try await stage.sandbox.get("/sandbox/polar/events").text.contains(#""after""#))
            let settings = try await delivery(stage, of: "n-1", at: "polar")["settings"] as? [[String: Any]] ?? []
            // The first attempt, which found nobody, had the others.
            #expect(settings.map { $0["first_attempt"] as? Int } == [1, 2])
        }
    }
}
