import Foundation
import TestSupport
import Testing

/// Tenants with vendor keys of their own.
@Suite struct TenantCredentialTests {
    private static let key = "a-key-that-follows-it"
    private static let keyDigest = "87f15b798cdfab109e2ae0d89bd587a3f2e50f4ddc6091624d756f01312ab5fa"

    private func event(_ id: String) -> String {
        #"{"id":"\#(id)","name":"n","customer_id":"c"}"#
    }

    /// The state of each delivery of an event, by provider.
    private func statuses(_ client: WebClient, _ id: String) async throws -> [String: String] {
        let deliveries = try await client.get("/v1/events/\(id)").object()["deliveries"] as? [[String: Any]] ?? []
        return Dictionary(
            deliveries.map { ($0["provider"] as? String ?? "", $0["status"] as? String ?? "") },
            uniquingKeysWith: { first, _ in first }
        )
    }

    @Test func `sends each tenant's events with its own key, and a refused one holds up its own deliveries only`()
        async throws
    {
        try await Stage.set { (stage) async throws in
            let secret = stage.folder.appending(path: "lago-key")
            try Data("a-wrong-key".utf8).write(to: secret)
            let client = #"""
                {"name": "shop", "key_sha256": "\#(Self.keyDigest)", "credentials": {"lago": {"file": "\#(secret.path)"}}}
                """#
            let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
            let more = text.replacing(#""clients": ["#, with: #""clients": [\#(client), "#)
            try Data(more.utf8).write(to: stage.routesFile, options: .atomic)
            let shop = WebClient(base: stage.client.base, key: Self.key)

            try await stage.withGateway(arguments: ["--open-metrics"]) { _ async throws in
                for number in 1...20 {
                    _ = try await shop.post("/v1/events", event("shop-\(number)"))
                    _ = try await stage.client.post("/v1/events", event("demo-\(number)"))
                }
                try await waitUntil("the demo's events are at lago, and the shop's at all others") {
                    let own = try await statuses(stage.client, "demo-20")
                    let others = try await statuses(shop, "shop-20").filter { $0.key != "lago@shop" }
                    return own.count == 4 && own.values.allSatisfy { $0 == "delivered" } && others.count == 3
                        && others.values.allSatisfy { $0 == "delivered" }
                }
                try await waitUntil("the shop's account is parked, the provider is not") {
                    let (own, others) = (try await shop.get("/readyz").text, try await stage.client.get("/readyz").text)
                    #expect(!own.contains(#""provider lago""#) && !others.contains("lago@shop"))
                    return own.contains(#""name":"provider lago@shop","ready":false"#)
                        && others.contains(#""name":"provider lago","ready":true"#)
                }
                let metrics = try await WebClient(base: stage.client.base).get("/metrics").text
                #expect(!metrics.contains("@") && !metrics.contains("shop"))
                // The last event of the demo need not be the last that is delivered.
                try await waitUntil("the shop's events alone wait") {
                    let figures = try PrometheusReader(
                        try await WebClient(base: stage.client.base).get("/metrics").text
                    )
                    return figures.value("tollgate_provider_parked", ["provider": "lago"]) == 1
                        && figures.value("tollgate_backlog_events", ["provider": "lago"]) == 20
                }
                #expect(try await statuses(shop, "shop-1")["lago@shop"] != "delivered")
                #expect(try await Set(stage.billed("lago")).count == 20)

                let right = try #require(Stage.credentials["E2E_LAGO"])
                try Data(right.utf8).write(to: secret, options: .atomic)
                try await waitUntil("the shop's events follow with the right key") {
                    try await Set(stage.billed("lago")).count == 40
                }
                #expect(try await stage.billed("lago").count == 40)
                #expect(try await shop.get("/v1/events?provider=lago").status == 200)
                #expect(try await shop.get("/v1/events?provider=lago@shop").status == 200)
                #expect(try await stage.client.get("/v1/events?provider=lago@shop").status == 404)
            }
        }
    }

    @Test func `takes a key from a program`() async throws {
        try await Stage.set { (stage) async throws in
            let secret = stage.folder.appending(path: "lago-key")
            try Data(try #require(Stage.credentials["E2E_LAGO"]).utf8).write(to: secret)
            let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
            let changed = text.replacing(#"{"env": "E2E_LAGO"}"#, with: #"{"command": ["cat", "\#(secret.path)"]}"#)
            try Data(changed.utf8).write(to: stage.routesFile, options: .atomic)
            try await stage.withGateway { _ async throws in
                _ = try await stage.client.post("/v1/events", event("e"))
                try await waitUntil("lago has it") { try await statuses(stage.client, "e")["lago"] == "delivered" }
            }
        }
    }
}
