import HTTPTypes
import Testing

@testable import Sandbox

/// Polar's customers, as far as the simulator has them, and what a customer's meters say where floats end.
@Suite struct PolarCustomerTests {
    private let probe = SimulatorProbe.polar

    private func create(_ body: String) -> SimulatedAnswer { probe.post("/v1/customers/", body) }

    @Test(
        arguments: [
            ("{", "json_invalid", "JSON decode error"),
            (#"{"external_id":"x"}"#, "missing", "Field required"),
            (
                #"{"email":"none"}"#, "value_error",
                "value is not a valid email address: An email address must have an @-sign."
            ),
            (#"{"email":"A@x"}"#, "value_error", "A customer with this email address already exists."),
            (#"{"email":"b@x","external_id":"a"}"#, "value_error", "A customer with this external ID already exists."),
        ]
    )
    func `refuses in the model's words`(body: String, type: String, message: String) {
        #expect(create(#"{"email":"a@x","external_id":"a"}"#).status == 201)
        let answer = create(body)
        let entry = answer.json["detail"]?.array?.first
        #expect(answer.status == 422 && entry?["type"] == .string(type) && entry?["msg"] == .string(message))
    }

    @Test func `finds a customer by either id, and removes it by the application's`() throws {
        let made = create(#"{"email":"a@x","external_id":"a/b","metadata":{"k":1}}"#)
        let id = try #require(made.json["id"]?.string)
        #expect(probe.get("/v1/customers/\(id.uppercased())").json == made.json)
        #expect(probe.get("/v1/customers/external/a%2Fb").json == made.json)
        #expect(probe.get("/v1/customers/a").json["detail"]?.array?.first?["type"] == "uuid_parsing")
        let gone = probe.ask(.delete, "/v1/customers/external/a%2Fb")
        #expect(gone.status == 204 && gone.body.isEmpty)
        for answer in [probe.get("/v1/customers/\(id)"), probe.ask(.delete, "/v1/customers/external/a%2Fb")] {
            #expect(answer.status == 404 && answer.text == #"{"error":"ResourceNotFound","detail":"Not found"}"#)
        }
    }

    @Test(arguments: ["/v1/customers", "/v1/subscriptions", "/v1/customer-meters"])
    func `an address without its slash is redirected, and keeps its method`(path: String) {
        let answer = probe.get(path)
        #expect(answer.status == 307 && answer.header("Location") == "/polar\(path)/" && answer.body.isEmpty)
    }

    @Test func `lists the newest first, by email or id`() {
        for name in ["a", "b", "c"] { _ = create(#"{"email":"\#(name)@x","external_id":"\#(name)"}"#) }
        func ids(_ query: [(String, String)]) -> [String] {
            (probe.get("/v1/customers/", query: query).json["items"]?.array ?? []).compactMap {
                $0["external_id"]?.string
            }
        }
        #expect(ids([]) == ["c", "b", "a"] && ids([("email", "b@x")]) == ["b"] && ids([("external_id", "a")]) == ["a"])
        #expect(ids([("limit", "2"), ("page", "2")]) == ["a"] && ids([("page", "9")]) == [])
        let page = probe.get("/v1/customers/", query: [("limit", "2")]).json["pagination"]
        #expect(page == ["total_count": 3, "max_page": 2])
    }

    /// The organization sells nothing, so there is nothing to subscribe to.
    @Test func `has no subscriptions`() {
        #expect(probe.get("/v1/subscriptions/").json["pagination"] == ["total_count": 0, "max_page": 0])
        let answer = probe.post("/v1/subscriptions/", #"{"product_id":"p"}"#)
        #expect(answer.status == 422 && answer.json["error"] == "PolarRequestValidationError")
        #expect(probe.ask(.delete, "/v1/subscriptions/").text == #"{"detail":"Method Not Allowed"}"#)
    }

    /// A customer's state counts its events by name.
    @Test func `shows a customer's state`() {
        _ = create(#"{"email":"a@x","external_id":"a"}"#)
        probe.send([
            ProbeEvent.polar("1", name: "n", customer: "a"), ProbeEvent.polar("2", name: "n", customer: "a"),
            ProbeEvent.polar("3", name: "m", customer: "b"),
        ])
        let meters = probe.get("/v1/customers/external/a/state").json["active_meters"]?.array
        #expect(meters?.map { $0["consumed_units"]?.number } == ["2.0"])
        #expect(probe.get("/v1/customers/external/none/state").status == 404)
    }
}

/// Polar's meters in hours and days.
@Suite struct PolarQuantityTests {
    private let probe = SimulatorProbe.polar

    private func meter(_ aggregation: String) -> String {
        let body = #"{"name":"m","filter":{"conjunction":"and","clauses":[]},"aggregation":\#(aggregation)}"#
        return probe.post("/v1/meters/", body).json["id"]?.string ?? ""
    }

    private func quantities(_ id: String, _ start: String, _ end: String, _ interval: String = "hour")
        -> SimulatedAnswer
    {
        probe.get(
            "/v1/meters/\(id)/quantities",
            query: [("start_timestamp", start), ("end_timestamp", end), ("interval", interval)]
        )
    }

    private func send(_ values: [(time: String, value: String)]) {
        probe.send(
            values.enumerated().map { index, event in
                ProbeEvent.polar("e\(index)", event.time, more: #","metadata":{"n":\#(event.value)}"#)
            }
        )
    }

    /// Each hour is shown whole, whatever the bounds; the hour of the end too.
    @Test func `adds up JSON numbers by whole hours`() {
        send([
            ("2026-10-01T09:59:59.999Z", "1"), ("2026-10-01T10:00:00Z", "2"), ("2026-10-01T10:59:59Z", "0.5"),
            ("2026-10-01T11:00:00Z", "4"), ("2026-10-01T12:00:00Z", "8"), ("2026-10-01T10:30:00Z", #""7""#),
            ("2026-10-01T10:30:00Z", "true"),
        ])
        let answer = quantities(
            meter(#"{"func":"sum","property":"n"}"#),
            "2026-10-01T10:30:00Z",
            "2026-10-01T11:30:00Z"
        )
        #expect(
            answer.text
                == #"{"quantities":[{"timestamp":"2026-10-01T10:30:00.000Z","quantity":2.5},"#
                + #"{"timestamp":"2026-10-01T11:30:00.000Z","quantity":4.0}],"total":6.5}"#
        )
    }

    @Test(arguments: [
        ("2026-10-01T00:00:00Z", "2026-10-08T23:59:59Z", "hour", 200),
        ("2026-10-01T00:00:00Z", "2026-10-09T00:00:00Z", "hour", 422),
        ("2025-10-01T00:00:00Z", "2026-10-02T00:00:00Z", "day", 200),
        ("2025-10-01T00:00:00Z", "2026-10-03T00:00:00Z", "day", 422),
        ("2026-10-02T00:00:00Z", "2026-10-01T00:00:00Z", "hour", 422),
        ("2026-10-01T00:00:00Z", "2026-10-01T00:00:00Z", "hour", 200),
        ("soon", "2026-10-01T00:00:00Z", "hour", 422), ("2026-10-01T00:00:00Z", "2026-10-01T00:00:00Z", "week", 422),
        ("2026-10-01T00:00:00Z", "2026-10-01T00:00:00Z", "", 422),
        ("0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "day", 422),
    ])
    func `a span may have seven days of hours, and 366 days`(start: String, end: String, interval: String, status: Int)
    {
        #expect(quantities(meter(#"{"func":"count"}"#), start, end, interval).status == status)
    }

    /// A sum beyond a float once made an answer that was no JSON.
    @Test(arguments: [["1.7e308", "1.7e308"], ["1e400"], ["-1.7e308", "-1.7e308"]])
    func `a sum beyond a float is a failure of the vendor`(values: [String]) {
        _ = probe.post("/v1/customers/", #"{"email":"c@x","external_id":"c"}"#)
        send(values.map { ("2026-10-01T10:00:00Z", $0) })
        let id = meter(#"{"func":"sum","property":"n"}"#)
        for answer in [
            quantities(id, "2026-10-01T10:00:00Z", "2026-10-01T11:00:00Z"),
            probe.get("/v1/customer-meters/", query: [("meter_id", id)]),
        ] {
            #expect(answer.status == 500 && answer.text == "Internal Server Error")
        }
    }

    @Test(arguments: [
        #"{"func":"sum"}"#, #"{"func":"median","property":"n"}"#, "{}", "null", #"{"func":"max","property":7}"#,
    ])
    func `a meter that could not be computed is refused`(aggregation: String) {
        let body = #"{"name":"m","filter":{"conjunction":"and","clauses":[]},"aggregation":\#(aggregation)}"#
        #expect(probe.post("/v1/meters/", body).status == 422)
        #expect(probe.get("/v1/meters/none").text == #"{"error":"ResourceNotFound","detail":"Not found"}"#)
    }
}
