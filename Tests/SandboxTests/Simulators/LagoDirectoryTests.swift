import HTTPTypes
import Testing

@testable import Sandbox

/// Lago's customers, subscriptions and billable metrics, as far as the simulator has them.
@Suite struct LagoDirectoryTests {
    private let probe = SimulatorProbe.lago

    private static func refused(_ details: String) -> String {
        #"{"status":422,"error":"Unprocessable Entity","code":"validation_errors","error_details":\#(details)}"#
    }

    @Test(
        arguments: [
            ("customers", #"{"customer":{"name":"x"}}"#, refused(#"{"external_id":["value_is_mandatory"]}"#)),
            ("customers", #"{"customer":{"external_id":""}}"#, refused(#"{"external_id":["value_is_mandatory"]}"#)),
            (
                "customers", #"{"customer":{"external_id":"c","email":"no"}}"#,
                refused(#"{"email":["invalid_email_format"]}"#)
            ),
            (
                "customers", #"{"customer":{"external_id":"c","currency":"EURO"}}"#,
                refused(#"{"currency":["value_is_invalid"]}"#)
            ),
            (
                "customers", "{}",
                #"{"status":400,"error":"BadRequest: param is missing or the value is empty or invalid: customer"}"#
            ),
            ("customers", "{", #"{"status":400,"error":"Bad Request"}"#),
            (
                "subscriptions", #"{"subscription":{"plan_code":"pro","external_id":"s"}}"#,
                refused(#"{"external_customer_id":["value_is_mandatory"]}"#)
            ),
            (
                "subscriptions",
                #"{"subscription":{"external_customer_id":"c","plan_code":"none","external_id":"s"}}"#,
                #"{"status":404,"error":"Not Found","code":"plan_not_found"}"#
            ),
            (
                "subscriptions", #"{"subscription":{"external_customer_id":"c","plan_code":"pro"}}"#,
                refused(#"{"external_id":["value_is_mandatory"]}"#)
            ),
            ("billable_metrics", #"{"billable_metric":{"code":"c"}}"#, refused(#"{"name":["value_is_mandatory"]}"#)),
            ("billable_metrics", #"{"billable_metric":{"name":"n"}}"#, refused(#"{"code":["value_is_mandatory"]}"#)),
            (
                "billable_metrics", #"{"billable_metric":{"name":"n","code":"c","aggregation_type":"median"}}"#,
                refused(#"{"aggregation_type":["value_is_invalid"]}"#)
            ),
            (
                "billable_metrics", #"{"billable_metric":{"name":"n","code":"c","aggregation_type":"sum_agg"}}"#,
                refused(#"{"field_name":["value_is_mandatory"]}"#)
            ),
        ]
    )
    func `names what is wrong with a record`(path: String, body: String, text: String) {
        #expect(probe.post("/api/v1/\(path)", body).text == text)
    }

    @Test func `a customer with a known id is changed, member by member`() throws {
        let path = "/api/v1/customers"
        let first = probe.post(path, #"{"customer":{"external_id":"c","name":"a","email":"a@x"}}"#).json["customer"]
        let second = probe.post(path, #"{"customer":{"external_id":"c","name":"b"}}"#, after: 60).json["customer"]
        #expect(second?["lago_id"] == first?["lago_id"] && second?["name"] == "b" && second?["email"] == "a@x")
        #expect(second?["created_at"] == "2026-11-01T00:00:00Z")
        #expect(probe.get("\(path)/c").json["customer"] == second)
        #expect(probe.get(path).json["meta"]?["total_count"] == 1)
    }

    /// One letter in two normal forms makes two ids, as in a database.
    @Test func `ids are told by bytes`() {
        let path = "/api/v1/customers"
        for id in ["é", "e\u{301}"] { _ = probe.post(path, #"{"customer":{"external_id":"\#(id)","name":"\#(id)"}}"#) }
        #expect(probe.get(path).json["meta"]?["total_count"] == 2)
        for encoded in ["%C3%A9", "e%CC%81"] { #expect(probe.get("\(path)/\(encoded)").status == 200, "\(encoded)") }
        let name = probe.get("\(path)/e%CC%81").json["customer"]?["name"]?.string
        #expect(name?.utf8.count == 3)
    }

    @Test func `a customer comes into being with its subscription, and goes alone`() {
        let body = #"{"subscription":{"external_customer_id":"c","plan_code":"starter","external_id":"s"}}"#
        #expect(probe.post("/api/v1/subscriptions", body).status == 200)
        #expect(probe.get("/api/v1/customers/c").status == 200)
        let gone = probe.ask(.delete, "/api/v1/customers/c")
        #expect(gone.status == 200 && gone.json["customer"]?["external_id"] == "c")
        let missing = probe.ask(.delete, "/api/v1/customers/c")
        #expect(missing.text == #"{"status":404,"error":"Not Found","code":"customer_not_found"}"#)
        #expect(probe.get("/api/v1/subscriptions/s").status == 200)
    }

    /// Seconds relative to the probe's start, 2026-11-01T00:00:00Z.
    @Test(
        arguments: [
            ("2026-11-01T00:00:01Z", "2026-12-01T00:00:00Z", 0, "pending"), ("2026-11-01T00:00:01Z", nil, 1, "active"),
            ("2026-10-01T00:00:00Z", "2026-11-01T00:00:01Z", 0, "active"),
            ("2026-10-01T00:00:00Z", "2026-11-01T00:00:01Z", 1, "terminated"), (nil, nil, 0, "active"),
        ] as [(String?, String?, Double, String)]
    )
    func `a subscription begins and ends at its times`(start: String?, end: String?, after: Double, status: String) {
        let times = [("subscription_at", start), ("ending_at", end)].compactMap { name, time in
            time.map { #","\#(name)":"\#($0)""# }
        }.joined()
        let body = #"{"subscription":{"external_customer_id":"c","plan_code":"pro","external_id":"own"\#(times)}}"#
        #expect(probe.post("/api/v1/subscriptions", body).status == 200)
        let shown = probe.get("/api/v1/subscriptions", query: [("status[]", status)], after: after).json
        #expect(shown["subscriptions"]?.array?.map { $0["status"] } == [.string(status)])
        let only = shown["subscriptions"]?.array?.first
        #expect((only?["terminated_at"]?.isNull == true) == (status != "terminated"))
        #expect((only?["started_at"]?.isNull == true) == (status == "pending"))
    }

    @Test func `a metric's code is taken once, and lists have the newest metric first`() {
        let path = "/api/v1/billable_metrics"
        for code in ["a", "b"] {
            let body = #"{"billable_metric":{"name":"n","code":"\#(code)","aggregation_type":"count_agg"}}"#
            #expect(probe.post(path, body).status == 200)
            #expect(probe.post(path, body).text == Self.refused(#"{"code":["value_already_exist"]}"#))
        }
        #expect(probe.get(path).json["billable_metrics"]?.array?.map { $0["code"] } == ["b", "a"])
        let second = probe.get(path, query: [("page", "2"), ("per_page", "1")]).json
        #expect(second["billable_metrics"]?.array?.map { $0["code"] } == ["a"] && second["meta"]?["prev_page"] == 1)
        #expect(probe.get("\(path)/none").json["code"] == "billable_metric_not_found")
    }
}
