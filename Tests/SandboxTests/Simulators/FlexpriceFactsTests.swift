import HTTPTypes
import Testing

@testable import Sandbox

/// Flexprice's reads and refusals, by the sheet of facts about its API (flexprice/flexprice at e4b5303f).
@Suite struct FlexpriceFactsTests {
    private let probe = SimulatorProbe.flexprice

    private func error(_ message: String) -> String {
        #"{"code":"validation_error","message":"\#(message)","http_status_code":400}"#
    }

    @Test func `confirms events with texts only, and a bulk without ids`() throws {
        let single = probe.post("/v1/events", ProbeEvent.flexprice("e/1"))
        #expect(single.status == 202)
        #expect(single.text == #"{"event_id":"e/1","message":"Event accepted for processing"}"#)
        let bulk = probe.send([ProbeEvent.flexprice("e2")])
        #expect(bulk.status == 202 && bulk.text == #"{"message":"Events accepted for processing"}"#)
        let own = probe.post("/v1/events", #"{"event_name":"n","external_customer_id":"c","timestamp":null}"#)
        #expect(own.json["event_id"]?.string?.hasPrefix("event_") == true)
    }

    @Test func `shows what it keeps, with zeros left out`() {
        probe.send([ProbeEvent.flexprice("e1", "2026-11-01T01:00:00.120+01:00", properties: #"{"n":[1,{"a":null}]}"#)])
        let answer = probe.post("/v1/events/query", #"{"page_size":2}"#, after: 1)
        #expect(
            answer.text
                == #"{"events":[{"id":"e1","external_customer_id":"c","customer_id":"","event_name":"api","#
                + #""timestamp":"2026-11-01T00:00:00.12Z","ingested_at":"2026-11-01T00:00:00Z","#
                + #""properties":{"n":[1,{"a":null}]},"source":"","environment_id":"env_sandbox"}],"has_more":false,"#
                + #""iter_first_key":"1793491200120000000::e1","iter_last_key":"1793491200120000000::e1","#
                + #""total_count":1,"offset":2}"#
        )
        #expect(
            probe.post("/v1/events/query", #"{"event_name":"none"}"#, after: 1).text
                == #"{"events":[],"has_more":false,"offset":50}"#
        )
    }

    @Test func `looks at the last seven days unless it is asked for others`() {
        probe.send([
            ProbeEvent.flexprice("old", "2026-10-24T23:59:59Z"), ProbeEvent.flexprice("edge", "2026-10-25T00:00:00Z"),
            ProbeEvent.flexprice("new", "2026-10-31T00:00:00Z"), ProbeEvent.flexprice("next", "2026-11-01T00:00:01Z"),
        ])
        func ids(_ body: String) -> [String] {
            (probe.post("/v1/events/query", body).json["events"]?.array ?? []).compactMap { $0["id"]?.string }
        }
        #expect(ids("{}") == ["new", "edge"])
        #expect(ids(#"{"start_time":"2026-10-01T00:00:00Z"}"#) == ["new", "edge", "old"])
        #expect(ids(#"{"end_time":"2026-11-01T00:00:01Z"}"#) == ["next", "new"])
        let early = probe.post(
            "/v1/events/query",
            #"{"start_time":"2026-10-02T00:00:00Z","end_time":"2026-10-01T00:00:00Z"}"#
        )
        #expect(early.status == 400 && early.text == error("end time must be after start time"))
    }

    @Test func `pages by keys in both directions`() throws {
        probe.send((1...5).map { ProbeEvent.flexprice("e\($0)", "2026-10-31T00:00:0\($0)Z") })
        func page(_ more: String) -> SandboxJSON { probe.post("/v1/events/query", #"{"page_size":2\#(more)}"#).json }
        func ids(_ page: SandboxJSON) -> [String] { (page["events"]?.array ?? []).compactMap { $0["id"]?.string } }
        let first = page("")
        #expect(ids(first) == ["e5", "e4"] && first["has_more"]?.bool == true)
        let last = try #require(first["iter_last_key"]?.string)
        let second = page(#","iter_last_key":"\#(last)""#)
        #expect(ids(second) == ["e3", "e2"] && second["has_more"]?.bool == true && second["offset"]?.number == nil)
        let end = page(#","iter_last_key":"\#(second["iter_last_key"]?.string ?? "")""#)
        #expect(ids(end) == ["e1"] && end["has_more"]?.bool == false && end["iter_last_key"]?.string == nil)
        let newer = page(#","iter_first_key":"\#(second["iter_first_key"]?.string ?? "")""#)
        #expect(ids(newer) == ["e5", "e4"])
        let bad = probe.post("/v1/events/query", #"{"iter_last_key":"e5"}"#)
        #expect(bad.status == 400 && bad.text == error("Invalid cursor key format"))
    }

    @Test func `filters by customer, name, id, source and texts among the properties`() {
        probe.send([
            ProbeEvent.flexprice("e1", name: "a", customer: "x", properties: #"{"k":"1","j":"z"}"#),
            ProbeEvent.flexprice("e2", name: "b", customer: "y", properties: #"{"k":"2"}"#),
            // A number is no text.
            ProbeEvent.flexprice("e3", name: "b", customer: "x", properties: #"{"k":1}"#),
        ])
        func ids(_ body: String) -> [String] {
            (probe.post("/v1/events/query", body).json["events"]?.array ?? []).compactMap { $0["id"]?.string }.sorted()
        }
        #expect(ids(#"{"external_customer_id":"x"}"#) == ["e1", "e3"])
        #expect(ids(#"{"event_name":"b","external_customer_id":"x"}"#) == ["e3"])
        #expect(ids(#"{"event_id":"e2"}"#) == ["e2"])
        #expect(ids(#"{"source":"api"}"#) == [])
        #expect(ids(#"{"property_filters":{"k":["1","2"]}}"#) == ["e1", "e2"])
        #expect(ids(#"{"property_filters":{"k":["1","2"],"j":["z"]}}"#) == ["e1"])
    }

    @Test func `takes the same as parameters, and fifty at most`() {
        probe.send((1...60).map { ProbeEvent.flexprice("e\($0)", properties: #"{"k":"\#($0)"}"#) })
        let many = probe.get("/v1/events", query: [("page_size", "60")]).json
        #expect(many["events"]?.array?.count == 50 && many["has_more"]?.bool == true)
        #expect(probe.post("/v1/events/query", #"{"page_size":60}"#).json["events"]?.array?.count == 60)
        let some = probe.get("/v1/events", query: [("property_filters", "k:1,2;j:3")]).json
        #expect(some["events"]?.array?.count == 0)
        #expect(
            probe.get("/v1/events", query: [("property_filters", "k:1,2")]).json["events"]?.array?.count == 2
        )
    }

    @Test(arguments: ["page_size", "offset", "start_time"])
    func `refuses members of another type`(name: String) {
        let body = #"{"\#(name)":"x"}"#
        #expect(probe.post("/v1/events/query", body).text == error("Invalid request payload"))
    }

    @Test func `looks an event up by its id, also at the former address`() throws {
        probe.send([ProbeEvent.flexprice("a/b c")])
        for answer in [
            probe.get("/v1/events/lookup", query: [("id", "a/b c")]), probe.get("/v1/events/a%2Fb%20c"),
            probe.get("/v1/events/lookup", query: [("id", "a/b c"), ("external_customer_id", "c")]),
        ] {
            #expect(answer.status == 200 && answer.json["event"]?["id"]?.string == "a/b c")
            #expect(answer.json["status"]?.string == "processed")
        }
        let other = probe.get("/v1/events/lookup", query: [("id", "a/b c"), ("external_customer_id", "d")])
        #expect(other.status == 404 && other.json["code"]?.string == "not_found")
        #expect(probe.get("/v1/events/none").status == 404)
    }

    @Test(arguments: [
        (#""without_customer":["c"]"#, "customer_lookup"), (#""without_metric":["api"]"#, "meter_lookup"),
        (#""without_subscription":["c"]"#, "subscription_line_item_lookup"),
    ])
    func `says in a lookup why an event is not billed`(setting: String, step: String) throws {
        try probe.set("{\(setting)}")
        probe.send([ProbeEvent.flexprice("e1")])
        let answer = probe.get("/v1/events/lookup", query: [("id", "e1")]).json
        #expect(answer["status"]?.string == "failed")
        #expect(answer["debug_tracker"]?["failure_point"]?["failure_point_type"]?.string == step)
    }

    @Test(arguments: [0, 1001])
    func `takes 1 to 1000 events in a bulk`(count: Int) {
        let answer = probe.send((0..<count).map { ProbeEvent.flexprice("e\($0)") })
        #expect(answer.status == 400 && answer.json["message"]?.string == "Request validation failed")
        let tag = count == 0 ? "min" : "max"
        #expect(answer.json["details"]?["Events"]?.string?.hasSuffix("failed on the '\(tag)' tag") == true)
        #expect(probe.list().total == 0)
        #expect(probe.send((0..<1000).map { ProbeEvent.flexprice("e\($0)") }).status == 202)
    }

    @Test(arguments: [
        #"{"external_customer_id":"c"}"#, #"{"event_name":"n"}"#, #"{"event_name":"","external_customer_id":"c"}"#,
        #"{"event_name":1,"external_customer_id":"c"}"#, "[]", "{",
        #"{"event_name":"n","external_customer_id":"c","properties":[]}"#,
        #"{"event_name":"n","external_customer_id":"c","timestamp":1793491200}"#,
        #"{"event_name":"n","external_customer_id":"c","timestamp":""}"#,
        #"{"event_name":"n","external_customer_id":"c","timestamp":"2026-11-01T00:00:00"}"#,
        #"{"event_name":"n","external_customer_id":"c","timestamp":"2026-11-01 00:00:00Z"}"#,
        #"{"event_name":"n","external_customer_id":"c","timestamp":"2026-11-01T00:00:60Z"}"#,
        #"{"event_name":"n","external_customer_id":"c","timestamp":"2026-11-01T00:00:00+0530"}"#,
    ])
    func `refuses a single event without naming the field`(event: String) {
        let answer = probe.post("/v1/events", event)
        #expect(answer.status == 400 && answer.text == error("Invalid request payload"))
    }

    @Test func `names the field of a bulk's event, and not which event it is`() {
        let answer = probe.send([ProbeEvent.flexprice("e1"), #"{"event_name":"n","event_id":"e2"}"#])
        #expect(
            answer.text
                == #"{"code":"validation_error","message":"Request validation failed","http_status_code":400,"details":{"#
                + #""ExternalCustomerID":"Key: 'IngestEventRequest.ExternalCustomerID' Error:Field validation for "#
                + #"'ExternalCustomerID' failed on the 'required' tag"}}"#
        )
    }

    @Test func `refuses without a key, and does not know other paths`() {
        let none = probe.ask(.post, "/v1/events") { $0[.xAPIKey] = nil }
        #expect(none.status == 401 && none.text == #"{"error":"Unauthorized"}"#)
        let unknown = probe.get("/v1/nothing")
        #expect(unknown.status == 404 && unknown.text == "404 page not found")
        #expect(unknown.header("Content-Type")?.hasPrefix("text/plain") == true)
        #expect(probe.ask(.options, "/v1/events") { $0[.xAPIKey] = nil }.status == 200)
    }

    @Test func `limits single events by a thousand, and bulks by a hundred in a minute`() {
        let limits = probe.simulator.traits.documentedLimits
        #expect(limits["single"] == RateLimit(requests: 1000, windowMilliseconds: 60_000))
        #expect(limits["other"] == RateLimit(requests: 100, windowMilliseconds: 60_000))
        let verdict = LimitVerdict(
            isRefused: true,
            limit: RateLimit(requests: 100, windowMilliseconds: 60_000),
            remaining: 0,
            wait: .seconds(5)
        )
        #expect(probe.simulator.refused(verdict).text == #"{"error":"Rate limit exceeded. Try again later."}"#)
        #expect(
            probe.simulator.headers(verdict).map(\.0)
                == ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"]
        )
    }
}
