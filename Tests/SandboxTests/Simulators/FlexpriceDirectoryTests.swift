import Testing

@testable import Sandbox

/// Flexprice's customers, subscriptions, meters and features, as far as the simulator has them.
@Suite struct FlexpriceDirectoryTests {
    private let probe = SimulatorProbe.flexprice

    private static func error(_ status: Int, _ code: String, _ message: String) -> String {
        #"{"code":"\#(code)","message":"\#(message)","http_status_code":\#(status)}"#
    }

    private static let invalid = error(400, "validation_error", "Request validation failed")
    private static let unread = error(400, "validation_error", "Invalid request payload")

    @Test(
        arguments: [
            ("customers", "{", unread), ("customers", "[]", unread), ("customers", "{}", invalid),
            ("customers", #"{"external_id":"c"}"#, invalid), ("customers", #"{"name":"n"}"#, invalid),
            ("customers", #"{"external_id":"","name":"n"}"#, invalid),
            ("subscriptions", #"{"plan_id":"plan_pro"}"#, invalid),
            (
                "subscriptions", #"{"external_customer_id":"none","plan_id":"plan_pro","currency":"usd"}"#,
                error(404, "not_found", "customer not found")
            ),
            (
                "subscriptions", #"{"external_customer_id":"known","plan_id":"plan_none","currency":"usd"}"#,
                error(404, "not_found", "plan not found")
            ),
            ("meters", "{", unread), ("meters", #"{"name":"m","event_name":"n"}"#, invalid),
            (
                "meters",
                #"{"name":"m","event_name":"n","reset_usage":"NEVER","aggregation":{"type":"SUM"}}"#, invalid
            ),
            ("features", #"{"name":"f","type":"boolean"}"#, invalid),
            (
                "features", #"{"name":"f","type":"metered"}"#,
                error(400, "validation_error", "meter_id is required for metered features")
            ),
        ]
    )
    func `names what is wrong with a record`(path: String, body: String, text: String) {
        _ = probe.post("/v1/customers", #"{"external_id":"known","name":"k"}"#)
        #expect(probe.post("/v1/\(path)", body).text == text)
    }

    @Test func `a customer is made once, and found by either id`() throws {
        let body = #"{"external_id":"c/1","name":"n"}"#
        let made = probe.post("/v1/customers", body)
        let id = try #require(made.json["id"]?.string)
        #expect(made.status == 201)
        #expect(
            probe.post("/v1/customers", body).text
                == Self.error(409, "already_exists", "A customer with this identifier already exists")
        )
        #expect(probe.get("/v1/customers/\(id)").json == made.json)
        #expect(probe.get("/v1/customers/external/c%2F1").json == made.json)
        #expect(probe.get("/v1/customers/c%2F1").text == Self.error(404, "not_found", "customer not found"))
        #expect(probe.get("/v1/subscriptions/none").text == Self.error(404, "not_found", "subscription not found"))
    }

    @Test(arguments: [
        ("{}", "e d c b a", 50, 0), (#"{"limit":2}"#, "e d", 2, 0), (#"{"limit":2,"offset":3}"#, "b a", 2, 3),
        (#"{"offset":9}"#, "", 50, 9), (#"{"limit":0,"offset":-1}"#, "e d c b a", 50, 0),
        (#"{"limit":"2"}"#, "e d c b a", 50, 0),
        ("nonsense", "e d c b a", 50, 0),
    ])
    func `a search has the newest first, and says which page it is`(
        body: String,
        expected: String,
        limit: Int,
        offset: Int
    ) {
        for id in ["a", "b", "c", "d", "e"] {
            #expect(probe.post("/v1/customers", #"{"external_id":"\#(id)","name":"n"}"#).status == 201)
        }
        let found = probe.post("/v1/customers/search", body).json
        #expect(found["items"]?.array?.compactMap { $0["external_id"]?.string }.joined(separator: " ") == expected)
        #expect(found["pagination"]?.text == #"{"total":5,"limit":\#(limit),"offset":\#(offset)}"#)
    }

    @Test func `a meter serves several features, and a feature can bring its own`() throws {
        let meter = #"{"name":"m","event_name":"n","aggregation":{"type":"COUNT"},"reset_usage":"NEVER"}"#
        let id = try #require(probe.post("/v1/meters", meter).json["id"]?.string)
        for name in ["a", "b"] {
            let feature = probe.post("/v1/features", #"{"name":"\#(name)","type":"metered","meter_id":"\#(id)"}"#)
            #expect(feature.status == 201 && feature.json["meter_id"] == .string(id))
        }
        let own = probe.post("/v1/features", #"{"name":"c","type":"metered","meter":\#(meter)}"#).json["meter_id"]
        #expect(own?.string != id && own != nil)
        #expect(probe.get("/v1/meters").json["pagination"]?["total"] == 2)
        #expect(probe.get("/v1/meters", query: [("limit", "1")]).json["items"]?.array?.count == 1)
    }
}

/// What the usage of a name comes to where floats end.
@Suite struct FlexpriceUsageLimitTests {
    private func usage(_ values: [String]) -> SimulatedAnswer {
        let probe = SimulatorProbe.flexprice
        probe.send(values.enumerated().map { ProbeEvent.flexprice("e\($0)", properties: #"{"n":\#($1)}"#) })
        return probe.post(
            "/v1/events/usage",
            #"{"event_name":"api","aggregation_type":"SUM","property_name":"n","start_time":"2026-10-31T00:00:00Z"}"#,
            after: 60
        )
    }

    @Test(arguments: [
        (["1e308", "-1e308"], "0"), (["0.1", "0.2"], "0.30000000000000004"),
        ([#""5""#, "true", "null", "[]", "{}"], "5.0"),
        ([#""1e400""#, "2"], "2.0"), ([#""NaN""#, #""inf""#, "2"], "2.0"), (["9007199254740993"], "9007199254740992.0"),
    ])
    func `adds up as 64-bit floats, and what is no number is 0`(values: [String], sum: String) {
        // Nothing is left out, as Go does with zeros.
        #expect(usage(values).json["value"]?.number == (sum == "0" ? nil : sum))
    }

    /// A sum beyond a float once made an answer that was no JSON.
    @Test func `a sum beyond a float is a failure of the vendor`() {
        let answer = usage(["1.7e308", "1.7e308"])
        #expect(answer.status == 500 && answer.json["code"] == "internal_error")
    }
}
