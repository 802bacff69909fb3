import Events
import Testing
import Vendors

/// What vendors show of usage and of their catalogues, with bytes alone.
@Suite struct UsageReadsTests {
    private static let window = ReadWindow(
        from: Timestamp(rfc3339: "2026-11-01T00:00:00Z")!,
        until: Timestamp(rfc3339: "2026-12-01T00:00:00Z")!
    )
    private static let subscriber = UsageCustomer(id: "c 1", subscriptionID: "s/1")

    private func reader(_ name: AdapterName) throws -> any VendorReader {
        try #require(VendorRegistry.adapter(named: name)?.reader)
    }

    /// What an inquiry asks in its turn, and what it comes to.
    private func run<Value>(_ inquiry: VendorInquiry<Value>, _ answers: [(status: Int, body: String)]) -> (
        asked: [String], end: VendorInquiry<Value>
    ) {
        var (inquiry, asked, rest) = (inquiry, [String](), answers[...])
        while case .ask(let request, let next) = inquiry {
            asked.append("\(request.method) \(request.path) \(String(decoding: request.body, as: UTF8.self))")
            guard let answer = rest.popFirst() else { break }
            inquiry = next(VendorAnswer(status: answer.status, body: Array(answer.body.utf8)))
        }
        return (asked, inquiry)
    }

    private func done<Value>(_ end: VendorInquiry<Value>) throws -> Value {
        guard case .done(let value) = end else {
            throw DeliveryFault(code: .vendorError, message: "\(end)")
        }
        return value
    }

    // MARK: Lago

    private static func lago(_ from: String, _ to: String, _ charges: String) -> String {
        #"{"from_datetime":"\#(from)","to_datetime":"\#(to)","charges_usage":[\#(charges)]}"#
    }

    private static func charge(_ code: String, _ units: String, _ events: Int) -> String {
        #"{"units":\#(units),"events_count":\#(events),"billable_metric":{"code":"\#(code)"}}"#
    }

    @Test func `Lago's current usage is that of the period it names, and a metric that it does not charge is nothing`()
        throws
    {
        let charges = [Self.charge("api", #""12.50""#, 3), Self.charge("other", #""1""#, 1)].joined(separator: ",")
        let usage = Self.lago("2026-11-01T00:00:00Z", "2026-11-30T23:59:59Z", charges)
        let (asked, end) = run(
            try reader("lago").usage(of: Self.subscriber, metrics: ["api", "gb"], in: Self.window),
            [(200, #"{"customer_usage":\#(usage)}"#)]
        )
        #expect(asked == ["GET /api/v1/customers/c%201/current_usage?external_subscription_id=s%2F1 "])
        #expect(
            try done(end) == [
                VendorUsage(metric: "api", customerID: "c 1", units: "12.50", events: 3, period: Self.window),
                VendorUsage(metric: "gb", customerID: "c 1", units: "0", events: nil, period: Self.window),
            ]
        )
    }

    @Test func `Lago tells what a metric costs, unless a plan charges it twice`() throws {
        func priced(_ code: String, _ events: Int) -> String {
            #"{"units":"4","events_count":\#(events),"amount_cents":1250,"amount_currency":"EUR","billable_metric":{"code":"\#(code)"}}"#
        }
        let charges = [priced("api", 4), priced("gb", 4), priced("gb", 3), Self.charge("free", "1", 1)]
        let usage = Self.lago("2026-11-01T00:00:00Z", "2026-11-30T23:59:59Z", charges.joined(separator: ","))
        let (_, end) = run(
            try reader("lago").usage(of: Self.subscriber, metrics: ["api", "gb", "free"], in: Self.window),
            [(200, #"{"customer_usage":\#(usage)}"#)]
        )
        #expect(try done(end).map(\.billed) == [BilledAmount(amount: "12.50", currency: "EUR"), nil, nil])
    }

    @Test func `Lago's closed periods come from its past usage, page by page`() throws {
        let current = Self.lago("2026-12-01T00:00:00Z", "2026-12-31T23:59:59Z", "")
        let december = Self.lago("2026-12-01T00:00:00Z", "2026-12-31T23:59:59Z", "")
        let november = Self.lago("2026-11-01T00:00:00Z", "2026-11-30T23:59:59Z", Self.charge("api", "7", 7))
        let inquiry = try reader("lago").usage(of: Self.subscriber, metrics: ["api"], in: Self.window)
        let (asked, end) = run(
            inquiry,
            [
                (200, #"{"customer_usage":\#(current)}"#),
                (200, #"{"usage_periods":[\#(december)],"meta":{"next_page":2}}"#),
                (200, #"{"usage_periods":[\#(november)],"meta":{"next_page":null}}"#),
            ]
        )
        #expect(asked.count == 3 && asked[2].hasPrefix("GET /api/v1/customers/c%201/past_usage?"))
        #expect(asked[2].contains("page=2"))
        #expect(
            try done(end) == [VendorUsage(metric: "api", customerID: "c 1", units: "7", events: 7, period: Self.window)]
        )
        let october = Self.lago("2026-10-01T00:00:00Z", "2026-10-31T23:59:59Z", "")
        let (_, older) = run(
            inquiry,
            [
                (200, #"{"customer_usage":\#(current)}"#),
                (200, #"{"usage_periods":[\#(october)],"meta":{"next_page":2}}"#),
            ]
        )
        #expect(try done(older).isEmpty, "no period of the window follows an earlier one")
    }

    @Test func `Lago is asked for the customer of a subscription that is named alone`() throws {
        let usage = Self.lago("2026-11-01T00:00:00Z", "2026-11-30T23:59:59Z", Self.charge("api", #""2.0""#, 2))
        let (asked, end) = run(
            try reader("lago").usage(
                of: UsageCustomer(id: nil, subscriptionID: "s"),
                metrics: ["api"],
                in: Self.window
            ),
            [
                (200, #"{"subscription":{"external_customer_id":"owner"}}"#),
                (200, #"{"customer_usage":\#(usage)}"#),
            ]
        )
        #expect(asked[0] == "GET /api/v1/subscriptions/s " && asked[1].contains("/customers/owner/"))
        #expect(try done(end).map(\.customerID) == ["owner"])
    }

    @Test(arguments: [
        (404, #"{"code":"customer_not_found"}"#), (404, #"{"code":"subscription_not_found"}"#),
        (405, #"{"code":"no_active_subscription"}"#),
    ])
    func `who has no subscription at Lago is billed for nothing`(status: Int, body: String) throws {
        let inquiry = try reader("lago").usage(of: Self.subscriber, metrics: ["api"], in: Self.window)
        let own = #"{"subscription":{"external_customer_id":"c 1"}}"#
        for owner in [(404, #"{"code":"subscription_not_found"}"#), (200, own)] {
            let (asked, end) = run(inquiry, [(status, body), owner])
            #expect(try done(end).isEmpty)
            #expect(asked.last == "GET /api/v1/subscriptions/s%2F1 ")
        }
    }

    @Test func `a subscription at Lago may be of a customer that it knows by another id`() throws {
        let usage = Self.lago("2026-11-01T00:00:00Z", "2026-11-30T23:59:59Z", Self.charge("api", #""2.0""#, 2))
        let (_, end) = run(
            try reader("lago").usage(of: Self.subscriber, metrics: ["api"], in: Self.window),
            [
                (404, #"{"code":"customer_not_found"}"#), (200, #"{"subscription":{"external_customer_id":"other"}}"#),
                (200, #"{"customer_usage":\#(usage)}"#),
            ]
        )
        #expect(try done(end).map(\.units) == ["2.0"])
    }

    /// What is not understood is never nothing.
    @Test(arguments: [
        (404, #"{"code":"resource_not_found"}"#), (405, "{}"), (500, ""), (200, "{}"), (200, "nonsense"),
        (200, #"{"customer_usage":{"from_datetime":"2026-11-01T00:00:00Z","charges_usage":[]}}"#),
        (200, #"{"customer_usage":{"from_datetime":"x","to_datetime":"y","charges_usage":[]}}"#),
        (
            200,
            #"{"customer_usage":{"from_datetime":"2026-11-01T00:00:00Z","to_datetime":"2026-11-30T23:59:59Z","charges_usage":[{"units":"many","billable_metric":{"code":"api"}}]}}"#
        ),
        (401, "{}"),
    ])
    func `an answer of Lago's that is not understood is a failure`(status: Int, body: String) throws {
        let (_, end) = run(
            try reader("lago").usage(of: Self.subscriber, metrics: ["api"], in: Self.window),
            [(status, body)]
        )
        guard case .failed = end else {
            Issue.record("\(body) was taken for usage")
            return
        }
    }

    @Test func `of a metric that Lago charges twice, the charge with the most events counts`() throws {
        let charges = [Self.charge("api", "1", 1), Self.charge("api", "9", 9), Self.charge("api", "3", 3)]
        let usage = Self.lago("2026-11-01T00:00:00Z", "2026-11-30T23:59:59Z", charges.joined(separator: ","))
        let (_, end) = run(
            try reader("lago").usage(of: Self.subscriber, metrics: ["api"], in: Self.window),
            [(200, #"{"customer_usage":\#(usage)}"#)]
        )
        #expect(try done(end).map(\.units) == ["9"])
    }

    @Test func `Lago's catalogue is its billable metrics`() throws {
        let first =
            #"{"name":"API","code":"api","aggregation_type":"sum_agg","field_name":"units","expression":null}"#
        let second =
            #"{"name":"W","code":"w","aggregation_type":"weighted_sum_agg","field_name":"units","expression":""}"#
        let third =
            #"{"name":"X","code":"x","aggregation_type":"sum_agg","field_name":"t","expression":"event.properties.a * 2"}"#
        let (asked, end) = run(
            try reader("lago").catalogue(),
            [
                (200, #"{"billable_metrics":[\#(first),\#(second)],"meta":{"next_page":2}}"#),
                (200, #"{"billable_metrics":[\#(third)],"meta":{"next_page":null}}"#),
            ]
        )
        #expect(asked == [1, 2].map { "GET /api/v1/billable_metrics?page=\($0)&per_page=100 " })
        let metrics = try done(end)
        #expect(metrics.map(\.id) == ["api", "w", "x"] && metrics.map(\.aggregate) == [.sum, nil, nil])
        #expect(metrics[0].property == "units" && metrics[0].eventName == "api")
        #expect(metrics[2].vendorAggregate.contains("event.properties.a"))
    }

    // MARK: Polar

    @Test func `Polar's customer meters are read page by page, with the digits that it shows`() throws {
        func page(_ customer: String, _ units: String) -> String {
            #"{"items":[{"meter_id":"m","consumed_units":\#(units),"customer":{"external_id":\#(customer)}}],"pagination":{"total_count":2,"max_page":2}}"#
        }
        let (asked, end) = run(
            try reader("polar").usage(of: "m"),
            [(200, page(#""c""#, "0.30000000000000004")), (200, page("null", "5.0"))]
        )
        #expect(asked[0] == "GET /v1/customer-meters/?meter_id=m&page=1&limit=100&sorting=created_at ")
        #expect(asked.count == 2 && asked[1].contains("page=2"))
        #expect(
            try done(end) == [
                VendorUsage(metric: "m", customerID: "c", units: "0.30000000000000004", events: nil, period: nil),
                VendorUsage(metric: "m", customerID: nil, units: "5.0", events: nil, period: nil),
            ]
        )
        let (_, garbled) = run(
            try reader("polar").usage(of: "m"),
            [(200, #"{"items":[{}],"pagination":{"max_page":1}}"#)]
        )
        guard case .failed = garbled else {
            Issue.record("an item without units was taken for usage")
            return
        }
    }

    @Test(arguments: [
        (
            #"{"conjunction":"and","clauses":[{"property":"name","operator":"eq","value":"api"}]}"#, "api",
            String?.none
        ),
        (
            #"{"conjunction":"or","clauses":[{"conjunction":"and","clauses":[{"property":"name","operator":"eq","value":"api"}]}]}"#,
            "api", nil
        ),
        (
            #"{"conjunction":"and","clauses":[{"property":"name","operator":"eq","value":"api"},{"property":"region","operator":"eq","value":"eu"}]}"#,
            "api", #"{"property":"region","operator":"eq","value":"eu"}"#
        ),
        (
            #"{"conjunction":"or","clauses":[{"property":"name","operator":"eq","value":"a"},{"property":"name","operator":"eq","value":"b"}]}"#,
            nil,
            #"{"conjunction":"or","clauses":[{"property":"name","operator":"eq","value":"a"},{"property":"name","operator":"eq","value":"b"}]}"#
        ),
        (#"{"conjunction":"and","clauses":[]}"#, nil, nil),
    ])
    func `Polar's meters tell the one name that they take, and what else they want`(
        filter: String,
        name: String?,
        rest: String?
    ) throws {
        let meter =
            #"{"id":"m","name":"Units","aggregation":{"func":"sum","property":"metadata.units"},"filter":\#(filter)}"#
        let (_, end) = run(
            try reader("polar").catalogue(),
            [(200, #"{"items":[\#(meter)],"pagination":{"max_page":1}}"#)]
        )
        let metric = try #require(try done(end).first)
        #expect(metric.eventName == name && metric.filter == rest)
        #expect(metric.aggregate == .sum && metric.property == "units")
    }

    // MARK: Flexprice

    @Test(arguments: [
        (#","total_cost":"0.10","currency":"usd""#, #","total_cost":0.02,"currency":"usd""#, "0.12"),
        (#","total_cost":"0.10","currency":"usd""#, #","total_cost":"0.02","currency":"eur""#, nil),
        (#","total_cost":"0.10","currency":"usd""#, "", nil), ("", "", nil),
        (#","total_cost":"cheap","currency":"usd""#, #","total_cost":"0.02","currency":"usd""#, nil),
        (#","total_cost":"1""#, #","total_cost":"1""#, nil),
    ])
    func `Flexprice tells what a feature costs, if all its items do, in one currency`(
        first: String,
        second: String,
        amount: String?
    ) throws {
        let items = [first, second].map { #"{"feature_id":"f","total_usage":"1","event_count":1\#($0)}"# }
        let (_, end) = run(
            try reader("flexprice").usage(
                of: UsageCustomer(id: "c", subscriptionID: nil),
                metrics: ["f"],
                in: Self.window
            ),
            [(200, #"{"items":[\#(items.joined(separator: ","))]}"#)]
        )
        #expect(try done(end).map(\.billed) == [amount.map { BilledAmount(amount: $0, currency: "USD") }])
    }

    @Test func `Flexprice's analytics are asked by customer, and the items of a feature add up`() throws {
        let items =
            #"{"items":[{"feature_id":"f","total_usage":"0.1","event_count":1},{"feature_id":"f","total_usage":0.2,"event_count":2}]}"#
        let (asked, end) = run(
            try reader("flexprice").usage(
                of: UsageCustomer(id: "c", subscriptionID: nil),
                metrics: ["f"],
                in: Self.window
            ),
            [(200, items)]
        )
        let body =
            #"{"external_customer_id":"c","feature_ids":["f"],"start_time":"2026-11-01T00:00:00Z","end_time":"2026-12-01T00:00:00Z"}"#
        #expect(asked == ["POST /v1/events/analytics \(body)"])
        #expect(
            try done(end) == [VendorUsage(metric: "f", customerID: "c", units: "0.3", events: 3, period: nil)]
        )
        let inquiry = try reader("flexprice").usage(
            of: UsageCustomer(id: "c", subscriptionID: nil),
            metrics: ["f"],
            in: Self.window
        )
        #expect(try done(run(inquiry, [(404, #"{"code":"not_found"}"#)]).end).isEmpty)
        #expect(try done(run(inquiry, [(200, #"{"items":null}"#)]).end).isEmpty)
        guard case .failed = run(inquiry, [(404, "404 page not found")]).end else {
            Issue.record("a missing address was taken for a customer without usage")
            return
        }
    }

    @Test func `Flexprice's catalogue is its metered features`() throws {
        let features = [
            #"{"id":"f","name":"F","type":"metered","meter":{"event_name":"api","aggregation":{"type":"SUM","field":"units"},"filters":[{"key":"region","values":["eu","us"]}]}}"#,
            #"{"id":"g","name":"G","type":"metered","meter":{"event_name":"api","aggregation":{"type":"SUM","field":"units","multiplier":"2"},"filters":null}}"#,
            #"{"id":"b","name":"B","type":"boolean"}"#,
        ]
        let (asked, end) = run(
            try reader("flexprice").catalogue(),
            [(200, #"{"items":[\#(features.joined(separator: ","))]}"#)]
        )
        #expect(asked == [#"POST /v1/features/search {"limit":100,"offset":0,"expand":"meters"}"#])
        let metrics = try done(end)
        #expect(metrics.map(\.id) == ["f", "g"] && metrics.map(\.aggregate) == [.sum, nil])
        #expect(metrics[0].filter == "region in (eu, us)" && metrics[1].filter == nil)
        #expect(metrics[0].eventName == "api" && metrics[0].property == "units")
    }

    // MARK: All

    @Test func `only vendors that show usage say how they do`() throws {
        for adapter in VendorRegistry.all {
            let reader = adapter.reader
            let asked: [Bool] = [
                reader.map { if case .ask = $0.catalogue() { true } else { false } } ?? false,
                reader.map { reader in
                    if case .ask = reader.usage(of: Self.subscriber, metrics: ["m"], in: Self.window) { return true }
                    if case .ask = reader.usage(of: "m") { return true }
                    return false
                } ?? false,
            ]
            let isAble = adapter.traits.reads?.usage != nil
            #expect(asked == [isAble, isAble], "\(adapter.traits.vendor)")
            #expect(reader?.abilities.contains(.usage) ?? false == isAble, "\(adapter.traits.vendor)")
        }
    }
}
