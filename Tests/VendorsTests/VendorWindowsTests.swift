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

    @Test func `have no row id at Lago on ClickHouse, and values as text`() throws {
        let body = #"""
            {"events":[{"lago_id":"org-s-a-1767225601","transaction_id":"a","code":"api","timestamp":"2026-01-01T00:00:01.000Z",
             "external_subscription_id":"s","properties":{"n":"1"}}],"meta":{"next_page":null,"total_count":1}}
            """#
        let lago = try reader("lago")
        let (_, answer) = try ask(lago.events(in: Self.window, after: nil), body)
        guard case .done(let page) = answer else { throw DeliveryFault(code: .vendorError, message: "\(answer)") }
        #expect(page.next == .end && page.rows.map(\.key) == [nil])
        let rules = lago.comparison(of: page.rows.map(\.event))
        #expect(rules.showsValuesAsText && rules.identity == [.subscription, .name, .timestamp])
        #expect(lago.comparison(of: []).identity == [.subscription])
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
            tenant: "t",
            client: "shop",
            id: "e1",
            name: "api",
            customerID: "c",
            subscriptionID: nil,
            timestamp: Self.window.from,
            timestampWasGiven: true,
            source: "shop",
            properties: JSONText(
                checked: #"{"n":12345678901234567890.5,"nothing":null,"_cost":{"amount":1.5,"currency":"usd"}}"#
            ),
            vendor: nil,
            acceptedAt: Self.window.from,
            plan: Plan(route: "r", destinations: [])
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
