import Foundation
import NIOHTTP1
import Testing

/// The simulators answer, apply and deduplicate as the vendors do.
@Suite struct VendorSimulatorTests {
    private func lagoEvent(_ id: String, subscription: String = "sub_1", timestamp: String = "1710947045.123") -> String
    {
        #"{"transaction_id":"\#(id)","external_subscription_id":"\#(subscription)","code":"api","timestamp":"\#(timestamp)","properties":{"n":1}}"#
    }

    private func polarEvent(_ id: String, timestamp: String = "2024-03-20T15:04:05.123Z", metadata: String = "{}")
        -> String
    {
        #"{"name":"api","external_id":"\#(id)","external_customer_id":"c","timestamp":"\#(timestamp)","metadata":\#(metadata)}"#
    }

    private func flexpriceEvent(_ id: String, timestamp: String = "2024-03-20T15:04:05.123Z") -> String {
        #"{"event_name":"api","event_id":"\#(id)","external_customer_id":"c","timestamp":"\#(timestamp)","properties":{}}"#
    }

    @Test func `Lago refuses a repeat with value_already_exist and bills the first`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            #expect(try await sandbox.lago("/events", #"{"event":\#(lagoEvent("t1"))}"#).status == 200)
            let again = try await sandbox.lago("/events", #"{"event":\#(lagoEvent("t1"))}"#)
            #expect(again.status == 422)
            #expect(again.text.contains(#""error_details":{"transaction_id":["value_already_exist"]}"#))
            #expect(try await sandbox.billed("lago") == ["t1"])
        }
    }

    @Test func `Lago refuses a batch whole, and names indexes in two passes`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            _ = try await sandbox.lago("/events", #"{"event":\#(lagoEvent("old"))}"#)
            let batch = "[\(lagoEvent("a")),\(lagoEvent("old")),{\"code\":\"x\",\"timestamp\":\"2024-03-20\"}]"
            let first = try await sandbox.lago("/events/batch", #"{"events":\#(batch)}"#)
            #expect(first.status == 422)
            #expect(
                first.text.contains(
                    #""error_details":{"2":{"transaction_id":["value_is_mandatory"],"timestamp":["invalid_format"]}}"#
                )
            )
            let second = try await sandbox.lago(
                "/events/batch",
                #"{"events":[\#(lagoEvent("a")),\#(lagoEvent("old"))]}"#
            )
            #expect(second.text.contains(#""error_details":{"1":{"transaction_id":["value_already_exist"]}}"#))
            #expect(try await sandbox.billed("lago") == ["old"])
        }
    }

    @Test func `Lago takes one transaction id once a batch, whatever the subscription`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            let batch = "[\(lagoEvent("t")),\(lagoEvent("t", subscription: "sub_2"))]"
            #expect(try await sandbox.lago("/events/batch", #"{"events":\#(batch)}"#).status == 422)
            #expect(try await sandbox.received("lago") == 0)
        }
    }

    @Test func `Lago on ClickHouse takes repeats, and another timestamp is another event`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            _ = try await sandbox.send(.PUT, "/sandbox/lago/settings", #"{"store":"clickhouse"}"#)
            for timestamp in ["1710947045.123", "1710947045.123", "1710947046"] {
                #expect(
                    try await sandbox.lago("/events", #"{"event":\#(lagoEvent("t", timestamp: timestamp))}"#).status
                        == 200
                )
            }
            #expect(try await sandbox.billed("lago").count == 2)
        }
    }

    @Test func `Polar counts duplicates and keeps the first`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            _ = try await sandbox.polar(#"{"events":[\#(polarEvent("a"))]}"#)
            let answer = try await sandbox.polar(#"{"events":[\#(polarEvent("a")),\#(polarEvent("b"))]}"#)
            #expect(answer.text == #"{"inserted":1,"duplicates":1}"#)
            #expect(try await sandbox.billed("polar") == ["a", "b"])
        }
    }

    @Test(arguments: [
        (#"{"x":null}"#, "2024-03-20T15:04:05Z"), (#"{"x":""}"#, "2024-03-20T15:04:05Z"),
        (#"{"x":{}}"#, "2024-03-20T15:04:05Z"),
        ("null", "2024-03-20T15:04:05Z"), ("{}", "2999-01-01T00:00:00Z"), ("{}", "2024-03-20T15:04:05"),
    ])
    func `Polar refuses a batch whole and names the event in loc`(metadata: String, timestamp: String) async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            let answer = try await sandbox.polar(
                #"{"events":[\#(polarEvent("a")),\#(polarEvent("b", timestamp: timestamp, metadata: metadata))]}"#
            )
            #expect(answer.status == 422)
            let detail = try answer.object["detail"] as? [[String: Any]] ?? []
            #expect(!detail.isEmpty)
            #expect(detail.allSatisfy { ($0["loc"] as? [Any])?[2] as? Int == 1 })
            #expect(try await sandbox.received("polar") == 0)
        }
    }

    @Test func `Polar refuses the organization with an organization token`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            let event =
                #"{"name":"n","external_customer_id":"c","organization_id":"1dbfc517-0bbf-4301-9ba8-555ca42b9737"}"#
            let answer = try await sandbox.polar(#"{"events":[\#(event)]}"#)
            #expect(answer.status == 422 && answer.text.contains("organization_token"))
        }
    }

    @Test func `Flexprice applies the events before the bad one of a bulk`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            let bulk =
                #"{"events":[\#(flexpriceEvent("a")),{"event_id":"b","external_customer_id":"c"},\#(flexpriceEvent("d"))]}"#
            let answer = try await sandbox.flexprice("/events/bulk", bulk)
            #expect(answer.status == 400)
            #expect(answer.text.contains("EventName"))
            #expect(try await sandbox.billed("flexprice") == ["a"])
        }
    }

    @Test func `Flexprice bills the same id at another second again`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            for timestamp in ["2024-03-20T15:04:05.123Z", "2024-03-20T15:04:05.123Z", "2024-03-20T15:04:06Z"] {
                #expect(try await sandbox.flexprice("/events", flexpriceEvent("a", timestamp: timestamp)).status == 202)
            }
            #expect(try await sandbox.received("flexprice") == 3)
            #expect(try await sandbox.billed("flexprice").count == 2)
        }
    }

    @Test func `Knetik counts every repeat, and answers 202 without a body`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            let event =
                #"{"request_type":"newEvent","category":"api","result":"success","event_timestamp":1710947045123,"send_timestamp":1710947045124,"user_id":"u","transaction_id":"t"}"#
            for _ in 1...2 {
                let answer = try await sandbox.knetik("/events", event)
                #expect(answer.status == 202 && answer.text.isEmpty)
            }
            #expect(try await sandbox.billed("knetik") == ["t", "t"])
            #expect(try await sandbox.knetik("/events", #"{"category":"api"}"#).status == 400)
            let batch = try await sandbox.knetik("/batch", #"{"batch":[\#(event),{"request_type":"newEvent"}]}"#)
            #expect(batch.status == 207)
            #expect(try await sandbox.billed("knetik").count == 3)
        }
    }

    @Test func `each refuses a wrong key in its own words`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            let lago = try await sandbox.send(.POST, "/lago/api/v1/events", "{}")
            #expect(lago.status == 401 && lago.text == #"{"status":401,"error":"Unauthorized"}"#)
            let flexprice = try await sandbox.send(.POST, "/flexprice/v1/events", "{}")
            #expect(flexprice.status == 401 && flexprice.text == #"{"error":"Unauthorized"}"#)
            let polar = try await sandbox.send(
                .POST,
                "/polar/v1/events/ingest",
                "{}",
                headers: [("Authorization", "Bearer x")]
            )
            #expect(polar.status == 401 && polar.text.contains("invalid_token"))
            #expect(try await sandbox.knetik("/events", "{}", account: "other").status == 401)
        }
    }
}
