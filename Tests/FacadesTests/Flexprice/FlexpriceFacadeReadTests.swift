import Events
import JSON
import TestSupport
import Testing

/// Lists and lookups as Flexprice's SDKs see them.
@Suite struct FlexpriceFacadeReadTests {
    /// Six events, an hour apart up to now, one of them eight days old.
    private func filled() -> DialectStage {
        var flexprice = DialectStage("flexprice")
        for (number, hours) in [200, 4, 3, 2, 1, 0].enumerated() {
            let moment = flexprice.now + .seconds(-3600 * hours)
            let reply = flexprice.send(
                "POST",
                "/events",
                """
                {"event_id":"e\(number)","event_name":"n\(number % 2)","external_customer_id":"c\(number % 3)",\
                "timestamp":"\(moment.rfc3339)","source":"s\(number)",\
                "properties":{"region":"r\(number % 2)","count":\(number),"text":"\(number)"}}
                """
            )
            precondition(reply.status == 202)
        }
        return flexprice
    }

    private func ids(_ reply: DialectStage.Reply) -> [String] {
        reply.json?["events"]?.elements.compactMap { $0["id"]?.string } ?? []
    }

    @Test(
        arguments: [
            (#"{}"#, ["e5", "e4", "e3", "e2", "e1"]),
            (#"{"event_name":"n1"}"#, ["e5", "e3", "e1"]),
            (#"{"external_customer_id":"c1"}"#, ["e4", "e1"]),
            (#"{"event_id":"e3"}"#, ["e3"]),
            (#"{"event_id":"e0"}"#, []),
            (#"{"source":"s2"}"#, ["e2"]),
            (#"{"event_name":null,"source":"","sort":null,"order":null}"#, ["e5", "e4", "e3", "e2", "e1"]),
            (#"{"order":"asc","sort":"timestamp"}"#, ["e1", "e2", "e3", "e4", "e5"]),
            (#"{"start_time":"2020-01-01T00:00:00Z"}"#, ["e5", "e4", "e3", "e2", "e1", "e0"]),
            (#"{"start_time":"0001-01-01T00:00:00Z"}"#, ["e5", "e4", "e3", "e2", "e1"]),
            (#"{"end_time":"2026-02-25T12:00:00Z"}"#, ["e0"]),
            // Both ends belong to the window.
            (#"{"start_time":"2026-03-01T09:00:01.003Z","end_time":"2026-03-01T10:00:01.003Z"}"#, ["e3", "e2"]),
            (#"{"property_filters":{"region":["r1"]}}"#, ["e5", "e3", "e1"]),
            (#"{"property_filters":{"region":["r1"],"text":["3","4"]}}"#, ["e3"]),
            // Numbers are no text.
            (#"{"property_filters":{"count":["3"]}}"#, []),
            (#"{"property_filters":{"nothing":[""]}}"#, []),
            (#"{"page_size":2}"#, ["e5", "e4"]),
            (#"{"page_size":2,"offset":3}"#, ["e2", "e1"]),
            (#"{"page_size":-1,"offset":-1,"unknown":1}"#, ["e5", "e4", "e3", "e2", "e1"]),
        ] as [(String, [String])]
    )
    func `lists events by Flexprice's filters`(body: String, expected: [String]) {
        var flexprice = filled()
        let reply = flexprice.send("POST", "/events/query", body)
        #expect(reply.status == 200)
        #expect(ids(reply) == expected)
    }

    @Test(
        arguments: [
            ([], ["e5", "e4", "e3", "e2", "e1"]),
            ([("event_name", "n1"), ("order", "asc")], ["e1", "e3", "e5"]),
            ([("property_filters", "region:r1;text:3,5")], ["e5", "e3"]),
            ([("page_size", "2")], ["e5", "e4"]),
            // Out of its range a size counts as none.
            ([("page_size", "51")], ["e5", "e4", "e3", "e2", "e1"]),
            ([("page_size", "x")], ["e5", "e4", "e3", "e2", "e1"]),
            ([("offset", "4")], ["e1"]),
            ([("start_time", "2020-01-01T00:00:00Z"), ("external_customer_id", "c0")], ["e3", "e0"]),
        ] as [([(String, String)], [String])]
    )
    func `lists events by parameters`(query: [(String, String)], expected: [String]) {
        var flexprice = filled()
        let reply = flexprice.send("GET", "/events", query: query)
        #expect(reply.status == 200)
        #expect(ids(reply) == expected)
    }

    @Test func `shows an event with every field`() {
        var flexprice = DialectStage("flexprice")
        flexprice.add(SampleEvent.accepted(vendor: #"{"flexprice":{"customer_id":"cust_1"}}"#))
        let reply = flexprice.send("POST", "/events/query", "{}")
        #expect(
            reply.says(
                #"""
                {"events":[{"id":"evt-1","external_customer_id":"customer456","customer_id":"cust_1","event_name":"api_request",
                "timestamp":"2026-03-01T12:00:00.25Z","ingested_at":"2026-03-01T12:00:01.003Z",
                "properties":{"request_size":100,"region":"eu"},"source":"api","environment_id":""}],"has_more":false,
                "iter_first_key":"1772366400250000000::1","iter_last_key":"1772366400250000000::1","total_count":1,"offset":50}
                """#
            )
        )
        flexprice = DialectStage("flexprice")
        #expect(flexprice.send("POST", "/events/query", "{}").says(#"{"events":[],"has_more":false,"offset":50}"#))
    }

    @Test func `goes on to older events and back to newer ones by keys`() throws {
        var flexprice = filled()
        let first = flexprice.send("POST", "/events/query", #"{"page_size":2}"#)
        #expect(first.json?["has_more"]?.bool == true && first.json?["total_count"]?.int64 == 5)
        let last = try #require(first.json?["iter_last_key"]?.string)
        let second = flexprice.send("POST", "/events/query", #"{"page_size":2,"iter_last_key":"\#(last)"}"#)
        #expect(ids(second) == ["e3", "e2"])
        #expect(second.json?["offset"] == nil && second.json?["total_count"]?.int64 == 5)
        let further = try #require(second.json?["iter_last_key"]?.string)
        let third = flexprice.send("GET", "/events", query: [("page_size", "2"), ("iter_last_key", further)])
        #expect(ids(third) == ["e1"] && third.json?["has_more"]?.bool == false)
        #expect(third.json?["iter_last_key"] == nil)
        let back = try #require(second.json?["iter_first_key"]?.string)
        #expect(ids(flexprice.send("POST", "/events/query", #"{"iter_first_key":"\#(back)"}"#)) == ["e5", "e4"])
        let rising = flexprice.send("POST", "/events/query", #"{"order":"asc","iter_first_key":"\#(back)"}"#)
        #expect(ids(rising) == ["e4", "e5"])
        let older = flexprice.send("POST", "/events/query", #"{"order":"asc","iter_last_key":"\#(back)"}"#)
        #expect(ids(older) == ["e1", "e2"])
    }

    @Test(
        arguments: [
            ("", "Please check the request payload"), ("[]", "Please check the request payload"),
            (#"{"event_name":1}"#, "Please check the request payload"),
            (#"{"page_size":"50"}"#, "Please check the request payload"),
            (#"{"page_size":1.5}"#, "Please check the request payload"),
            (#"{"page_size":1001}"#, "Please check the request payload"),
            (#"{"offset":100001}"#, "Please check the request payload"),
            (#"{"start_time":"yesterday"}"#, "Please check the request payload"),
            (#"{"start_time":""}"#, "Please check the request payload"),
            (
                #"{"start_time":"2026-03-01T00:00:00Z","end_time":"2026-02-01T00:00:00Z"}"#,
                "Please check the request payload"
            ),
            (#"{"property_filters":{"a":"b"}}"#, "Please check the request payload"),
            (#"{"property_filters":{"a":[1]}}"#, "Please check the request payload"),
            (#"{"property_filters":{"a":[]}}"#, "Please check the request payload"),
            (#"{"property_filters":[]}"#, "Please check the request payload"),
            (#"{"sort":"size"}"#, "Request validation failed due to invalid sort field"),
            (#"{"sort":""}"#, "Request validation failed due to invalid sort field"),
            (#"{"sort":"event_name"}"#, "The gateway sorts events by timestamp only"),
            (#"{"order":"DESC"}"#, "Request validation failed due to invalid order by value"),
            (#"{"iter_last_key":"x"}"#, "Invalid cursor key format"),
            (#"{"iter_last_key":"1::2::3"}"#, "Invalid cursor key format"),
            (#"{"iter_last_key":"1::evt"}"#, "Invalid cursor key format"),
            (#"{"iter_first_key":"x::1"}"#, "Invalid timestamp while parsing cursor"),
        ]
    )
    func `refuses a list that it cannot answer`(body: String, message: String) {
        var flexprice = filled()
        let reply = flexprice.send("POST", "/events/query", body)
        #expect(reply.status == 400 && reply.json?["code"]?.string == "validation_error")
        #expect(reply.json?["message"]?.string == message)
    }

    @Test(arguments: ["a", "a:b:c", "a:b;", ";"])
    func `refuses property filters that Flexprice would pass over`(filters: String) {
        var flexprice = filled()
        #expect(flexprice.send("GET", "/events", query: [("property_filters", filters)]).status == 400)
    }
}

/// Lookups.
extension FlexpriceFacadeReadTests {
    private func delivery(_ mode: DeliveryMode, _ status: DeliveryStatus, fault: DeliveryFault? = nil) -> Delivery {
        Delivery(provider: "account", adapter: "flexprice", mode: mode, status: status, httpStatus: 422, fault: fault)
    }

    @Test(
        arguments: [
            ([(.primary, .delivered), (.mirror, .rejected)], "processed"),
            ([(.primary, .delivered), (.primary, .skipped)], "processed"),
            ([(.primary, .delivered), (.primary, .retrying)], "processing"),
            ([(.primary, .pending), (.mirror, .delivered)], "processing"),
            ([(.primary, .delivered), (.primary, .uncertain)], "failed"),
            ([(.primary, .retrying), (.primary, .discarded)], "failed"),
            ([(.mirror, .rejected)], "failed"), ([(.mirror, .delivered)], "processed"), ([], "processed"),
        ] as [([(DeliveryMode, DeliveryStatus)], String)]
    )
    func `tells from the deliveries what became of an event`(
        deliveries: [(DeliveryMode, DeliveryStatus)],
        status: String
    ) {
        var flexprice = DialectStage("flexprice")
        flexprice.add(SampleEvent.accepted(id: "a/b"), deliveries: deliveries.map { delivery($0, $1) })
        for reply in [
            flexprice.send("GET", "/events/lookup", query: [("id", "a/b"), ("external_customer_id", "customer456")]),
            flexprice.send("GET", "/events/a%2Fb"), flexprice.send("GET", "/events/a/b"),
        ] {
            #expect(reply.status == 200 && reply.json?["status"]?.string == status)
            #expect(reply.json?["event"]?["id"]?.string == "a/b")
            #expect(reply.json?["processed_events"]?.kind == .array)
        }
    }

    @Test func `tells where an event failed`() {
        var flexprice = DialectStage("flexprice")
        let fault = DeliveryFault(code: .unknownCustomer, message: "does not know the customer")
        flexprice.add(SampleEvent.accepted(), deliveries: [delivery(.primary, .rejected, fault: fault)])
        let tracker = flexprice.send("GET", "/events/lookup", query: [("id", "evt-1")]).json?["debug_tracker"]
        #expect(tracker?["failure_point"]?["failure_point_type"]?.string == "customer_lookup")
        let error = tracker?["failure_point"]?["error"]
        #expect(error?["code"]?.string == "unknown_customer" && error?["http_status_code"]?.int64 == 422)
        #expect(error?["message"]?.string == "account: does not know the customer")
    }

    @Test func `finds an id of several customers, newest first`() {
        var flexprice = DialectStage("flexprice")
        for (customer, time) in [("a", "01"), ("b", "03"), ("c", "02")] {
            let body = """
                {"event_id":"e","event_name":"n","external_customer_id":"\(customer)","timestamp":"2020-01-\(time)T00:00:00Z"}
                """
            #expect(flexprice.send("POST", "/events", body).status == 202)
        }
        func customers(_ query: [(String, String)]) -> [String] {
            let reply = flexprice.send("GET", "/events/lookup", query: [("id", "e")] + query)
            return reply.json?["events"]?.elements.compactMap { $0["external_customer_id"]?.string } ?? []
        }
        #expect(customers([]) == ["b", "c", "a"])
        #expect(customers([("external_customer_id", "a")]) == ["a"])
        #expect(customers([("start_time", "2020-01-02T00:00:00Z")]) == ["b", "c"])
        #expect(customers([("end_time", "2020-01-02T00:00:00Z")]) == ["c", "a"])
    }

    @Test func `says what it does not find`() {
        var flexprice = filled()
        let unknown = flexprice.send("GET", "/events/lookup", query: [("id", "x"), ("external_customer_id", "c")])
        #expect(
            unknown.status == 404
                && unknown.says(
                    #"""
                    {"code":"not_found","message":"Event not found in events table","http_status_code":404,"details":{"event_id":"x"}}
                    """#
                )
        )
        #expect(
            flexprice.send("GET", "/events/lookup", query: [("id", "e1"), ("external_customer_id", "?")]).status == 404
        )
        #expect(flexprice.send("GET", "/events/lookup").status == 400)
        #expect(flexprice.send("GET", "/events/lookup", query: [("id", "e1"), ("start_time", "x")]).status == 400)
    }
}
