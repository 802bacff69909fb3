import Testing

@testable import Sandbox

/// `POST /events/estimate_fees`: the order of its refusals, and a fee, by Lago's fact sheet.
@Suite struct LagoEstimateTests {
    private let probe = SimulatorProbe.lago

    private func estimate(_ members: String) -> SimulatedAnswer {
        probe.post("/api/v1/events/estimate_fees", #"{"event":{\#(members)}}"#)
    }

    /// Each row has the fault that is found first, and those that come after it.
    @Test(
        arguments: [
            (#""code":"none","timestamp":"x""#, 404, "subscription_not_found"),
            (#""external_subscription_id":"other","code":"none","timestamp":"x""#, 404, "subscription_not_found"),
            (
                #""external_subscription_id":"sub_1","code":"none","timestamp":"x""#, 422,
                #"{"timestamp":["invalid_format"]}"#
            ),
            (#""external_subscription_id":"sub_1","code":"none""#, 404, "billable_metric_not_found"),
            (
                #""external_subscription_id":"sub_1","code":"arrears""#, 422,
                #"{"code":["does_not_match_an_instant_charge"]}"#
            ),
            (
                #""external_subscription_id":"sub_1","code":"api_request","properties":{"units":"x"}"#, 422,
                #"{"properties":["value_is_not_valid_number"]}"#
            ),
        ]
    )
    func `refuses in Lago's order`(members: String, status: Int, text: String) throws {
        try probe.set(#"{"without_metric":["none"]}"#)
        let answer = estimate(members)
        #expect(answer.status == status)
        #expect(status == 404 ? answer.json["code"]?.string == text : answer.json["error_details"]?.text == text)
    }

    @Test(arguments: [
        ("1", "2"), ("2.5", "5"), (#""3""#, "6"), ("0", "0"), ("-4", "-8"), ("0.25", "1"), ("1e3", "2000"),
        ("1000000000000", "2000000000000"),
    ])
    func `prices units in whole cents`(units: String, cents: String) {
        let answer = estimate(
            #""external_subscription_id":"sub_1","code":"api_request","properties":{"units":\#(units)}"#
        )
        #expect(answer.status == 200)
        let fee = answer.json["fees"]?.array?.first
        #expect(fee?["amount_cents"]?.number == cents && fee?["total_amount_cents"]?.number == cents)
        // Text by the document, whatever was sent.
        #expect(fee?["units"]?.string == units.filter { $0 != "\"" })
        #expect(
            fee?["lago_id"]?.isNull == true && fee?["created_at"]?.isNull == true && fee?["taxes_rate"]?.number == "0"
        )
    }

    @Test(arguments: ["1000000000001", "-1e13", "1e400", #""NaN""#, #""inf""#, "9223372036854775807"])
    func `refuses units that no bill holds`(units: String) {
        let answer = estimate(
            #""external_subscription_id":"sub_1","code":"api_request","properties":{"units":\#(units)}"#
        )
        #expect(answer.json["error_details"] == ["properties": ["value_is_not_valid_number"]])
    }

    @Test func `stores nothing, and needs no id`() {
        #expect(
            estimate(#""external_subscription_id":"sub_1","code":"api_request","transaction_id":null"#).status == 200
        )
        #expect(probe.simulator.books.counts.received == 0)
        let missing = probe.post("/api/v1/events/estimate_fees", #"{"events":[]}"#)
        #expect(missing.status == 400 && missing.json["error"]?.string?.hasSuffix(": event") == true)
    }

    /// Subscriptions that start with `sub` need not be made, but for those that a setting names; one that has ended is none.
    @Test func `knows active subscriptions only`() throws {
        let event = { (id: String) in #""external_subscription_id":"\#(id)","code":"api_request""# }
        #expect(estimate(event("submarine")).status == 200 && estimate(event("su")).status == 404)
        try probe.set(#"{"without_subscription":["sub_1"]}"#)
        #expect(estimate(event("sub_1")).status == 404)
        for (id, times) in [
            ("ended", #""ending_at":"2026-10-31T00:00:00Z""#), ("later", #""subscription_at":"2026-11-02T00:00:00Z""#),
            ("now", #""ending_at":"2026-11-02T00:00:00Z""#),
        ] {
            let body =
                #"{"subscription":{"external_customer_id":"c","plan_code":"pro","external_id":"\#(id)",\#(times)}}"#
            #expect(probe.post("/api/v1/subscriptions", body).status == 200)
            #expect(estimate(event(id)).status == (id == "now" ? 200 : 404), "\(id)")
        }
    }
}
