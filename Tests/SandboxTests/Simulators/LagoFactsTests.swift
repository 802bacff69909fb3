import Foundation
import HTTPTypes
import Testing

@testable import Sandbox

/// Lago's reads and refusals, by the sheet of facts about its API (getlago/lago-api at 1b1c24a6).
@Suite struct LagoFactsTests {
    private let probe = SimulatorProbe.lago

    private func create(_ members: String, after: Double = 0) -> SimulatedAnswer {
        probe.post("/api/v1/events", #"{"event":{\#(members)}}"#, after: after)
    }

    @Test func `shows an event on PostgreSQL by the id and the members of its confirmation`() throws {
        let answer = create(
            #""transaction_id":"job-2031-step-4","external_subscription_id":"sub-acme","code":"compute_seconds","#
                + #""timestamp":1772366400.25,"properties":{"seconds":42.5}"#
        )
        let id = try #require(answer.json["event"]?["lago_id"]?.string)
        #expect(
            answer.text
                == #"{"event":{"lago_id":"\#(id)","transaction_id":"job-2031-step-4","lago_customer_id":null,"#
                + #""code":"compute_seconds","timestamp":"2026-03-01T12:00:00.250Z","precise_total_amount_cents":null,"#
                + #""properties":{"seconds":42.5},"lago_subscription_id":null,"external_subscription_id":"sub-acme","#
                + #""created_at":"2026-11-01T00:00:00Z"}}"#
        )
        #expect(probe.get("/api/v1/events/job-2031-step-4").text == answer.text)
        #expect(probe.get("/api/v1/events").json["events"]?.array == [answer.json["event"] ?? nil])
    }

    @Test func `confirms a batch in its order, with the ids that reads show`() {
        let answer = probe.send([ProbeEvent.lago("b"), ProbeEvent.lago("a")])
        let events = answer.json["events"]?.array ?? []
        #expect(events.compactMap { $0["transaction_id"]?.string } == ["b", "a"])
        for event in events {
            let id = event["transaction_id"]?.string ?? ""
            #expect(probe.get("/api/v1/events/\(id)").json["event"] == event)
        }
    }

    @Test func `has no ids yet on ClickHouse, and shows properties as texts`() throws {
        try probe.set(#"{"store":"clickhouse"}"#)
        let confirmed = create(
            #""transaction_id":"t","external_subscription_id":"s","code":"c","timestamp":"1772366400.2504","properties":{"n":1,"b":true,"z":null}"#
        ).json["event"]
        #expect(confirmed?["lago_id"]?.isNull == true && confirmed?["created_at"]?.isNull == true)
        #expect(confirmed?["timestamp"]?.string == "2026-03-01T12:00:00.250Z")
        #expect(confirmed?["properties"]?["n"]?.number == "1")
        let found = try #require(probe.get("/api/v1/events/t").json["event"])
        #expect(found["properties"]?.text == #"{"n":"1","b":"true","z":""}"#)
        #expect(found["lago_id"]?.string?.hasSuffix("-s-t-1793491200") == true)
        #expect(found["created_at"]?.string == "2026-11-01T00:00:00Z")
    }

    @Test(arguments: ["a/b", "a b", "ü", "%", "a?b#c"])
    func `finds an event by its encoded id, whatever characters it has`(id: String) throws {
        probe.send([ProbeEvent.lago(id)])
        let encoded = try #require(id.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        #expect(probe.get("/api/v1/events/\(encoded)").json["event"]?["transaction_id"]?.string == id)
    }

    @Test func `does not know other events and paths, each in its own words`() {
        #expect(
            probe.get("/api/v1/events/none").text == #"{"status":404,"error":"Not Found","code":"event_not_found"}"#
        )
        #expect(
            probe.get("/api/v1/nothing").text == #"{"status":404,"error":"Not Found","code":"resource_not_found"}"#
        )
    }

    @Test(arguments: ["Bearer \(SandboxCredentials.lago)", "Token \(SandboxCredentials.lago)"])
    func `takes the second word of the authorization, whatever the scheme`(field: String) {
        #expect(probe.ask(.get, "/api/v1/events") { $0[.authorization] = field }.status == 200)
    }

    @Test(arguments: [nil, "", SandboxCredentials.lago, "Bearer other"])
    func `refuses what is no key`(field: String?) {
        let answer = probe.ask(.get, "/api/v1/events") { $0[.authorization] = field }
        #expect(answer.status == 401 && answer.text == #"{"status":401,"error":"Unauthorized"}"#)
    }

    @Test(arguments: ["{}", #"{"event":null}"#, #"{"event":{}}"#])
    func `wants the root of an event`(body: String) {
        let answer = probe.post("/api/v1/events", body)
        #expect(answer.status == 400)
        #expect(
            answer.text
                == #"{"status":400,"error":"BadRequest: param is missing or the value is empty or invalid: event"}"#
        )
    }

    @Test(arguments: [
        (#""transaction_id":"t""#, #"{"code":["value_is_mandatory"]}"#),
        (#""code":"c""#, #"{"transaction_id":["value_is_mandatory"]}"#),
        (
            #""transaction_id":[1],"code":{}"#,
            #"{"transaction_id":["value_is_mandatory"],"code":["value_is_mandatory"]}"#
        ),
        (#""transaction_id":"t","code":"c","timestamp":"2026-03-01T12:00:00Z""#, #"{"timestamp":["invalid_format"]}"#),
        (#""transaction_id":"t","code":"c","timestamp":"""#, #"{"timestamp":["invalid_format"]}"#),
        (#""transaction_id":"t","code":"c","timestamp":true"#, #"{"timestamp":["invalid_format"]}"#),
    ])
    func `names the fields that are wrong`(members: String, details: String) {
        let answer = create(members)
        #expect(answer.status == 422)
        #expect(
            answer.text
                == #"{"status":422,"error":"Unprocessable Entity","code":"validation_errors","error_details":\#(details)}"#
        )
    }

    @Test func `takes the time of arrival, numbers as ids, and events of nobody`() {
        let answer = create(#""transaction_id":7,"code":"c","timestamp":null,"properties":[1]"#, after: 1.5).json[
            "event"
        ]
        #expect(answer?["transaction_id"]?.string == "7" && answer?["properties"]?.text == "{}")
        #expect(answer?["timestamp"]?.string == "2026-11-01T00:00:01.500Z")
        // PostgreSQL's index does not tell events without a subscription apart.
        #expect(create(#""transaction_id":7,"code":"c""#).status == 200)
        #expect(probe.list().total == 2)
    }

    @Test(arguments: [(0, "no_events"), (101, "too_many_events")])
    func `takes 1 to 100 events in a batch`(count: Int, code: String) {
        let answer = probe.send((0..<count).map { ProbeEvent.lago("t\($0)") })
        #expect(answer.status == 422 && answer.json["error_details"]?.text == #"{"events":["\#(code)"]}"#)
        #expect(probe.send((0..<100).map { ProbeEvent.lago("t\($0)") }).status == 200)
    }

    @Test func `lists a hundred events by default, and as many as are asked for`() {
        for start in [0, 100] { probe.send((start..<start + 100).map { ProbeEvent.lago("t\($0)") }) }
        #expect(probe.list().shown.count == 100)
        #expect(probe.list([("per_page", "150")]).shown.count == 150)
        #expect(
            probe.get("/api/v1/events", query: [("per_page", "150"), ("page", "2")]).json["meta"]?.text
                == #"{"current_page":2,"next_page":null,"prev_page":1,"total_pages":2,"total_count":200}"#
        )
    }

    @Test func `says in every answer what the limit is and how long to wait`() {
        let (limit, wait) = (RateLimit(requests: 50, windowMilliseconds: 1000), Duration.milliseconds(300))
        let verdict = LimitVerdict(isRefused: true, limit: limit, remaining: 0, wait: wait)
        let headers = probe.simulator.headers(verdict)
        #expect(headers.map(\.0) == ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"])
        #expect(headers.map(\.1) == ["50", "0", "1"])
        #expect(probe.simulator.refused(verdict).status == 429)
        #expect(probe.simulator.refused(verdict).header("Retry-After") == nil)
        let limits = probe.simulator.traits.documentedLimits
        #expect(limits["events"] == RateLimit(requests: 500, windowMilliseconds: 1000))
        #expect(limits["current_usage"] == RateLimit(requests: 200, windowMilliseconds: 1000))
        #expect(limits["other"] == RateLimit(requests: 50, windowMilliseconds: 1000))
    }
}
