import Events
import JSON
import TestSupport
import Testing
import Vendors

/// Questions to vendors, with bytes alone: what is asked, and what the answers mean.
@Suite struct VendorReadsTests {
    /// Answers each request of an inquiry in turn, and notes what was asked.
    private struct Script {
        var asked: [String] = []

        mutating func run<Value>(_ inquiry: VendorInquiry<Value>, _ answers: [(Int, String)]) -> VendorInquiry<Value> {
            var inquiry = inquiry
            for (status, body) in answers {
                guard case .ask(let request, let next) = inquiry else { break }
                let text = request.body.isEmpty ? "" : " " + String(decoding: request.body, as: UTF8.self)
                asked.append("\(request.method) \(request.path)\(text)")
                inquiry = next(VendorAnswer(status: status, body: Array(body.utf8)))
            }
            return inquiry
        }
    }

    private func reader(_ name: AdapterName) throws -> any VendorReader {
        try #require(VendorRegistry.adapter(named: name)?.reader)
    }

    private func list(
        _ filter: EventFilter = EventFilter(),
        order: EventSearch.Order = .newestFirst,
        limit: Int = 2,
        cursor: String? = nil
    ) -> VendorListQuery {
        VendorListQuery(filter: filter, order: order, limit: limit, cursor: cursor)
    }

    private func accepted(_ id: String, name: String = "api", customer: String? = "c", subscription: String? = "s")
        -> AcceptedEvent
    {
        let time = Timestamp(milliseconds: 1_710_947_045_125)
        return AcceptedEvent(
            CanonicalEvent(name: name, customerID: customer, subscriptionID: subscription, timestamp: time),
            id: EventID(id),
            in: Submission(tenant: "t", client: "shop", acceptedAt: time, plan: Plan(route: "r", destinations: []))
        )
    }

    private static let lagoEvent = #"""
        {"lago_id":"l1","transaction_id":"a/b","lago_customer_id":null,"code":"api","timestamp":"2024-03-20T15:04:05.125Z",
         "precise_total_amount_cents":"12.5","properties":{"n":"1"},"lago_subscription_id":null,
         "external_subscription_id":"s","created_at":"2024-03-20T15:04:06Z"}
        """#

    @Test func `finds an event at Lago, and says when it may be another's`() throws {
        var script = Script()
        let lago = try reader("lago")
        let wanted = WantedEvent(id: "a/b", known: accepted("a/b"), destination: nil)
        guard case .done(let found) = script.run(lago.find(wanted), [(200, #"{"event":\#(Self.lagoEvent)}"#)]) else {
            Issue.record("nothing was found")
            return
        }
        #expect(script.asked == ["GET /api/v1/events/a%2Fb"])
        let event = try #require(found.first)
        #expect((event.id, event.name, event.subscriptionID) == ("a/b", "api", "s"))
        #expect(event.timestamp.rfc3339 == "2024-03-20T15:04:05.125Z")
        #expect(event.properties.map { String(decoding: $0.bytes, as: UTF8.self) } == #"{"n":"1"}"#)
        #expect(event.own.map { String(decoding: $0.bytes, as: UTF8.self) }?.contains(#""lago_id":"l1""#) == true)
        #expect(event.notes.isEmpty)
        let other = WantedEvent(id: "a/b", known: accepted("a/b", subscription: "other"), destination: nil)
        guard case .done(let same) = script.run(lago.find(other), [(200, #"{"event":\#(Self.lagoEvent)}"#)]) else {
            Issue.record("nothing was found")
            return
        }
        #expect(same.first?.notes.first?.contains("may show another event") == true)
        let missing = script.run(
            lago.find(wanted),
            [(404, #"{"status":404,"error":"Not Found","code":"event_not_found"}"#)]
        )
        guard case .done(let none) = missing else {
            Issue.record("a missing event is no failure")
            return
        }
        #expect(none.isEmpty)
    }

    @Test func `asks Lago for a page by its own filters, and filters the rest here`() throws {
        var script = Script()
        let lago = try reader("lago")
        let time = Timestamp(milliseconds: 1_710_947_045_125)
        let filter = EventFilter(names: ["api", "other"], subscriptionIDs: ["s"], from: time)
        let body = #"{"events":[\#(Self.lagoEvent)],"meta":{"current_page":1,"next_page":2,"total_pages":2}}"#
        guard case .done(let page) = script.run(lago.list(list(filter)), [(200, body)]) else {
            Issue.record("no page came")
            return
        }
        #expect(
            script.asked == [
                "GET /api/v1/events?page=1&per_page=2&external_subscription_id=s&timestamp_from=2024-03-20T15%3A04%3A05.125Z"
            ]
        )
        #expect(page.events.count == 1 && page.next == "2.2" && page.filteredByGateway == ["name"])
        _ = script.run(lago.list(list(filter, limit: 50, cursor: page.next)), [(200, body)])
        #expect(script.asked.last?.contains("page=2&per_page=2") == true, "pages keep their size")
        #expect(isUnsupported(lago.list(list(EventFilter(customerIDs: ["c"])))))
        #expect(isUnsupported(lago.list(list(order: .oldestFirst))))
        #expect(isUnsupported(lago.list(list(cursor: "k1"))))
        #expect(isUnsupported(lago.names(EventFilter())))
    }

    @Test func `reads Lago's estimate as decimal amounts`() throws {
        var script = Script()
        let lago = try reader("lago")
        let event = TranslatedEvent(bytes: Array(#"{"code":"api"}"#.utf8), identity: "e")
        let fee = #"""
            {"item":{"name":"API"},"amount_cents":425,"amount_currency":"USD","taxes_amount_cents":85,
             "total_amount_cents":510,"units":"42.5","precise_unit_amount":"0.1"}
            """#
        let yen = #"{"item":{"code":"x"},"amount_cents":7,"amount_currency":"JPY","units":1,"precise_unit_amount":7}"#
        guard case .done(let estimate) = script.run(lago.estimate(event), [(200, #"{"fees":[\#(fee)]}"#)]),
            case .done(let mixed) = script.run(lago.estimate(event), [(200, #"{"fees":[\#(fee),\#(yen)]}"#)])
        else {
            Issue.record("no estimate came")
            return
        }
        #expect(script.asked.first == #"POST /api/v1/events/estimate_fees {"event":{"code":"api"}}"#)
        let charge = try #require(estimate.charges.first)
        #expect(charge.name == "API" && charge.units == "42.5" && charge.unitAmount == "0.1")
        #expect([charge.amount, charge.taxes, charge.total].map(\.text) == ["4.25", "0.85", "5.10"])
        #expect(estimate.total?.amount.text == "5.10" && estimate.total?.currency == "USD")
        #expect(mixed.total == nil && mixed.charges.last?.total.text == "7")
    }

    @Test(arguments: [
        (
            404, #"{"status":404,"error":"Not Found","code":"subscription_not_found"}"#,
            DeliveryErrorCode.unknownCustomer
        ),
        (404, #"{"status":404,"error":"Not Found","code":"billable_metric_not_found"}"#, .unknownName),
        (422, #"{"error_details":{"code":["does_not_match_an_instant_charge"]}}"#, .unsupported),
        (422, #"{"error_details":{"properties":["value_is_not_valid_number"]}}"#, .invalidEvent),
        (401, #"{"status":401,"error":"Unauthorized"}"#, .unauthorized), (403, "{}", .forbidden),
        (429, "{}", .rateLimited), (500, "", .vendorError), (503, "<html>", .vendorUnavailable),
        (200, "[]", .vendorError),
        (302, "", .notFound),
    ])
    func `says why Lago does not estimate`(status: Int, body: String, code: DeliveryErrorCode) throws {
        var script = Script()
        let event = TranslatedEvent(bytes: Array("{}".utf8), identity: "e")
        guard case .failed(let fault) = script.run(try reader("lago").estimate(event), [(status, body)]) else {
            Issue.record("it did not fail")
            return
        }
        #expect(fault.code == code)
    }

    @Test(arguments: [
        ("lago", 404, #"{"code":"billable_metric_not_found"}"#, BillingObstacle.noMetric),
        // Whether there is an active subscription now says nothing of the event's own time.
        ("lago", 404, #"{"code":"subscription_not_found"}"#, nil), ("lago", 200, #"{"fees":[]}"#, nil),
        ("lago", 422, #"{"error_details":{"code":["does_not_match_an_instant_charge"]}}"#, nil),
        ("flexprice", 200, #"{"status":"processed"}"#, nil), ("flexprice", 200, #"{"status":"processing"}"#, nil),
        ("flexprice", 200, failure("customer_lookup"), .noCustomer),
        ("flexprice", 200, failure("meter_lookup"), .noMetric),
        ("flexprice", 200, failure("subscription_line_item_lookup"), .noSubscription),
        ("flexprice", 200, failure("price_lookup"), nil), ("flexprice", 200, #"{"status":"failed"}"#, nil),
    ])
    func `says why a vendor does not bill what it has`(
        vendor: AdapterName,
        status: Int,
        body: String,
        obstacle: BillingObstacle?
    ) throws {
        var script = Script()
        let reader = try reader(vendor)
        #expect(obstacle.map(reader.obstacles.ofEvents.contains) ?? true)
        let bytes =
            #"{"event_id":"e/1","event_name":"api","external_customer_id":"c","timestamp":"2026-01-01T00:00:00Z"}"#
        let event = TranslatedEvent(bytes: Array(bytes.utf8), identity: "e/1")
        guard case .done(let found) = script.run(reader.obstacle(to: event), [(status, body)]) else {
            Issue.record("it is not said")
            return
        }
        #expect(found == obstacle)
        if vendor == "flexprice" {
            #expect(script.asked == ["GET /v1/events/lookup?id=e%2F1&external_customer_id=c"])
        }
    }

    private static func failure(_ point: String) -> String {
        #"{"status":"failed","debug_tracker":{"failure_point":{"failure_point_type":"\#(point)"}}}"#
    }

    @Test(arguments: ["lago", "flexprice"])
    func `does not know what keeps a vendor from billing if it fails`(vendor: AdapterName) throws {
        for (status, body) in [(403, "{}"), (404, "{}"), (500, ""), (200, "<html>")] {
            guard !(vendor == "lago" && status == 200), !(vendor == "flexprice" && status == 404) else { continue }
            var script = Script()
            let bytes = #"{"event_id":"e","event_name":"api","timestamp":"2026-01-01T00:00:00Z"}"#
            let event = TranslatedEvent(bytes: Array(bytes.utf8), identity: "e")
            guard case .failed = script.run(try reader(vendor).obstacle(to: event), [(status, body)]) else {
                Issue.record("\(status) says something")
                continue
            }
        }
    }

    @Test func `is not told by Flexprice what keeps it from billing an event that it does not have`() throws {
        for body in [#"{"code":"not_found","message":"Event not found","http_status_code":404}"#, "404 page not found"]
        {
            var script = Script()
            let bytes = #"{"event_id":"e","event_name":"api","timestamp":"2026-01-01T00:00:00Z"}"#
            let event = TranslatedEvent(bytes: Array(bytes.utf8), identity: "e")
            guard case .unsupported = script.run(try reader("flexprice").obstacle(to: event), [(404, body)]) else {
                Issue.record("it says something, or fails")
                continue
            }
        }
    }

    private static let polarEvent = #"""
        {"id":"7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11","timestamp":"2024-03-20T15:04:05.125456Z","organization_id":"o",
         "customer_id":null,"external_customer_id":"c","name":"api","source":"user","metadata":{"n":1}}
        """#

    @Test func `finds an event at Polar by what Polar keeps of it`() throws {
        var script = Script()
        let polar = try reader("polar")
        let wanted = WantedEvent(id: "e1", known: accepted("e1"), destination: nil)
        let body = #"{"items":[\#(Self.polarEvent)],"pagination":{"total_count":1,"max_page":1}}"#
        guard case .done(let found) = script.run(polar.find(wanted), [(200, body)]) else {
            Issue.record("nothing was found")
            return
        }
        let start = "start_timestamp=2024-03-20T15%3A04%3A05.124Z&end_timestamp=2024-03-20T15%3A04%3A05.126Z"
        #expect(
            script.asked == [
                "GET /v1/events/?page=1&limit=100&sorting=-timestamp&source=user&name=api&external_customer_id=c&\(start)"
            ]
        )
        #expect(found.first?.id == "e1" && found.first?.notes.first?.contains("matched by") == true)
        // What nobody knows can be found by Polar's own ids only.
        #expect(isUnsupported(polar.find(WantedEvent(id: "e1", known: nil, destination: nil))))
        let own: EventID = "7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11"
        _ = script.run(polar.find(WantedEvent(id: own, known: nil, destination: nil)), [(200, Self.polarEvent)])
        #expect(script.asked.last == "GET /v1/events/7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11")
    }

    @Test func `goes through all pages of Polar's names`() throws {
        var script = Script()
        func page(_ name: String) -> String {
            let times = #""first_seen":"2024-03-20T15:04:05Z","last_seen":"2024-03-21T15:04:05Z""#
            return
                #"{"items":[{"name":"\#(name)","occurrences":3,\#(times)}],"pagination":{"total_count":2,"max_page":2}}"#
        }
        guard
            case .done(let names) = script.run(
                try reader("polar").names(EventFilter(customerIDs: ["c"])),
                [(200, page("a")), (200, page("b"))]
            )
        else {
            Issue.record("no names came")
            return
        }
        #expect(names.map(\.name) == ["a", "b"] && names.allSatisfy { $0.count == 3 })
        #expect(script.asked.count == 2 && script.asked[1].contains("page=2"))
    }

    private static let flexpriceEvent = #"""
        {"id":"e1","external_customer_id":"c","customer_id":"","event_name":"api","timestamp":"2024-03-20T15:04:05Z",
         "properties":{"n":"1"},"source":"web","environment_id":"env"}
        """#

    @Test func `asks Flexprice for whole seconds, counts its pages, and drops repeats`() throws {
        var script = Script()
        let flexprice = try reader("flexprice")
        let body = #"""
            {"events":[\#(Self.flexpriceEvent),\#(Self.flexpriceEvent)],"has_more":true,"iter_last_key":"17::e1","offset":2}
            """#
        let query = list(EventFilter(names: ["api"], customerIDs: ["c", "d"], sources: ["web"]))
        guard case .done(let page) = script.run(flexprice.list(query), [(200, body)]) else {
            Issue.record("no page came")
            return
        }
        #expect(page.events.count == 1 && page.next == "n4291747200.2" && page.filteredByGateway == ["customer_id"])
        #expect(page.events.first?.source == "web")
        let asked = try #require(script.asked.first)
        #expect(asked.hasPrefix("POST /v1/events/query "))
        #expect(asked.contains(#""start_time":"1970-01-01T00:00:00Z","end_time":"2106-01-01T00:00:00Z""#))
        #expect(asked.contains(#""event_name":"api""#) && !asked.contains("external_customer_id"))
        _ = script.run(flexprice.list(list(cursor: page.next)), [(200, body)])
        #expect(script.asked.last?.contains(#""offset":2"#) == true)
        #expect(isUnsupported(flexprice.list(list(order: .oldestFirst, cursor: page.next))))
        for cursor in ["k17::e1", "n", "n1", "n1.x", "n1.-1", "n-1.0", "n99999999999999999999.0", "n4291747201.0"] {
            #expect(isUnsupported(flexprice.list(list(cursor: cursor))), "\(cursor)")
        }
        #expect(isUnsupported(flexprice.list(list(EventFilter(subscriptionIDs: ["s"])))))
        guard case .done(let none) = script.run(flexprice.list(list()), [(200, #"{"events":null,"has_more":false}"#)])
        else {
            Issue.record("an empty page is a page")
            return
        }
        #expect(none.events.isEmpty && none.next == nil)
    }

    @Test func `finds an event at Flexprice in the seconds around it, and no other of its id`() throws {
        var script = Script()
        let flexprice = try reader("flexprice")
        let wanted = WantedEvent(id: "e1", known: accepted("e1"), destination: nil)
        let exact = Self.flexpriceEvent.replacing("15:04:05Z", with: "15:04:05.125Z")
        let body = #"{"events":[\#(Self.flexpriceEvent),\#(exact)],"has_more":false}"#
        guard case .done(let found) = script.run(flexprice.find(wanted), [(200, body)]) else {
            Issue.record("nothing was found")
            return
        }
        #expect(found.map(\.timestamp.rfc3339) == ["2024-03-20T15:04:05.125Z"])
        let asked = try #require(script.asked.first)
        #expect(asked.contains(#""start_time":"2024-03-20T15:04:05Z","end_time":"2024-03-20T15:04:06Z""#))
        #expect(asked.contains(#""event_id":"e1""#) && asked.contains(#""external_customer_id":"c""#))
    }

    @Test func `says why Polar may not show an event that names a parent`() throws {
        let polar = try reader("polar")
        let child = SampleEvent.accepted(id: "e", vendor: #"{"polar":{"parent_id":"p"}}"#)
        let reason = polar.reasonNotFound(WantedEvent(id: "e", known: child, destination: nil))
        #expect(reason?.contains("until the parent arrives") ?? false)
        #expect(polar.reasonNotFound(WantedEvent(id: "e", known: accepted("e"), destination: nil)) == nil)
        #expect(polar.reasonNotFound(WantedEvent(id: "e", known: nil, destination: nil)) == nil)
    }

    @Test(arguments: ["lago", "polar", "flexprice"] as [AdapterName])
    func `takes no answer for one that it does not understand`(name: AdapterName) throws {
        var script = Script()
        let reader = try reader(name)
        for body in ["", "{}", "[]", "<html>", #"{"events":{}}"#, #"{"events":[{}],"items":[{}]}"#, "null"] {
            guard case .failed = script.run(reader.list(list()), [(200, body)]) else {
                Issue.record("\(name) took \(body)")
                continue
            }
        }
    }

    @Test func `asks nothing of Knetik`() {
        #expect(VendorRegistry.adapter(named: "knetik")?.reader == nil)
    }

    private func isUnsupported<Value>(_ inquiry: VendorInquiry<Value>) -> Bool {
        if case .unsupported = inquiry { true } else { false }
    }
}
