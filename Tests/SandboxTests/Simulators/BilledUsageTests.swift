import Testing

@testable import Sandbox

/// What simulated vendors show of usage: as they bill, each by its own clock and numbers.
@Suite struct BilledUsageTests {
    // MARK: Lago

    private func lago(_ metrics: [(code: String, kind: String, field: String?)]) -> SimulatorProbe {
        let probe = SimulatorProbe.lago
        for metric in metrics {
            let field = metric.field.map { #","field_name":"\#($0)""# } ?? ""
            let body =
                #"{"billable_metric":{"name":"\#(metric.code)","code":"\#(metric.code)","aggregation_type":"\#(metric.kind)"\#(field)}}"#
            #expect(probe.post("/api/v1/billable_metrics", body).status == 200)
        }
        let body =
            #"{"subscription":{"external_customer_id":"c","plan_code":"pro","external_id":"s","subscription_at":"2026-09-15T12:00:00Z"}}"#
        #expect(probe.post("/api/v1/subscriptions", body).status == 200)
        return probe
    }

    private func usage(_ probe: SimulatorProbe, after: Double = 0) -> SandboxJSON? {
        let query = [("external_subscription_id", "s")]
        return probe.get("/api/v1/customers/c/current_usage", query: query, after: after).json["customer_usage"]
    }

    private func units(_ usage: SandboxJSON?) -> [String: String] {
        let charges = usage?["charges_usage"]?.array ?? []
        return Dictionary(
            uniqueKeysWithValues: charges.map {
                ($0["billable_metric"]?["code"]?.string ?? "", $0["units"]?.string ?? "")
            }
        )
    }

    private static func event(_ id: String, _ code: String, _ value: String, _ time: String = "1793577600") -> String {
        #"{"transaction_id":"\#(id)","external_subscription_id":"s","code":"\#(code)","timestamp":"\#(time)","properties":{"n":\#(value)}}"#
    }

    @Test func `Lago aggregates as its metric says, and exactly`() {
        let probe = lago([
            ("sum", "sum_agg", "n"), ("max", "max_agg", "n"), ("unique", "unique_count_agg", "n"),
            ("latest", "latest_agg", "n"), ("count", "count_agg", nil),
        ])
        let values = ["0.1", #""0.2""#, #""1e3""#, "true", "-0.05"]
        for code in ["sum", "max", "unique", "latest", "count"] {
            probe.send(
                values.enumerated().map { Self.event("\(code)\($0.offset)", code, $0.element, "179357760\($0.offset)") }
            )
        }
        probe.send([Self.event("other", "none", "1")])
        let shown = usage(probe)
        // "1e3" and true are no numbers to it.
        #expect(
            units(shown) == [
                "sum": "0.25", "max": "0.2", "unique": "5.0", "latest": "-0.05", "count": "5.0", "none": "1.0",
            ]
        )
        let counts = (shown?["charges_usage"]?.array ?? []).map { $0["events_count"]?.number }
        #expect(counts == ["5", "3", "3", "1", "3", "5"])
    }

    @Test func `Lago counts an event in the month of its timestamp, and none before the subscription`() {
        let probe = lago([("count", "count_agg", nil)])
        // 2026-09-15T11:59:59Z, then 12:00:00, 10-31T23:59:59.999, 11-01T00:00:00, 11-30T23:59:59, 12-01.
        let times = ["1789473599", "1789473600", "1793491199.999", "1793491200", "1796083199", "1796083200"]
        probe.send(times.enumerated().map { Self.event("e\($0.offset)", "count", "1", $0.element) })
        let shown = usage(probe)
        #expect(shown?["from_datetime"] == "2026-11-01T00:00:00Z" && shown?["to_datetime"] == "2026-11-30T23:59:59Z")
        #expect(units(shown) == ["count": "2.0"])
        let past = probe.get("/api/v1/customers/c/past_usage", query: [("external_subscription_id", "s")]).json
        let periods = past["usage_periods"]?.array ?? []
        #expect(periods.map { $0["from_datetime"] } == ["2026-10-01T00:00:00Z", "2026-09-15T12:00:00Z"])
        #expect(periods.map { units($0) } == [["count": "1.0"], ["count": "1.0"]])
    }

    @Test func `usage comes later than the list, by the setting`() throws {
        let probe = lago([])
        try probe.set(#"{"usage_after_ms":2000}"#)
        probe.send([Self.event("a", "x", "1")])
        #expect(probe.list().total == 1 && units(usage(probe, after: 1.9)) == [:])
        #expect(units(usage(probe, after: 2)) == ["x": "1.0"])
    }

    @Test func `Lago refuses metrics that it could not compute, and usage without a subscription`() {
        let probe = lago([("a", "count_agg", nil)])
        for (body, field) in [
            (#"{"name":"b","code":"a","aggregation_type":"count_agg"}"#, "code"),
            (#"{"name":"b","code":"b","aggregation_type":"sum_agg"}"#, "field_name"),
            (#"{"name":"b","code":"b","aggregation_type":"average"}"#, "aggregation_type"),
            (#"{"code":"b","aggregation_type":"count_agg"}"#, "name"),
        ] {
            let answer = probe.post("/api/v1/billable_metrics", #"{"billable_metric":\#(body)}"#)
            #expect(answer.status == 422 && answer.json["error_details"]?[field] != nil, "\(body)")
        }
        #expect(probe.get("/api/v1/billable_metrics/a").json["billable_metric"]?["aggregation_type"] == "count_agg")
        #expect(probe.get("/api/v1/billable_metrics").json["meta"]?["total_count"] == 1)
        let none = probe.get("/api/v1/customers/c/current_usage", query: [("external_subscription_id", "other")])
        #expect(none.status == 405 && none.json["code"] == "no_active_subscription")
    }

    @Test func `Lago lists a subscription by its id, and by default those that are active`() throws {
        let probe = SimulatorProbe.lago
        func make(_ id: String, _ more: String) {
            let body =
                #"{"subscription":{"external_customer_id":"c","plan_code":"pro","external_id":"\#(id)"\#(more)}}"#
            #expect(probe.post("/api/v1/subscriptions", body).status == 200)
        }
        make("s", #","subscription_at":"2026-09-15T12:00:00Z""#)
        make("ended", #","subscription_at":"2026-09-15T12:00:00Z","ending_at":"2026-10-01T00:00:00Z""#)
        make("later", #","subscription_at":"2027-01-01T00:00:00Z""#)
        func list(_ query: [(String, String)]) -> [SandboxJSON] {
            probe.get("/api/v1/subscriptions", query: query).json["subscriptions"]?.array ?? []
        }
        #expect(list([]).map { $0["external_id"]?.string } == ["s"])
        let both = [("status[]", "active"), ("status[]", "terminated")]
        #expect(list(both).map { $0["status"]?.string } == ["active", "terminated"])
        #expect(
            list(both)[0]["started_at"] == "2026-09-15T12:00:00.000Z"
                && list(both)[0]["terminated_at"] == nil as SandboxJSON
        )
        #expect(list(both)[1]["terminated_at"] == "2026-10-01T00:00:00Z")
        #expect(list([("external_id", "ended")]).isEmpty)
        #expect(list(both + [("external_id", "ended")]).count == 1)
        #expect(list([("status[]", "pending")]).map { $0["started_at"] } == [nil as SandboxJSON])
        // What starts with "sub" need not be made.
        #expect(list([("external_id", "sub_x")]).map { $0["external_customer_id"]?.string } == ["x"])
        #expect(probe.get("/api/v1/subscriptions/sub_x").status == 200)
        try probe.set(#"{"without_subscription":["sub_x"]}"#)
        #expect(list([("external_id", "sub_x")]).isEmpty)
        #expect(probe.get("/api/v1/subscriptions/sub_x").status == 404)
        func estimate(_ id: String) -> SandboxJSON? {
            let event = #"{"event":{"code":"api_request","external_subscription_id":"\#(id)"}}"#
            return probe.post("/api/v1/events/estimate_fees", event).json["code"]
        }
        #expect(estimate("sub_x") == "subscription_not_found" && estimate("ended") == "subscription_not_found")
        #expect(estimate("sub_y") == nil && estimate("s") == nil)
    }

    // MARK: Polar

    @Test func `Polar counts all events while nobody has made a meter, but for names without one`() throws {
        let probe = SimulatorProbe.polar
        #expect(probe.post("/v1/customers/", #"{"email":"c@example.com","external_id":"c"}"#).status == 201)
        probe.send(["a", "b"].map { #"{"name":"\#($0)","external_customer_id":"c"}"# })
        #expect(consumed(probe, []) == ["c": "2.0"])
        try probe.set(#"{"without_metric":["b"]}"#)
        #expect(consumed(probe, []) == ["c": "1.0"])
        let meters = probe.get("/v1/meters/").json["items"]?.array ?? []
        #expect(meters.map { $0["filter"]?["clauses"]?.array?.first?["value"]?.string } == ["b"])
        let body = #"{"name":"B","aggregation":{"func":"count"},"filter":{"conjunction":"and","clauses":[]}}"#
        #expect(probe.post("/v1/meters/", body).status == 201)
        #expect(probe.get("/v1/meters/").json["pagination"]?["total_count"] == 1 && consumed(probe, []) == ["c": "2.0"])
    }

    private func polar(_ aggregation: String) -> (probe: SimulatorProbe, meter: String) {
        let probe = SimulatorProbe.polar
        for id in ["c", "d"] {
            let customer = #"{"email":"\#(id)@example.com","external_id":"\#(id)"}"#
            #expect(probe.post("/v1/customers/", customer).status == 201)
        }
        let body =
            #"{"name":"Units","aggregation":\#(aggregation),"filter":{"conjunction":"and","clauses":[{"property":"name","operator":"eq","value":"api"}]}}"#
        let meter = probe.post("/v1/meters/", body).json
        return (probe, meter["id"]?.string ?? "")
    }

    private func consumed(_ probe: SimulatorProbe, _ query: [(String, String)], after: Double = 0) -> [String: String] {
        let items = probe.get("/v1/customer-meters/", query: query, after: after).json["items"]?.array ?? []
        return Dictionary(
            uniqueKeysWithValues: items.map {
                ($0["customer"]?["external_id"]?.string ?? "", $0["consumed_units"]?.number ?? "")
            }
        )
    }

    @Test func `Polar adds floats, by receipt, and of known customers only`() {
        let (probe, meter) = polar(#"{"func":"sum","property":"n"}"#)
        func event(_ id: String, _ customer: String, _ value: String, _ time: String = "2026-10-31T00:00:00Z") -> String
        {
            ProbeEvent.polar(id, time, name: "api", customer: customer, more: #","metadata":{"n":\#(value)}"#)
        }
        probe.send([
            event("a", "c", "0.1"), event("b", "c", "0.2"), event("text", "c", #""5""#),
            event("old", "d", "3", "2020-01-01T00:00:00Z"),
            event("nobody", "x", "9"),
        ])
        #expect(consumed(probe, [("meter_id", meter)]) == ["c": "0.30000000000000004", "d": "3.0"])
        #expect(consumed(probe, [("external_customer_id", "d")]) == ["d": "3.0"])
        #expect(consumed(probe, [("meter_id", "00000000-0000-4000-8000-000000000000")]) == [:])
        let page = probe.get("/v1/customer-meters/", query: [("limit", "1"), ("page", "2")]).json
        #expect(page["items"]?.array?.count == 1 && page["pagination"] == ["total_count": 2, "max_page": 2])
    }

    @Test(arguments: [
        (#"{"func":"count"}"#, "4.0"), (#"{"func":"max","property":"n"}"#, "7.5"),
        (#"{"func":"unique","property":"n"}"#, "3.0"),
    ])
    func `Polar aggregates as its meter says`(aggregation: String, expected: String) throws {
        let (probe, meter) = polar(aggregation)
        try probe.set(#"{"usage_after_ms":1000}"#)
        for (index, value) in ["1", "7.5", "7.5", #""7""#].enumerated() {
            probe.send([ProbeEvent.polar("e\(index)", name: "api", more: #","metadata":{"n":\#(value)}"#)])
        }
        #expect(consumed(probe, [("meter_id", meter)], after: 0.9) == [:])
        #expect(consumed(probe, [("meter_id", meter)], after: 1) == ["c": expected])
    }

    // MARK: Flexprice

    private func flexprice(_ aggregation: String, filters: String = "[]") -> (probe: SimulatorProbe, feature: String) {
        let probe = SimulatorProbe.flexprice
        for id in ["c", "d"] {
            #expect(probe.post("/v1/customers", #"{"external_id":"\#(id)","name":"\#(id)"}"#).status == 201)
        }
        let body =
            #"{"external_customer_id":"c","plan_id":"plan_pro","currency":"usd","start_date":"2026-10-01T00:00:00Z"}"#
        #expect(probe.post("/v1/subscriptions", body).status == 201)
        let meter =
            #"{"name":"m","event_name":"api","aggregation":\#(aggregation),"filters":\#(filters),"reset_usage":"BILLING_PERIOD"}"#
        let feature = probe.post("/v1/features", #"{"name":"f","type":"metered","meter":\#(meter)}"#)
        #expect(feature.status == 201)
        return (probe, feature.json["id"]?.string ?? "")
    }

    private func analytics(_ probe: SimulatorProbe, _ customer: String, after: Double = 60) -> SandboxJSON? {
        let body =
            #"{"external_customer_id":"\#(customer)","start_time":"2026-09-01T00:00:00Z","end_time":"2026-11-01T00:00:00Z"}"#
        return probe.post("/v1/events/analytics", body, after: after).json["items"]
    }

    @Test(arguments: [
        (#"{"type":"SUM","field":"n"}"#, "3.25", "6"), (#"{"type":"MAX","field":"n"}"#, "2.5", "6"),
        (#"{"type":"COUNT"}"#, "5", "5"), (#"{"type":"COUNT_UNIQUE","field":"n"}"#, "4", "6"),
        (#"{"type":"LATEST","field":"n"}"#, "0.25", "6"),
    ])
    func `Flexprice bills decimals, and what is negative or no number as nothing`(
        aggregation: String,
        units: String,
        events: String
    ) {
        let (probe, feature) = flexprice(aggregation)
        func event(_ id: String, _ second: Int, _ value: String) -> String {
            ProbeEvent.flexprice(id, "2026-10-30T10:00:0\(second).5Z", properties: #"{"n":\#(value)}"#)
        }
        probe.send([
            event("a", 0, "2.5"), event("b", 1, #""0.25""#), event("c", 2, "-4"), event("d", 3, "true"),
            // The same id in another second is another row, but for a count.
            event("a", 4, #""0.25""#), event("e", 5, #""0.25""#),
            // Before the subscription, and after the window.
            ProbeEvent.flexprice("early", "2026-09-30T00:00:00Z"), ProbeEvent.flexprice("late", "2026-11-01T00:00:00Z"),
        ])
        let items = analytics(probe, "c")?.array ?? []
        #expect(items.map { $0["total_usage"] } == [.string(units)])
        #expect(items.map { $0["event_count"]?.number } == [events] && items[0]["feature_id"] == .string(feature))
    }

    @Test func `Flexprice bills nothing without a subscription, and by the meter's filters`() throws {
        let (probe, _) = flexprice(#"{"type":"COUNT"}"#, filters: #"[{"key":"n","values":["1"]}]"#)
        probe.send([
            ProbeEvent.flexprice("a", "2026-10-30T10:00:00Z"),
            ProbeEvent.flexprice("b", "2026-10-30T10:00:00Z", properties: #"{"n":"2"}"#),
            ProbeEvent.flexprice("c", "2026-10-30T10:00:00Z", customer: "d"),
        ])
        #expect(analytics(probe, "c")?.array?.map { $0["event_count"] } == [1])
        #expect(analytics(probe, "d")?.array == [])
        #expect(analytics(probe, "nobody") == nil)
        try probe.set(#"{"without_subscription":["c"]}"#)
        #expect(analytics(probe, "c")?.array == [])
        let search = probe.post("/v1/features/search", #"{"limit":10,"expand":"meters"}"#).json["items"]?.array ?? []
        #expect(search.map { $0["meter"]?["event_name"] } == ["api"])
        #expect(probe.post("/v1/features/search", "{}").json["items"]?.array?.map { $0["meter"] } == [nil])
    }
}
