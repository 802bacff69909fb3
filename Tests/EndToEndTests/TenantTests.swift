import Foundation
import TestSupport
import Testing

/// Two tenants at one gateway know nothing of each other.
@Suite struct TenantTests {
    /// What both tenants' clients see.
    private struct Pair {
        let stage: Stage
        let mine: WebClient
        let rival: WebClient

        /// Stores an event of a tenant.
        func post(_ id: String, as client: WebClient) async throws {
            let isMine = client.key == mine.key
            let event =
                isMine
                ? #"{"id":"\#(id)","name":"mine-only","customer_id":"secret-customer","subscription_id":"s","properties":{"v":"mine"}}"#
                : #"{"id":"\#(id)","name":"theirs-only","customer_id":"other","subscription_id":"s","properties":{"v":"theirs"}}"#
            let answer = try await client.post("/v1/events", event)
            #expect(answer.status == 202)
            #expect(try answer.object()["accepted"] as? Int == 1)
        }

        /// What the rival is shown at this path has nothing of ours in it.
        func expectNothingOfOurs(at path: String) async throws {
            let seen = try await rival.get(path).text
            #expect(!seen.contains("mine") && !seen.contains("secret-customer"), "\(path): \(seen)")
        }
    }

    /// - Parameter poison: ids that polar cannot take; in the account that tenants share the tenant stands before the id.
    private func with(poison: [String] = [], _ body: (Pair) async throws -> Void) async throws {
        try await Stage.set { (stage) async throws in
            let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
            let other = #"""
                {"name":"rival","tenant":"rival","key_sha256":"\#(KeyHash.rival)",
                 "scopes":["events:write","events:read","deliveries:manage"]},
                """#
            try Data(text.replacing(#""clients": ["#, with: #""clients": [\#(other)"#).utf8).write(to: stage.routesFile)
            let ids = poison.map { "\"\($0)\"" }.joined(separator: ",")
            try await stage.setFaults("polar", #"{"poison":[\#(ids)]}"#)
            try await stage.withGateway { _ async throws in
                let rival = WebClient(base: stage.client.base, key: "rival-key")
                try await body(Pair(stage: stage, mine: stage.client, rival: rival))
            }
        }
    }

    @Test func `takes the same id of two tenants for two events, and bills both in the account that they share`()
        async throws
    {
        try await with { (pair) async throws in
            try await pair.post("same", as: pair.mine)
            try await pair.post("same", as: pair.rival)
            #expect(try await pair.mine.get("/v1/events/same").object()["name"] as? String == "mine-only")
            #expect(try await pair.rival.get("/v1/events/same").object()["name"] as? String == "theirs-only")
            try await waitUntil("flexprice has both") {
                try await Set(pair.stage.billed("flexprice")) == ["demo/same", "rival/same"]
            }
        }
    }

    @Test func `shows a tenant no event of another, in no read, list or count`() async throws {
        try await with { (pair) async throws in
            try await pair.post("mine", as: pair.mine)
            try await pair.post("theirs", as: pair.rival)
            #expect(try await pair.rival.get("/v1/events/mine").status == 404)
            for path in [
                "/v1/events", "/v1/events?name=mine-only", "/v1/events?customer_id=secret-customer",
                "/v1/events?id=mine&order=oldest", "/v1/events/names", "/v1/events/theirs",
            ] {
                try await pair.expectNothingOfOurs(at: path)
            }
            // The list of one's own is not empty, which would hide anything.
            #expect(try await pair.rival.get("/v1/events").text.contains("theirs-only"))
        }
    }

    @Test(arguments: ["/lago/api/v1/events", "/polar/v1/events/", "/polar/v1/events/names"])
    func `shows a tenant no event of another at a facade`(path: String) async throws {
        try await with { (pair) async throws in
            try await pair.post("mine", as: pair.mine)
            try await pair.post("theirs", as: pair.rival)
            try await pair.expectNothingOfOurs(at: path)
            #expect(try await pair.rival.get(path).text.contains("theirs-only"))
        }
    }

    @Test func `shows a tenant nothing of another in the stream`() async throws {
        try await with { (pair) async throws in
            let watch = try ChildProcess(
                "tollgate",
                ["events", "list", "--watch", "--url", pair.mine.base],
                environment: ["TOLLGATE_KEY": "rival-key"]
            )
            // The stream begins some time after the command.
            var number = 0
            try await waitUntil("the rival sees its own events") {
                number += 1
                try await pair.post("seen-\(number)", as: pair.rival)
                return watch.lines.contains { $0.contains("seen-") }
            }
            try await pair.post("mine", as: pair.mine)
            try await pair.post("last", as: pair.rival)
            _ = try await watch.waitForLine("the stream goes on") { $0.contains("last") ? true : nil }
            #expect(!watch.lines.contains { $0.contains("mine") || $0.contains("secret-customer") })
            try await watch.stop(by: SIGKILL)
        }
    }

    @Test func `shows a tenant no delivery of another`() async throws {
        try await with(poison: ["demo/mine", "rival/theirs"]) { (pair) async throws in
            try await pair.post("mine", as: pair.mine)
            try await pair.post("theirs", as: pair.rival)
            try await waitUntil("polar has not taken both tenants' events") {
                let ours = try await pair.mine.get("/v1/deliveries").text
                let theirs = try await pair.rival.get("/v1/deliveries").text
                return ours.contains("\"mine\"") && theirs.contains("\"theirs\"")
            }
            try await pair.expectNothingOfOurs(at: "/v1/deliveries")
            try await pair.expectNothingOfOurs(at: "/v1/deliveries?event_id=mine")
        }
    }

    @Test func `takes an order about all deliveries for one about the tenant's own`() async throws {
        try await with(poison: ["demo/mine", "rival/theirs"]) { (pair) async throws in
            try await pair.post("mine", as: pair.mine)
            try await pair.post("theirs", as: pair.rival)
            try await waitUntil("the delivery is discarded between two attempts") {
                let order = try await pair.rival.post("/v1/deliveries/discard", #"{"all":true}"#).object()
                return (order["changed"] as? Int ?? 0) >= 1
            }
            #expect(try await pair.stage.statuses(of: "mine")["polar"] != "discarded")
            #expect(!(try await pair.mine.get("/v1/deliveries/actions").text.contains("rival")))
        }
    }

    @Test func `shows no tenant what a shared account has, how much waits for it and how it fares`() async throws {
        try await with { (pair) async throws in
            try await pair.post("mine", as: pair.mine)
            #expect(try await pair.rival.get("/v1/providers").text == #"{"providers":[]}"#)
            #expect(try await pair.rival.get("/v1/events?provider=lago").status == 403)
        }
    }
}
