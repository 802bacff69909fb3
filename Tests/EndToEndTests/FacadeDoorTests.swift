import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// What applications meet that speak a vendor's language and are not quite right, with the real vendors' languages.
@Suite struct FacadeDoorTests {
    private func post(_ stage: Stage, _ path: String, _ body: String) async throws -> WebClient.Answer {
        try await stage.client.post(path, body, headers: ["x-api-key": Stage.key])
    }

    @Test func `stores the new events of a batch with a known one as soon as the vendor would`() async throws {
        try await Stage.set { (stage) async throws in
            try await stage.withGateway { _ in
                func flexprice(_ id: Int, _ time: String, _ amount: Int) -> String {
                    #"{"event_name":"x","external_customer_id":"c","event_id":"fx-\#(id)","timestamp":"\#(time)","properties":{"q":"\#(amount)"}}"#
                }
                let now = "2026-11-20T08:00:00Z"
                let path = "/flexprice/v1/events/bulk"
                let first = try await post(stage, path, #"{"events":[\#(flexprice(1, now, 1))]}"#)
                #expect(first.status == 202)
                let again = #"{"events":[\#(flexprice(1, now, 2)),\#(flexprice(2, now, 1))]}"#
                #expect(try await post(stage, path, again).status == 202)
                #expect(try await stage.client.get("/v1/events/fx-2").status == 200)

                func polar(_ id: Int, _ amount: Int) -> String {
                    #"{"name":"x","external_id":"po-\#(id)","external_customer_id":"c","metadata":{"q":\#(amount)}}"#
                }
                let ingest = "/polar/v1/events/ingest"
                #expect(try await post(stage, ingest, #"{"events":[\#(polar(1, 1))]}"#).status == 200)
                let counted = try await post(stage, ingest, #"{"events":[\#(polar(1, 2)),\#(polar(2, 1))]}"#)
                #expect(counted.text == #"{"inserted":1,"duplicates":1}"#)

                func lago(_ id: Int, _ code: String) -> String {
                    #"{"transaction_id":"la-\#(id)","external_subscription_id":"s","code":"\#(code)"}"#
                }
                let batch = "/lago/api/v1/events/batch"
                #expect(try await post(stage, batch, #"{"events":[\#(lago(1, "x"))]}"#).status == 200)
                let refused = try await post(stage, batch, #"{"events":[\#(lago(2, "x")),\#(lago(1, "y"))]}"#)
                #expect(refused.status == 422)
                #expect(refused.text.contains(#""error_details":{"1":{"transaction_id":["value_already_exist"]}}"#))
            }
        }
    }

    @Test func `refuses times that cannot be meant in each vendor's shape`() async throws {
        try await Stage.set { (stage) async throws in
            try await stage.withGateway { _ in
                let lago =
                    #"{"event":{"transaction_id":"t","external_subscription_id":"s","code":"c","timestamp":2026}}"#
                let polar = #"{"events":[{"name":"x","external_customer_id":"c","timestamp":"0001-01-01T00:00:00Z"}]}"#
                let flexprice = #"{"event_name":"x","external_customer_id":"c","timestamp":"2999-01-01T00:00:00Z"}"#
                let knetik =
                    #"{"request_type":"newEvent","category":"c","result":"r","user_id":"u","event_timestamp":200000000000,"send_timestamp":200000000000}"#
                let cases = [
                    ("/lago/api/v1/events", lago, 422, "1970-01-01T00:33:46Z is older than 10 years"),
                    ("/polar/v1/events/ingest", polar, 422, "0001-01-01T00:00:00Z is older than 10 years"),
                    ("/flexprice/v1/events", flexprice, 400, "2999-01-01T00:00:00Z is more than 1 day ahead"),
                    (
                        "/knetik/v2/events?customerId=\(Stage.key)", knetik, 400,
                        "1976-05-03T19:33:20Z is older than 10 years"
                    ),
                ]
                for (path, body, status, words) in cases {
                    let answer = try await post(stage, path, body)
                    #expect(answer.status == status && answer.text.contains(words), "\(path): \(answer.text)")
                }
            }
        }
    }

    @Test func `answers what it does not serve with 501 in the vendor's shape, and names the right address`()
        async throws
    {
        try await Stage.set { (stage) async throws in
            try await stage.withGateway { _ in
                let right = [
                    ("/lago//api/v1/events", "/lago/api/v1/events"), ("/lago/v1/events", "/lago/api/v1/events"),
                    ("/lago/events", "/lago/api/v1/events"), ("/lago/v1/events/batch", "/lago/api/v1/events/batch"),
                    ("/flexprice/events", "/flexprice/v1/events"), ("/polar/events/ingest", "/polar/v1/events/ingest"),
                    ("/knetik/events", "/knetik/v2/events"), ("/knetik/v2/batch/", "/knetik/v2/batch"),
                ]
                for (path, address) in right {
                    let answer = try await post(stage, "\(path)?customerId=\(Stage.key)", "{}")
                    #expect(answer.status == 501, "\(path): \(answer.text)")
                    #expect(answer.text.contains("use \(address) "), "\(path): \(answer.text)")
                }
                let shapes = [
                    ("/lago/api/v1/customers/c", ["status", "error", "code"]),
                    ("/polar/v1/customers/", ["error", "detail"]),
                    ("/flexprice/v1/customers/c", ["code", "message", "http_status_code"]),
                    ("/knetik/v2/users", ["code", "errors"]),
                ]
                for (path, members) in shapes {
                    let headers = ["x-api-key": Stage.key]
                    let answer = try await stage.client.send("GET", "\(path)?customerId=\(Stage.key)", headers: headers)
                    #expect(answer.status == 501 && answer.text.contains("itself"), "\(path): \(answer.text)")
                    #expect(Set(try answer.object().keys) == Set(members), "\(answer.text)")
                }
                let methods = [
                    ("/lago/api/v1/events", "GET, POST"), ("/api/v1/events", "GET, POST"),
                    ("/flexprice/v1/events", "GET, POST"), ("/polar/v1/events/ingest", "POST"),
                    ("/knetik/v2/batch", "POST"),
                ]
                for (path, allowed) in methods {
                    let headers = ["x-api-key": Stage.key]
                    let address = "\(path)?customerId=\(Stage.key)"
                    let answer = try await stage.client.send("DELETE", address, headers: headers)
                    #expect(answer.status == 405, "\(path): \(answer.text)")
                    #expect(answer.headers.first(name: "Allow") == allowed, "\(path)")
                }
                let preflight = ["Origin": "https://shop.example", "Access-Control-Request-Method": "POST"]
                let open = WebClient(base: stage.client.base)
                for path in ["/lago/api/v1/events", "/polar/v1/events/ingest", "/flexprice/v1/events"] {
                    #expect(try await open.send("OPTIONS", path, headers: preflight).status == 200, "\(path)")
                }
                #expect(try await open.send("OPTIONS", "/flexprice/v1/events").status == 200)
                let head = try await stage.client.send("HEAD", "/lago/api/v1/events")
                #expect(head.status == 200 && head.body.isEmpty)
            }
        }
    }
}
