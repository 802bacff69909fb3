import HTTPTypes
import Testing

@testable import Sandbox

/// Knetik's answers, by the sheet of facts about its API, which is known from its clients alone.
@Suite struct KnetikFactsTests {
    private let probe = SimulatorProbe.knetik

    private func send(
        _ path: String,
        _ body: String,
        account: (String, String) = ("customerId", SandboxCredentials.knetik),
        type: String? = "application/json"
    ) -> SimulatedAnswer {
        probe.ask(.post, path, body, query: [account]) { $0[.contentType] = type }
    }

    private func event(_ members: String...) -> String {
        let all = [
            #""category":"api""#, #""result":"success""#, #""event_timestamp":1772366400250"#,
            #""send_timestamp":1772366401003"#, #""transaction_id":"t""#,
        ]
        return "{\((all + members).joined(separator: ","))}"
    }

    @Test(arguments: ["customerId", "customer_id"])
    func `knows the account by either name of the parameter`(name: String) {
        let answer = send("/v2/events", event(#""user_id":"u""#), account: (name, SandboxCredentials.knetik))
        #expect(answer.status == 202 && answer.body.isEmpty)
        let other = send("/v2/events", event(#""user_id":"u""#), account: (name, "other"))
        #expect(
            other.status == 401 && other.text == #"{"code":401,"errors":["customer not authorized for this service"]}"#
        )
        #expect(probe.simulator.books.counts.received == 1)
    }

    @Test(arguments: [
        [#""user_id":"u""#], [#""device_id":"d""#], [#""user_id":"u""#, #""request_type":"newEvent""#],
        // Unity's client writes every field that is not set as null, Java's writes the type twice.
        [#""user_id":"u""#, #""device_id":"d""#, #""request_type":null"#, #""event_properties":null"#],
        [#""user_id":"u""#, #""request_type":"newEvent""#, #""request_type":"newEvent""#],
        [#""user_id":"u""#, #""event_properties":{"seconds":42.5,"region":"eu","cached":false}"#],
    ])
    func `takes what its clients send`(members: [String]) {
        let all = members.joined(separator: ",")
        #expect(send("/v2/events", event(all)).status == 202)
    }

    @Test(arguments: [
        ("{}", "category may not be null"), ("[]", "request may not be null"),
        (#"{"category":"c"}"#, "user_id or device_id is required"), (#"{"category":""}"#, "category may not be null"),
        (#"{"event_timestamp":"1772366400250"}"#, "event_timestamp must be an integer"),
        (#"{"event_timestamp":1.5}"#, "event_timestamp must be an integer"),
        (#"{"request_type":"newUser"}"#, "request_type must be newEvent"),
        (#"{"event_properties":[]}"#, "event_properties must be an object"),
        (
            #"{"event_properties":{"a":null}}"#,
            "event_properties.a must be a string, a number or a boolean"
        ),
    ])
    func `refuses with 400 and a list of what is wrong`(body: String, message: String) {
        let answer = send("/v2/events", body)
        #expect(answer.status == 400 && answer.json["code"]?.number == "400")
        #expect(answer.json["errors"]?.array?.compactMap(\.string).contains(message) == true)
        #expect(probe.simulator.books.counts.received == 0)
    }

    @Test func `wants JSON, a POST, and one of two paths`() {
        #expect(send("/v2/events", "{", type: "application/json").status == 400)
        #expect(send("/v2/events", "customerId=a", type: "application/x-www-form-urlencoded").status == 415)
        #expect(send("/v2/events", event(#""user_id":"u""#), type: nil).status == 415)
        #expect(send("/v2/other", "{}").status == 404)
        #expect(probe.ask(.get, "/v2/events", query: [("customerId", SandboxCredentials.knetik)]).status == 405)
    }

    @Test func `answers a batch event by event, and stores the valid ones`() {
        let good = event(#""user_id":"u""#, #""request_type":"newEvent""#)
        let whole = send("/v2/batch", #"{"batch":[\#(good),\#(good)]}"#)
        let stored = #"{"code":202,"errors":null,"request":null}"#
        #expect(whole.status == 202 && whole.text == "[\(stored),\(stored)]")
        let partly = send("/v2/batch", #"{"batch":[\#(event(#""user_id":"u""#)),\#(good)]}"#)
        #expect(partly.status == 207)
        let results = partly.json.array ?? []
        #expect(results.map { $0["code"]?.number } == ["400", "202"])
        #expect(results.first?["errors"]?.array?.compactMap(\.string) == ["request_type must be newEvent here"])
        #expect(results.first?["request"]?["transaction_id"]?.string == "t")
        // Nothing is known of deduplication, so there is none.
        #expect(probe.simulator.books.counts.billed == 3)
    }
}
