import NIOHTTP1
import TestSupport
import Testing

@Suite struct MetricsTests {
    private static func metrics(_ stage: Stage) async throws -> PrometheusReader {
        let answer = try await stage.client.get("/metrics")
        #expect(answer.headers.first(name: "Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
        return try PrometheusReader(answer.text)
    }

    @Test func `counts events, outcomes, answers and backlogs in the format of Prometheus`() async throws {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(scopes: ["admin"])
            try await stage.setFaults("polar", #"{"status":{"503":1}}"#)
            try await stage.withGateway { (_) async throws in
                let event = #"{"id":"m1","name":"api_request","customer_id":"c1"}"#
                #expect(try await stage.client.post("/v1/events", event).status == 202)
                #expect(try await stage.client.post("/v1/events", event).status == 202)
                let other = #"{"id":"m1","name":"api_request","customer_id":"c2"}"#
                #expect(try await stage.client.post("/v1/events", other).status == 409)
                #expect(try await stage.client.post("/v1/events", "[").status == 400)
                try await waitUntil("three vendors have the event, and the fourth has refused it") {
                    let metrics = try await Self.metrics(stage)
                    let delivered = ["lago", "flexprice", "knetik"].allSatisfy { provider in
                        metrics.value("tollgate_deliveries_total", ["provider": provider, "outcome": "delivered"]) == 1
                    }
                    let labels = ["provider": "polar", "outcome": "retried"]
                    let isRetried = metrics.value("tollgate_deliveries_total", labels) ?? 0 > 0
                    // Counted when the outcome is written, which is after the vendor has the event.
                    let nothingWaits = metrics.value("tollgate_backlog_events", ["provider": "lago"]) == 0
                    let oneWaits = metrics.value("tollgate_backlog_events", ["provider": "polar"]) == 1
                    return delivered && isRetried && nothingWaits && oneWaits
                }
                let metrics = try await Self.metrics(stage)
                #expect(metrics.types.keys.allSatisfy { metrics.helps[$0].map { $0.count > 10 } ?? false })
                #expect(metrics.value("tollgate_events_total", ["result": "accepted"]) == 1)
                #expect(metrics.value("tollgate_events_total", ["result": "duplicate"]) == 1)
                #expect(metrics.value("tollgate_events_total", ["result": "conflict"]) == 1)
                let writes = ["endpoint": "write", "status": "2xx"]
                #expect(metrics.value("tollgate_http_request_seconds_count", writes) == 2)
                #expect(metrics.value("tollgate_http_refused_total", ["endpoint": "write", "status": "409"]) == 1)
                #expect(metrics.value("tollgate_http_refused_total", ["endpoint": "write", "status": "400"]) == 1)
                #expect(metrics.value("tollgate_commit_events_sum") == 1)
                #expect(metrics.value("tollgate_commit_seconds_count") ?? 0 >= 1)
                #expect(metrics.value("tollgate_backlog_oldest_seconds", ["provider": "polar"]) ?? 0 > 0)
                let failures = ["provider": "polar", "status": "5xx"]
                #expect(metrics.value("tollgate_vendor_request_seconds_count", failures) ?? 0 > 0)
                #expect(metrics.value("tollgate_provider_circuit", ["provider": "lago", "state": "closed"]) == 1)
            }
        }
    }

    @Test func `names no client and holds no key`() async throws {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(scopes: ["admin"])
            try await stage.withGateway { (_) async throws in
                #expect(try await stage.client.post("/v1/events", #"{"name":"n","customer_id":"cust"}"#).status == 202)
                let text = try await stage.client.get("/metrics").text
                for secret in Array(Stage.credentials.values) + [Stage.key, KeyHash.demo, "demo", "cust\""] {
                    #expect(!text.contains(secret))
                }
            }
        }
    }

    @Test func `needs the scope admin, whoever asks from wherever, unless it is opened`() async throws {
        try await Stage.set { (stage) async throws in
            try await stage.withGateway { (_) async throws in
                let stranger = WebClient(base: stage.client.base)
                #expect(try await stranger.get("/metrics").status == 401)
                #expect(try await stranger.send("GET", "/metrics", headers: ["Host": "localhost"]).status == 401)
                #expect(try await stage.client.get("/metrics").status == 403)
            }
            let gateway = try await stage.startGateway(arguments: ["--open-metrics"])
            #expect(try await WebClient(base: stage.client.base).get("/metrics").status == 200)
            try await gateway.stop()
        }
    }
}
