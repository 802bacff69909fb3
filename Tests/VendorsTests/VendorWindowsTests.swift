import Events
import JSON
import Testing
import Vendors

/// Windows of vendors' lists, with bytes alone.
@Suite struct VendorWindowsTests {
    private static let window = ReadWindow(
        from: Timestamp(rfc3339: "2026-01-01T00:00:00.250Z")!,
        until: Timestamp(rfc3339: "2026-01-01T00:00:02.500Z")!
    )

    private func reader(_ name: AdapterName) throws -> any VendorReader {
        try #require(VendorRegistry.adapter(named: name)?.reader)
    }

    /// What an inquiry asks first, and what it makes of an answer.
    private func ask<Value>(_ inquiry: VendorInquiry<Value>, _ body: String) throws -> (
        asked: String, VendorInquiry<Value>
    ) {
        guard case .ask(let request, let next) = inquiry else {
            throw DeliveryFault(code: .unsupported, message: "nothing is asked")
        }
        let text = request.body.isEmpty ? "" : " " + String(decoding: request.body, as: UTF8.self)
        return ("\(request.method) \(request.path)\(text)", next(VendorAnswer(status: 200, body: Array(body.utf8))))
    }

    @Test func `are half open at Lago, which lists both ends`() throws {
        let body = #"""
            {"events":[{"lago_id":"7c9e6679-7425-40de-944b-e07fc1f90ae7","transaction_id":"a","code":"api",
             "timestamp":"2026-01-01T00:00:01.000Z","external_subscription_id":"s","properties":{"n":1}}],
             "meta":{"current_page":2,"next_page":3,"total_count":250}}
            """#
        let (asked, answer) = try ask(try reader("lago").events(in: Self.window, after: "2"), body)
        #expect(
            asked
                == "GET /api/v1/events?page=2&per_page=100&timestamp_from=2026-01-01T00%3A00%3A00.250Z&timestamp_to=2026-01-01T00%3A00%3A02.499999Z"
        )
        guard case .done(let page) = answer else { throw DeliveryFault(code: .vendorError, message: "\(answer)") }
        #expect(page.total == 250 && page.next == .page("3"))
        #expect(page.rows.map(\.key) == ["7c9e6679-7425-40de-944b-e07fc1f90ae7"])
    }

    @Test func `are not needed at Polar to find events by the ids in a property`() throws {
        let polar = try reader("polar")
        func body(_ id: String, page: Int) -> String {
            #"""
            {"items":[{"id":"\#(id)","name":"api","timestamp":"2026-01-01T00:00:01Z","metadata":{"my id":"a&b"}}],
             "pagination":{"total_count":2,"max_page":\#(page)}}
            """#
        }
        let inquiry = polar.events(withIDs: ["a&b", "c"], in: "my id")
        let (asked, second) = try ask(inquiry, body("one", page: 2))
        let query = "limit=100&sorting=timestamp&source=user&metadata%5Bmy%20id%5D=a%26b&metadata%5Bmy%20id%5D=c"
        #expect(asked == "GET /v1/events/?page=1&\(query)")
        let (next, end) = try ask(second, body("two", page: 2))
        #expect(next == "GET /v1/events/?page=2&\(query)")
        guard case .done(let rows) = end else { throw DeliveryFault(code: .vendorError, message: "\(end)") }
        #expect(rows.map(\.key) == ["one", "two"])
        var endless = inquiry
        for page in 1...10 { endless = try ask(endless, body("\(page)", page: 1000)).1 }
        guard case .failed = endless else {
            Issue.record("it goes on for ever")
            return
        }
    }

    @Test func `have no row id at Lago on ClickHouse, and values as text`() throws {
        let body = #"""
            {"events":[{"lago_id":"org-s-a-1767225601","transaction_id":"a","code":"api","timestamp":"2026-01-01T00:00:01.000Z",
             "external_subscription_id":"s","properties":{"n":"1"}}],"meta":{"next_page":null,"total_count":1}}
            """#
        let lago = try reader("lago")
        let (_, answer) = try ask(lago.events(in: Self.window, after: nil), body)
        guard case .done(let page) = answer else { throw DeliveryFault(code: .vendorError, message: "\(answer)") }
        #expect(page.next == .end && page.rows.map(\.key) == [nil])
        let rules = lago.comparison(of: page.rows.map(\.event), sentWith: [])
        #expect(rules.showsValuesAsText && rules.identity == [.subscription, .name, .timestamp])
        #expect(lago.comparison(of: [], sentWith: []).identity == [.subscription])
    }

    /// An id of as many characters as a UUID, one with escapes, and rows without an id.
    @Test(arguments: [
        (#""7c9e6679-7425-40de-944b-e07fc1f90ae7""#, false), (#""7c9e6679-7425-40de-944b-e07fc1f90aeX""#, true),
        (#""7c9e6679-7425-40de-944b-e07fc1f90ae\u0037""#, false), (#""7c9e6679-7425-40de-944b-e07fc1f90ae7 ""#, true),
        ("null", false), ("17", false),
    ])
    func `tell Lago's stores apart by the form of its ids`(id: String, isClickHouse: Bool) throws {
        let lago = try reader("lago")
        func row(_ id: String) -> String {
            #"{"lago_id":\#(id),"transaction_id":"a","code":"api","timestamp":"2026-01-01T00:00:01.000Z"}"#
        }
        let uuid = #""7c9e6679-7425-40de-944b-e07fc1f90ae7""#
        let body = #"{"events":[\#(row(uuid)),\#(row(id))],"meta":{"next_page":null,"total_count":2}}"#
        let (_, answer) = try ask(lago.events(in: Self.window, after: nil), body)
        guard case .done(let page) = answer else { throw DeliveryFault(code: .vendorError, message: "\(answer)") }
        #expect(lago.comparison(of: page.rows.map(\.event), sentWith: []).showsValuesAsText == isClickHouse)
    }

    @Test func `are half open at Polar, which lists neither end`() throws {
        let body = #"""
            {"items":[{"id":"7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11","name":"api","timestamp":"2026-01-01T00:00:01Z",
             "external_customer_id":"c","metadata":{"_cost":{"amount":"1.50","currency":"usd"},"n":1}}],
             "pagination":{"total_count":1,"max_page":1}}
            """#
        let polar = try reader("polar")
        let (asked, answer) = try ask(polar.events(in: Self.window, after: nil), body)
        #expect(
            asked
                == "GET /v1/events/?page=1&limit=100&sorting=timestamp&source=user&start_timestamp=2026-01-01T00%3A00%3A00.249Z&end_timestamp=2026-01-01T00%3A00%3A02.500Z"
        )
        guard case .done(let page) = answer else { throw DeliveryFault(code: .vendorError, message: "\(answer)") }
        #expect(page.total == 1 && page.next == .end)
        let (counted, count) = try ask(polar.count(Self.window), body)
        #expect(counted.contains("page=1&limit=1&"))
        guard case .done(1) = count else { throw DeliveryFault(code: .vendorError, message: "\(count)") }
    }

    @Test func `have sums at Polar by the hour, as decimals`() throws {
        let hours = ReadWindow(
            from: Timestamp(rfc3339: "2026-01-01T00:00:00Z")!,
            until: Timestamp(rfc3339: "2026-01-01T02:00:00Z")!
        )
        let body = #"""
            {"quantities":[{"timestamp":"2026-01-01T00:00:00Z","quantity":120.25},
             {"timestamp":"2026-01-01T01:00:00Z","quantity":1e3}],"total":1120.25}
            """#
        let (asked, answer) = try ask(try reader("polar").sums(of: "m/1", in: hours), body)
        #expect(
            asked
                == "GET /v1/meters/m%2F1/quantities?start_timestamp=2026-01-01T00%3A00%3A00.000Z&end_timestamp=2026-01-01T01%3A59%3A59.999Z&interval=hour"
        )
        guard case .done(let parts) = answer else { throw DeliveryFault(code: .vendorError, message: "\(answer)") }
        #expect(parts.map(\.start) == [hours.from, hours.from + .seconds(3600)])
        #expect(parts.map(\.sum) == ["120.25", "1e3"])
        for wrong in [#"{"quantities":[{"timestamp":"2026-01-01T00:00:00Z","quantity":null}]}"#, "{}"] {
            let (_, answer) = try ask(try reader("polar").sums(of: "m", in: hours), wrong)
            guard case .failed = answer else { throw DeliveryFault(code: .vendorError, message: "\(answer)") }
        }
    }

    @Test func `know events at Polar by the property that has their ids`() throws {
        let polar = try reader("polar")
        #expect(polar.comparison(of: [], sentWith: []).idProperties.isEmpty)
        let settings = ["tollgate_id", "tollgate_id", ""].map { DestinationSettings(["id_property": .text($0)]) }
        #expect(polar.comparison(of: [], sentWith: settings).idProperties == ["tollgate_id"])
    }

    @Test func `are sent again to Polar, which counts what is new`() throws {
        let events = ["a", "b"].map { TranslatedEvent(bytes: Array("{\"external_id\":\"\($0)\"}".utf8), identity: $0) }
        let (asked, answer) = try ask(try reader("polar").resend(events), #"{"inserted":1,"duplicates":1}"#)
        #expect(asked == #"POST /v1/events/ingest {"events":[{"external_id":"a"},{"external_id":"b"}]}"#)
        guard case .done(1) = answer else { throw DeliveryFault(code: .vendorError, message: "\(answer)") }
        for wrong in [#"{"inserted":1,"duplicates":0}"#, #"{"inserted":3,"duplicates":-1}"#, "{}", "no JSON"] {
            let (_, answer) = try ask(try reader("polar").resend(events), wrong)
            guard case .failed = answer else { throw DeliveryFault(code: .vendorError, message: "\(answer)") }
        }
        // At the others an event that is sent again takes the place of the first one, or refuses its batch.
        for adapter in VendorRegistry.all {
            let counts = adapter.traits.reads?.countsNewEvents ?? false
            #expect(counts == (adapter.traits.adapter == "polar"))
            guard !counts, let reader = adapter.reader else { continue }
            guard case .unsupported = reader.resend(events) else {
                throw DeliveryFault(code: .vendorError, message: "")
            }
        }
    }

    @Test func `are asked for in whole seconds at Flexprice, and in parts if they do not fit one page`() throws {
        let row =
            #"{"id":"a","event_name":"api","external_customer_id":"c","timestamp":"2026-01-01T00:00:01Z","properties":{}}"#
        let flexprice = try reader("flexprice")
        let (asked, answer) = try ask(
            flexprice.events(in: Self.window, after: nil),
            #"{"events":[\#(row)],"has_more":false}"#
        )
        #expect(
            asked
                == #"POST /v1/events/query {"page_size":1000,"sort":"timestamp","order":"asc","start_time":"2026-01-01T00:00:00Z","end_time":"2026-01-01T00:00:03Z"}"#
        )
        guard case .done(let page) = answer else { throw DeliveryFault(code: .vendorError, message: "\(answer)") }
        #expect(page.total == 1 && page.next == .end)
        let (_, more) = try ask(flexprice.events(in: Self.window, after: nil), #"{"events":[\#(row)],"has_more":true}"#)
        guard case .done(let part) = more else { throw DeliveryFault(code: .vendorError, message: "\(more)") }
        #expect(part.next == .narrower)
        // One second cannot be divided there, so all of it is asked for at once.
        let second = ReadWindow(from: Self.window.from, until: Self.window.from + .milliseconds(500))
        let (whole, tooMany) = try ask(
            flexprice.events(in: second, after: nil),
            #"{"events":[\#(row)],"has_more":true}"#
        )
        #expect(whole.contains(#""page_size":10000"#))
        guard case .failed(let fault) = tooMany else { throw DeliveryFault(code: .vendorError, message: "\(tooMany)") }
        #expect(fault.message == "Flexprice has more than 10000 events in the second of 2026-01-01T00:00:00.250Z")
    }

    @Test(arguments: ["lago", "polar", "flexprice"] as [AdapterName])
    func `are compared with what was sent, as the vendor would show it`(name: AdapterName) throws {
        let adapter = try #require(VendorRegistry.adapter(named: name))
        let event = AcceptedEvent(
            CanonicalEvent(
                name: "api",
                customerID: "c",
                timestamp: Self.window.from,
                source: "shop",
                properties: JSONText(
                    checked: #"{"n":12345678901234567890.5,"nothing":null,"_cost":{"amount":1.5,"currency":"usd"}}"#
                )
            ),
            id: "e1",
            in: Submission(
                tenant: "t",
                client: "shop",
                acceptedAt: Self.window.from,
                plan: Plan(route: "r", destinations: [])
            )
        )
        let destination = Destination(
            provider: "p",
            adapter: name,
            mode: .primary,
            rename: ["api": "api.request"],
            settings: DestinationSettings(name == "lago" ? ["subscription_id": .text("sub_{customer_id}")] : [:])
        )
        let echo = try #require(adapter.reader?.echo(of: adapter.translate(event, for: destination)))
        #expect(echo.name == "api.request" && echo.timestamp == Self.window.from)
        #expect(name == "lago" ? echo.subscriptionID == "sub_c" : echo.customerID == "c")
        #expect(name == "polar" || echo.id == "e1")
        #expect(echo.source == (name == "flexprice" ? "shop" : nil))
        let properties = try #require(echo.properties.flatMap { JSONDocument(ifValid: Array($0.bytes))?.root })
        // What the adapter changed on the way is no difference.
        #expect(name != "polar" || properties["nothing"] == nil)
        #expect(name == "polar" || properties["n"]?.string == "12345678901234567890.5")
        #expect(properties["_cost"]?["amount"]?.numberText == "1.5" || name == "lago")
    }
}
