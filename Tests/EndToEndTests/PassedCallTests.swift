import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// A vendor's other calls, through the whole gateway.
@Suite struct PassedCallTests {
    /// The client may read and write customers at Lago and Polar.
    private static func allow(_ stage: Stage) throws {
        // Long enough that no call ends because of it.
        try stage.writeRoutes(
            timeout: "10m",
            scopes: [
                "events:write", "events:read", "deliveries:manage", "vendor:read", "vendor:write",
            ]
        )
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
                #expect(found.status == 200 && found.body == made.body, "\(found.status) \(found.text)")
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
        var lago: [String: Any] = [:]
        try await waitUntil("no call is in flight any more") {
            let list = try await stage.client.get("/v1/providers").object()["providers"] as? [[String: Any]] ?? []
            lago = try #require(list.first { $0["name"] as? String == "lago" }?["passed"] as? [String: Any])
            return lago["in_flight"] as? Int == 0
        }
        #expect(lago["requests"] as? Int == 3 && lago["errors"] as? Int == 0 && lago["refused"] as? Int == 0)
        #expect(lago["latency_ms_p99"] is Int)
        let table = try ChildProcess(
            "tollgate",
            ["providers", "--url", stage.client.base],
            environment: ["TOLLGATE_KEY": Stage.key]
        )
        #expect(try await table.waitForExit() == 0)
        let rows = table.lines.map { $0.split(separator: "  ").map { $0.filter { $0 != " " } } }
        let (header, row) = (try #require(rows.first), try #require(rows.first { $0.first == "lago" }))
        let values = Dictionary(zip(header, row), uniquingKeysWith: { first, _ in first })
        #expect(values["PASSED"] == "3" && values["PASSERRORS"] == "0", "\(table.lines)")
        #expect(values["PASSP99"]?.hasSuffix("ms") == true, "\(table.lines)")
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

    /// As many as one client may have at once, none of which ends by itself.
    @Test func `delay no delivery while they hang, and end with their clients`() async throws {
        let crowd = 48
        try await Stage.set { (stage) async throws in
            try Self.allow(stage)
            try await stage.withGateway { _ async throws in
                func inFlight() async throws -> Int? {
                    let list = try await stage.client.get("/v1/providers").object()["providers"] as? [[String: Any]]
                    let lago = list?.first { $0["name"] as? String == "lago" }
                    return (lago?["passed"] as? [String: Any])?["in_flight"] as? Int
                }
                // Only then does the vendor count the calls, before it hangs.
                try await stage.setFaults("lago", #"{"hang_after":1}"#)
                func taken() async throws -> Int? {
                    try await stage.sandbox.get("/sandbox/lago/calls").object()["reads"] as? Int
                }
                var clients: Crowd? = try await Crowd.open(crowd, to: stage.port)
                let request =
                    "GET /lago/api/v1/customers HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer \(Stage.key)\r\n\r\n"
                _ = try await clients?.flood(request, most: crowd * request.utf8.count)
                try await waitUntil("all hang at the vendor") { try await taken() == crowd }
                try await waitUntil("all are shown") { try await inFlight() == crowd }
                try await stage.setFaults("lago", "{}")
                let event = #"{"id":"e1","name":"n","customer_id":"c"}"#
                #expect(try await stage.client.post("/v1/events", event).status == 202)
                try await waitUntil("it is delivered") { try await stage.statuses(of: "e1")["lago"] == "delivered" }
                let hanging = try await inFlight()
                #expect(hanging == crowd)
                clients = nil
                try await waitUntil("the calls have ended") { try await inFlight() == 0 }
            }
        }
    }

    // MARK: - HTTP/2

    /// A gateway that speaks TLS, which tells HTTP/2 clients from others.
    private func withSecureGateway(_ body: (Stage, Certificates) async throws -> Void) async throws {
        try await Stage.set { (stage) async throws in
            try Self.allow(stage)
            let certificates = Certificates(in: stage.folder)
            try await certificates.makeAuthority("one")
            try await certificates.makeServer(signedBy: "one")
            try await stage.withGateway(arguments: certificates.arguments + ["--first-request-seconds", "100"]) {
                _ async throws in
                try await body(stage, certificates)
            }
        }
    }

    @Test(arguments: [false, true])
    func `pass alike over HTTP/2 and HTTP/1.1, bodies included`(http1Only: Bool) async throws {
        try await withSecureGateway { (stage, certificates) async throws in
            func ask(_ path: String, _ method: HTTPMethod = .GET, _ body: String? = nil) async throws
                -> Certificates.Answer
            {
                let address = "https://localhost:\(stage.port)/lago\(path)"
                return try await certificates.ask(
                    address,
                    trusting: "one",
                    method: method,
                    body: body,
                    http1Only: http1Only
                )
            }
            // More than one window of a stream.
            let name = String(repeating: "Ada ", count: 50_000)
            let customer = #"{"customer": {"external_id": "c1", "name": "\#(name)"}}"#
            let made = try await ask("/api/v1/customers", .POST, customer)
            #expect(made.status == 200 && made.text.contains(name))
            #expect(made.version == (http1Only ? .http1_1 : .http2))
            let found = try await ask("/api/v1/customers/c1")
            #expect(found.status == 200 && found.text == made.text)
            #expect(try await ask("/api/v1/customers/none").status == 404)
            #expect(try await ask("/api/v1/invoices").status == 403)
        }
    }

    @Test func `end at the vendor when an HTTP/2 client resets its stream, and leave the other streams alone`()
        async throws
    {
        try await withSecureGateway { (stage, certificates) async throws in
            let client = try await RawHTTP2.connect(to: stage.port, trusting: certificates, "one")
            func get(_ path: String) -> [(String, String)] {
                [
                    (":method", "GET"), (":scheme", "https"), (":path", path), (":authority", "localhost"),
                    ("authorization", "Bearer \(Stage.key)"),
                ]
            }
            /// How many passed calls are in flight.
            func inFlight() async throws -> Int? {
                let address = "https://localhost:\(stage.port)/v1/providers"
                let text = try await certificates.ask(address, trusting: "one").text
                let list = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
                let lago = (list?["providers"] as? [[String: Any]])?.first { $0["name"] as? String == "lago" }
                return (lago?["passed"] as? [String: Any])?["in_flight"] as? Int
            }
            try await stage.setFaults("lago", #"{"hang":1}"#)
            try await client.request(get("/lago/api/v1/customers"), on: 1)
            try await client.request(get("/lago/api/v1/customers"), on: 3)
            try await waitUntil("both calls are in flight") { try await inFlight() == 2 }
            // RST_STREAM with CANCEL.
            try await client.send(type: 3, stream: 1, [0, 0, 0, 8])
            try await waitUntil("one call has ended") { try await inFlight() == 1 }
            try await client.request(get("/healthz"), on: 5)
            try await waitUntil("another stream is answered") { !client.frames(1, on: 5).isEmpty }
            #expect(!client.isClosed && client.frames(1, on: 3).isEmpty)
        }
    }
}
