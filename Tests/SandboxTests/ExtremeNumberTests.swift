import NIOHTTP1
import Sandbox
import TestSupport
import Testing

/// The simulators are servers as well: no number of a request ends them.
///
/// Where a number stands, the table has `@`.
@Suite struct ExtremeNumberTests {
    private static let lago = "/lago/api/v1/events"
    private static let polar = "/polar/v1/events"
    private static let flexprice = "/flexprice/v1/events"
    private static let lagoFields = #""transaction_id":"t@","external_subscription_id":"sub_1","code":"api_request""#

    static let probes: [(method: HTTPMethod, path: String, body: String?)] = [
        (.POST, lago, #"{"event":{\#(lagoFields),"timestamp":@}}"#),
        (.POST, lago, #"{"event":{\#(lagoFields),"timestamp":"@","properties":{"n":@}}}"#),
        (.POST, "\(lago)/batch", #"{"events":[{\#(lagoFields),"timestamp":"@"}]}"#),
        (.POST, "\(lago)/estimate_fees", #"{"event":{\#(lagoFields),"properties":{"units":"@"}}}"#),
        (.POST, "\(lago)/estimate_fees", #"{"event":{\#(lagoFields),"properties":{"units":@}}}"#),
        (.GET, "\(lago)?page=@&per_page=3", nil), (.GET, "\(lago)?page=2&per_page=@", nil),
        (.GET, "\(lago)?page=@&per_page=@", nil),
        (
            .POST, "\(polar)/ingest",
            #"{"events":[{"name":"n","external_id":"e@","external_customer_id":"c","metadata":{"n":@}}]}"#
        ),
        (.GET, "\(polar)/?page=@&limit=3", nil), (.GET, "\(polar)/?page=2&limit=@", nil),
        (.GET, "\(polar)/names?page=@&limit=@", nil),
        (.POST, flexprice, #"{"event_name":"n","external_customer_id":"c","event_id":"e@","properties":{"n":@}}"#),
        (
            .POST, flexprice,
            #"{"event_name":"n","external_customer_id":"c","event_id":"y@","timestamp":"9999-12-31T23:59:59Z"}"#
        ),
        (
            .POST, flexprice,
            #"{"event_name":"n","external_customer_id":"c","event_id":"z@","timestamp":"0000-01-01T00:00:00Z"}"#
        ),
        (.POST, "\(flexprice)/query", #"{"page_size":@,"offset":@,"end_time":"9999-12-31T23:59:59Z"}"#),
        (.POST, "\(flexprice)/query", #"{"iter_last_key":"@::a","start_time":"0000-01-01T00:00:00Z"}"#),
        (.GET, "\(flexprice)?page_size=@&offset=@", nil), (.GET, "\(flexprice)?page_size=3&offset=@", nil),
        (
            .POST, "/knetik/v2/events?customerId=\(SandboxCredentials.knetik)",
            #"{"category":"c","result":"r","user_id":"u","event_timestamp":@,"send_timestamp":@}"#
        ),
        (.GET, "/sandbox/lago/events?limit=@", nil), (.PUT, "/sandbox/lago/settings", #"{"batch":@}"#),
        (.PUT, "/sandbox/lago/settings", #"{"visible_after_ms":@,"lose":@,"seed":@,"merge_after_ms":@}"#),
        (.PUT, "/sandbox/lago/settings", #"{"rate_limits":{"events":{"requests":@,"window_ms":@}}}"#),
        (.GET, "\(lago)?timestamp_from=@&timestamp_to=@", nil),
        (.POST, "\(flexprice)/usage", #"{"event_name":"n","aggregation_type":"SUM","property_name":"n"}"#),
        (.POST, "\(flexprice)/query", #"{"iter_first_key":"@::a","order":"asc","end_time":"9999-12-31T23:59:59Z"}"#),
        (.PUT, "/sandbox/knetik/faults", #"{"times":@}"#), (.PUT, "/sandbox/knetik/faults", #"{"seed":@}"#),
        (.PUT, "/sandbox/knetik/faults", #"{"hang":@,"times":0}"#),
        (.PUT, "/sandbox/knetik/faults", #"{"status":{"@":0.1},"times":0}"#),
        (.PUT, "/sandbox/knetik/faults", #"{"latency_ms":[@,@],"times":0}"#),
        (.PUT, "/sandbox/knetik/faults", #"{"latency_ms":[0,@],"times":0}"#),
    ]

    @Test(arguments: ["postgres", "clickhouse"])
    func `answers every number`(store: String) async throws {
        let headers = [
            ("Authorization", "Bearer \(SandboxCredentials.lago)"), ("x-api-key", SandboxCredentials.flexprice),
        ]
        try await SandboxFixture.with { sandbox in
            #expect(try await sandbox.send(.PUT, "/sandbox/lago/settings", #"{"store":"\#(store)"}"#).status == 200)
            for (method, path, body) in Self.probes {
                for number in ExtremeNumbers.json {
                    var headers = headers
                    if path.hasPrefix("/polar") { headers[0].1 = "Bearer \(SandboxCredentials.polar)" }
                    let answer = try await sandbox.send(
                        method,
                        path.replacing("@", with: number.replacing("+", with: "%2B")),
                        body?.replacing("@", with: number),
                        headers: headers
                    )
                    #expect((200..<500).contains(answer.status), "\(method) \(path) \(number): \(answer.status)")
                }
                // A latency that was taken would slow the rest down.
                _ = try await sandbox.send(.DELETE, "/sandbox/knetik/faults")
            }
        }
    }

    @Test func `says when a limit can be tried again, whatever wait is set`() async throws {
        try await SandboxFixture.with { sandbox in
            for number in ExtremeNumbers.texts where !number.contains("\u{0661}") {
                let faults = #"{"status":{"429":1},"retry_after":"\#(number)"}"#
                #expect(try await sandbox.send(.PUT, "/sandbox/flexprice/faults", faults).status == 200)
                let answer = try await sandbox.flexprice("/events", "{}")
                #expect(answer.status == 429 && answer.headers.contains(name: "X-RateLimit-Reset"))
            }
        }
    }
}
