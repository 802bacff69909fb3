import Events
import Testing
import Vendors

/// What vendors show of their customers and subscriptions, with bytes alone.
@Suite struct DirectoryTests {
    private func reader(_ name: AdapterName) throws -> any VendorReader {
        try #require(VendorRegistry.adapter(named: name)?.reader)
    }

    /// What is asked, and what the response comes to.
    private func ask<Value>(_ inquiry: VendorInquiry<Value>, _ body: String) throws -> (asked: String, value: Value) {
        guard case .ask(let request, let next) = inquiry else { throw DeliveryFault(code: .unsupported, message: "") }
        let asked = "\(request.method) \(request.path) \(String(decoding: request.body, as: UTF8.self))"
        guard case .done(let value) = next(VendorAnswer(status: 200, body: Array(body.utf8))) else {
            throw DeliveryFault(code: .vendorError, message: asked)
        }
        return (asked, value)
    }

    @Test func `Lago lists customers by page`() throws {
        let reader = try reader("lago")
        let first = try ask(
            reader.customers(after: nil),
            #"{"customers":[{"external_id":"a"},{"external_id":"b"}],"meta":{"next_page":2}}"#
        )
        #expect(first.asked == "GET /api/v1/customers?page=1&per_page=100 ")
        #expect(first.value == VendorCustomerPage(ids: ["a", "b"], next: "2"))
        let last = try ask(reader.customers(after: "2"), #"{"customers":[],"meta":{"next_page":null}}"#)
        #expect(last.asked == "GET /api/v1/customers?page=2&per_page=100 ")
        #expect(last.value.next == nil)
    }

    @Test func `Lago shows the last second of a period, and the anchor of one that does not follow the calendar`()
        throws
    {
        let body = #"""
            {"subscriptions":[
              {"external_id":"s1","external_customer_id":"a","billing_time":"anniversary",
               "subscription_at":"2026-01-31T09:00:00Z","current_billing_period_started_at":"2026-10-31T00:00:00Z",
               "current_billing_period_ending_at":"2026-11-29T23:59:59Z","ending_at":"2026-12-31T00:00:00Z"},
              {"external_id":"s2","external_customer_id":"b","billing_time":"calendar","subscription_at":"2026-01-31T09:00:00Z",
               "current_billing_period_started_at":null,"current_billing_period_ending_at":null,"ending_at":null}],
             "meta":{"next_page":null}}
            """#
        let (asked, page) = try ask(try reader("lago").subscriptions(after: nil), body)
        #expect(asked == "GET /api/v1/subscriptions?page=1&per_page=100 ")
        let (first, second) = (page.subscriptions[0], page.subscriptions[1])
        #expect(first.id == "s1" && first.customerID == "a")
        #expect(first.anchor == Timestamp(rfc3339: "2026-01-31T09:00:00Z"))
        #expect(first.period?.until == Timestamp(rfc3339: "2026-11-30T00:00:00Z"))
        #expect(first.endsAt == Timestamp(rfc3339: "2026-12-31T00:00:00Z"))
        #expect(second == VendorSubscription(id: "s2", customerID: "b", anchor: nil, period: nil, endsAt: nil))
    }

    @Test func `Polar lists what is active, and a subscription that is cancelled ends with its period`() throws {
        let reader = try reader("polar")
        let customers = try ask(
            reader.customers(after: nil),
            #"{"items":[{"external_id":"a"},{"external_id":null}],"pagination":{"total_count":2,"max_page":1}}"#
        )
        #expect(customers.asked == "GET /v1/customers/?page=1&limit=100 ")
        #expect(customers.value == VendorCustomerPage(ids: ["a"], next: nil))
        let body = #"""
            {"items":[{"id":"u1","customer":{"external_id":"a"},"current_period_start":"2026-11-01T00:00:00Z",
              "current_period_end":"2026-12-01T00:00:00Z","cancel_at_period_end":true,"ends_at":null}],
             "pagination":{"total_count":101,"max_page":2}}
            """#
        let (asked, page) = try ask(reader.subscriptions(after: nil), body)
        #expect(asked == "GET /v1/subscriptions/?active=true&page=1&limit=100 ")
        #expect(page.next == "2" && page.subscriptions[0].customerID == "a")
        #expect(page.subscriptions[0].endsAt == Timestamp(rfc3339: "2026-12-01T00:00:00Z"))
    }

    @Test func `Flexprice's customers end with a page that is not full`() throws {
        let reader = try reader("flexprice")
        let full = (0..<100).map { #"{"external_id":"c\#($0)"}"# }.joined(separator: ",")
        let first = try ask(reader.customers(after: nil), #"{"items":[\#(full)]}"#)
        #expect(first.asked == #"POST /v1/customers/search {"limit":100,"offset":0}"#)
        #expect(first.value.ids.count == 100 && first.value.next == "1")
        let second = try ask(reader.customers(after: "1"), #"{"items":null}"#)
        #expect(second.asked == #"POST /v1/customers/search {"limit":100,"offset":100}"#)
        #expect(second.value == VendorCustomerPage(ids: [], next: nil))
    }

    @Test func `Flexprice lists active subscriptions with the application's ids of their customers`() throws {
        let body = #"""
            {"items":[
              {"id":"subs_1","customer_id":"cust_1","customer":{"id":"cust_1","external_id":"a"},
               "billing_cycle":"anniversary","billing_anchor":"2026-01-31T09:00:00Z",
               "current_period_start":"2026-10-31T09:00:00Z","current_period_end":"2026-11-30T09:00:00Z",
               "cancel_at":"2026-11-15T00:00:00Z","cancel_at_period_end":true,"end_date":"2027-01-01T00:00:00Z"},
              {"id":"subs_2","customer_id":"cust_2","customer":{"id":"cust_2","external_id":"b"},
               "billing_cycle":"calendar","billing_anchor":"2026-11-01T00:00:00Z",
               "current_period_start":"2026-11-01T00:00:00Z","current_period_end":"2026-12-01T00:00:00Z",
               "cancel_at":null,"cancel_at_period_end":true},
              {"id":"subs_3","customer_id":"cust_3","customer":null,"cancel_at":null,"cancel_at_period_end":false,
               "end_date":"2027-01-01T00:00:00Z"}],
             "pagination":{"total":3,"limit":100,"offset":0}}
            """#
        let reader = try reader("flexprice")
        #expect(reader.abilities.contains(.subscriptions))
        let (asked, page) = try ask(reader.subscriptions(after: "2"), body)
        #expect(asked == #"POST /v1/subscriptions/search {"limit":100,"offset":200,"expand":"customer"}"#)
        func time(_ text: String) -> Timestamp? { Timestamp(rfc3339: text) }
        let shown = page.subscriptions
        #expect(page.next == nil && shown.map(\.id) == ["subs_1", "subs_2", "subs_3"])
        #expect(shown.map(\.customerID) == ["a", "b", nil])
        #expect(shown.map(\.anchor) == [time("2026-01-31T09:00:00Z"), nil, nil])
        #expect(
            shown.map(\.period?.until) == [time("2026-11-30T09:00:00Z"), time("2026-12-01T00:00:00Z"), nil]
        )
        #expect(
            shown.map(\.endsAt)
                == [time("2026-11-15T00:00:00Z"), time("2026-12-01T00:00:00Z"), time("2027-01-01T00:00:00Z")]
        )
        let none = try ask(reader.subscriptions(after: nil), #"{"items":null}"#)
        #expect(none.value == VendorSubscriptionPage(subscriptions: [], next: nil))
    }

    @Test(arguments: ["lago", "polar", "flexprice"] as [AdapterName])
    func `a cursor of another list is refused`(vendor: AdapterName) throws {
        guard case .failed(let fault) = try reader(vendor).customers(after: "next") else {
            Issue.record("it was taken")
            return
        }
        #expect(fault.code == .invalidEvent)
    }
}
