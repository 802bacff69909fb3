import Foundation
import TestSupport
import Testing

/// One small request ended the process where a number in it was trusted: `"timestamp":1e9223372036854775807`.
///
/// Every endpoint of the canonical API meets every extreme number, and lists meet them at a journal that has events. Where a number stands,
/// the tables have `@`; whoever adds an endpoint adds a line.
@Suite struct ExtremeNumberTests {
    private static let event = #""name":"api_request","customer_id":"c""#

    /// Numbers in bodies.
    static let bodies: [(path: String, body: String)] = [
        ("/v1/events", #"{\#(event),"timestamp":@}"#), ("/v1/events", #"{\#(event),"timestamp":"@"}"#),
        ("/v1/events?partial=true", #"{"events":[{\#(event),"timestamp":@},{\#(event),"properties":{"n":@}},@]}"#),
        ("/v1/events", #"{\#(event),"vendor":{"lago":{"precise_total_amount_cents":@}}}"#),
        ("/v1/events", #"{\#(event),"vendor":{"polar":{"parent_id":@},"knetik":{"result":@}}}"#),
        // The same id with values that have to be compared.
        ("/v1/events", #"{\#(event),"id":"same","properties":{"n":@}}"#),
        ("/v1/events", #"{\#(event),"id":"same2","vendor":{"lago":{"precise_total_amount_cents":@}}}"#),
        ("/v1/events", #"{\#(event),"id":"same3","properties":{"_cost":{"amount":@,"currency":"usd"}}}"#),
        ("/v1/events/estimate", #"{\#(event),"timestamp":@,"properties":{"units":@}}"#),
        ("/v1/events/estimate", #"{\#(event),"properties":{"units":"@"}}"#),
        ("/v1/deliveries/retry", #"{"filter":{"accepted_from":"@"},"dry_run":true}"#),
        ("/v1/deliveries/retry", #"{"ids":[@],"dry_run":true}"#),
        ("/v1/deliveries/discard", #"{"filter":{"accepted_until":"@","status":"@"},"dry_run":true}"#),
        (
            "/v1/config/check",
            #"{"version":@,"providers":{"p":{"adapter":"lago","batch":@,"concurrency":@,"timeout":@}}}"#
        ),
        (
            "/v1/config/check",
            #"{"version":1,"providers":{"p":{"adapter":"lago","timeout":"@s","rate_limit":"@/s"}},"routes":[{"name":"r","to":[{"provider":"p","share":@}]}]}"#
        ),
        (
            "/lago/api/v1/events",
            #"{"event":{"transaction_id":"t","external_subscription_id":"sub_1","code":"c","timestamp":@}}"#
        ),
        (
            "/polar/v1/events/ingest",
            #"{"events":[{"name":"n","external_customer_id":"c","external_id":"x","metadata":{"n":@}}]}"#
        ),
        ("/flexprice/v1/events", #"{"event_name":"n","external_customer_id":"c","event_id":"x","properties":{"n":@}}"#),
        ("/flexprice/v1/events/query", #"{"page_size":@,"offset":@}"#),
        ("/flexprice/v1/events/query", #"{"iter_last_key":"@::@"}"#),
        (
            "/knetik/v2/events?customerId=\(Stage.key)",
            #"{"category":"c","result":"r","user_id":"u","event_timestamp":@,"send_timestamp":@,"transaction_id":"x"}"#
        ),
    ]

    /// Numbers in paths and queries.
    static let paths = [
        "/v1/events?from=@", "/v1/events?until=@", "/v1/events?limit=@", "/v1/events?cursor=@_1",
        "/v1/events?cursor=1_@",
        "/v1/events?cursor=@_@&order=oldest", "/v1/events?from=@&until=@&order=oldest",
        "/v1/events/names?from=@&until=@",
        "/v1/events/@", "/v1/events?provider=lago&from=@", "/v1/events?provider=polar&from=@",
        "/v1/events?provider=polar&until=@",
        "/v1/events?provider=flexprice&until=@", "/v1/events?provider=lago&cursor=@.10",
        "/v1/events?provider=lago&cursor=1.@",
        "/v1/events?provider=polar&cursor=@.10", "/v1/events?provider=flexprice&cursor=k@::e",
        "/v1/events?provider=flexprice&order=oldest&cursor=o@", "/v1/events/@?provider=polar",
        "/v1/deliveries?limit=@", "/v1/deliveries?cursor=@.lago", "/v1/deliveries?accepted_from=@",
        "/v1/deliveries?accepted_until=@",
        "/lago/api/v1/events?page=@&per_page=@", "/lago/api/v1/events?timestamp_from=@",
        "/polar/v1/events/?page=@&limit=@",
        "/polar/v1/events/?start_timestamp=@", "/polar/v1/events/?end_timestamp=@",
        "/flexprice/v1/events?page_size=@&offset=@",
        "/flexprice/v1/events?iter_first_key=@::@", "/v1/events/stream?from=@&until=bad",
    ]

    /// Moments at the ends of what has four digits for a year, with arithmetic behind them.
    static let moments = [
        "0000-01-01T00:00:00Z", "0000-01-01T00:00:00.001Z", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59Z",
    ]

    @Test func `every endpoint has an answer to every number`() async throws {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(
                timeout: "20s",
                scopes: ["events:write", "events:read", "deliveries:manage", "admin"]
            )
            try await stage.withGateway { gateway async throws in
                for number in 1...5 {
                    #expect(
                        try await stage.client.post("/v1/events", #"{\#(Self.event),"id":"e\#(number)"}"#).status == 202
                    )
                }
                for number in ExtremeNumbers.texts + Self.moments {
                    let encoded = number.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                    for path in Self.paths {
                        let answer = try await stage.client.send(
                            "GET",
                            path.replacing("@", with: encoded),
                            headers: Self.keys
                        )
                        check(answer, path, number)
                    }
                    let headers = [
                        "Prefer": "wait=\(number)", "Last-Event-ID": number, "traceparent": number,
                        "X-Request-Id": number,
                    ]
                    .filter { $0.value.utf8.allSatisfy { (0x20..<0x7F).contains($0) } && !$0.value.isEmpty }
                    let waited = try await stage.client.post("/v1/events", "{}", headers: headers)
                    check(waited, "headers", number)
                }
                for number in ExtremeNumbers.json {
                    for (path, body) in Self.bodies {
                        let answer = try await stage.client.post(
                            path,
                            body.replacing("@", with: number),
                            headers: Self.keys
                        )
                        check(answer, "\(path) \(body)", number)
                    }
                }
                #expect(gateway.isRunning)
                #expect(try await stage.client.get("/healthz").status == 200)
            }
        }
    }

    /// For the facades that want it elsewhere than in `Authorization`.
    private static let keys = ["x-api-key": Stage.key]

    private func check(_ answer: WebClient.Answer, _ what: String, _ number: String) {
        #expect(
            (200..<500).contains(answer.status) || [501, 502, 504].contains(answer.status),
            "\(what) with \(number.prefix(60)): \(answer.status) \(answer.text.prefix(200))"
        )
    }

    @Test func `a crash ends the process at once, with a short trace`() async throws {
        try await Stage.set { (stage) async throws in
            let gateway = try await stage.startGateway()
            let environment = try Data(contentsOf: URL(filePath: "/proc/\(gateway.identifier)/environ"))
            let settings = try #require(
                String(decoding: environment, as: UTF8.self).split(separator: "\u{0}").first {
                    $0.hasPrefix("SWIFT_BACKTRACE=")
                }
            )
            #expect(settings.contains("symbolicate=off") && settings.contains("threads=crashed"))
            let before = gateway.lines.count
            // A process goes on after a trace that a signal from elsewhere made; an instruction that fails would fail again.
            kill(gateway.identifier, SIGILL)
            _ = try await gateway.waitForLine("the trace is written") { $0.contains("Backtrace took") ? $0 : nil }
            #expect(try await gateway.stop(by: SIGILL) == SIGILL)
            let trace = gateway.lines.dropFirst(before)
            #expect(trace.contains { $0.contains("Program crashed") } && trace.count < 60)
            #expect(!trace.contains { $0.contains("Registers") })
        }
    }

    @Test func `an operator's settings for a crash hold`() async throws {
        try await Stage.set { (stage) async throws in
            let gateway = try await stage.startGateway(
                environment: Stage.credentials.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
            )
            let before = gateway.lines.count
            #expect(try await gateway.stop(by: SIGILL) == SIGILL)
            // It may have gone on to log what it does.
            #expect(gateway.lines.dropFirst(before).allSatisfy { $0.hasPrefix("{") })
        }
    }
}
