import Events
import JSON
import Testing

/// `POST /events` and `POST /events/bulk` as Flexprice's SDKs see them.
@Suite struct FlexpriceFacadeWriteTests {
    @Test func `accepts an event and gives its id back`() throws {
        var flexprice = DialectStage("flexprice")
        let reply = flexprice.send(
            "POST",
            "/events",
            """
            {"event_name":"api_request","external_customer_id":"customer456","event_id":"e/1","customer_id":"cust_01",\
            "timestamp":"2024-03-20T15:04:05.123456Z","source":"api","properties":{"n":1.50,"deep":{"a":[null]}},"other":1}
            """
        )
        #expect(reply.status == 202)
        #expect(reply.says(#"{"event_id":"e/1","message":"Event accepted for processing"}"#))
        #expect(reply.contentType == "application/json; charset=utf-8")
        let event = try #require(flexprice.stored.first?.event)
        #expect(event.id == "e/1" && event.idScope == "customer456@2024-03-20T15:04:05.123Z")
        #expect(event.customerID == "customer456")
        #expect(event.name == "api_request" && event.source == "api")
        #expect(event.timestamp == Timestamp(rfc3339: "2024-03-20T15:04:05.123Z"))
        #expect(event.properties?.description == #"{"n":1.50,"deep":{"a":[null]}}"#)
        #expect(event.vendor?.description == #"{"flexprice":{"customer_id":"cust_01"}}"#)
    }

    @Test func `mints an id where there is none`() {
        var flexprice = DialectStage("flexprice")
        for empty in [#""event_id":"","#, #""event_id":null,"#, ""] {
            let reply = flexprice.send(
                "POST",
                "/events",
                "{\(empty)\"event_name\":\"a\",\"external_customer_id\":\"c\"}"
            )
            #expect(reply.status == 202)
            #expect(reply.json?["event_id"]?.string?.hasPrefix("minted-") ?? false)
        }
        #expect(flexprice.stored.allSatisfy { $0.event.idScope.isEmpty && !$0.event.timestampWasGiven })
        #expect(flexprice.stored.count == 3)
    }

    @Test(
        arguments: [
            // As Go reads JSON.
            (#"{"EVENT_NAME":"a","External_Customer_Id":"c"}"#, "a", "c"),
            (#"{"event_name":"a","event_name":null,"external_customer_id":"c"}"#, "a", "c"),
            (#"{"event_name":"a","Event_Name":"b","external_customer_id":"c"}"#, "b", "c"),
            (#"{"event\u005fname":"a","external_customer_id":"c"}"#, "a", "c"),
            (#"{"event_name":"\u00a0 a b\t","external_customer_id":" c "}"#, "a b", " c "),
            (
                #"{"event_name":"a","external_customer_id":"c","timestamp":null,"properties":null,"source":null}"#, "a",
                "c"
            ),
            (#"{"event_name":"a","external_customer_id":"c","timestamp":"0001-01-01T00:00:00Z"}"#, "a", "c"),
        ]
    )
    func `reads fields as Flexprice does`(body: String, name: String, customer: String) throws {
        var flexprice = DialectStage("flexprice")
        #expect(flexprice.send("POST", "/events", body, headers: [("Content-Type", "text/plain")]).status == 202)
        let event = try #require(flexprice.stored.first?.event)
        #expect(event.name == name && event.customerID == customer && !event.timestampWasGiven)
    }

    @Test(
        arguments: [
            ("2024-03-20T15:04:05Z", "2024-03-20T15:04:05.000Z"),
            ("2024-03-20T15:04:05+05:30", "2024-03-20T09:34:05.000Z"),
            ("2024-03-20T15:04:05.123456789Z", "2024-03-20T15:04:05.123Z"),
        ]
    )
    func `reads times`(text: String, moment: String) throws {
        var flexprice = DialectStage("flexprice")
        let body = #"{"event_name":"a","external_customer_id":"c","timestamp":"\#(text)"}"#
        #expect(flexprice.send("POST", "/events", body).status == 202)
        #expect(flexprice.stored.first?.event.timestamp.rfc3339 == moment)
    }

    @Test func `keeps the example of the API's description as it is`() {
        var flexprice = DialectStage("flexprice")
        let properties = #"{"\"response_status\"": "200}", "{\"request_size\"": "100"}"#
        let body = #"{"event_name":"a","external_customer_id":"c","properties":\#(properties)}"#
        #expect(flexprice.send("POST", "/events", body).status == 202)
        #expect(flexprice.stored.first?.event.properties?.description == properties)
    }

    @Test func `keeps the last of two properties of one name, as Go's maps do`() {
        var flexprice = DialectStage("flexprice")
        let body = #"{"event_name":"a","external_customer_id":"c","properties":{"n":1,"m":2,"n":3.0}}"#
        #expect(flexprice.send("POST", "/events", body).status == 202)
        #expect(flexprice.stored.first?.event.properties?.description == #"{"n":3.0,"m":2}"#)
    }

    @Test(
        arguments: [
            ("", "body"), ("{", "body"), ("[]", "body"), (#""x""#, "body"), ("{} {}", "body"),
            (#"{"external_customer_id":"c"}"#, "EventName"),
            (#"{"event_name":"","external_customer_id":"c"}"#, "EventName"),
            (#"{"event_name":" \n ","external_customer_id":"c"}"#, "EventName"),
            (#"{"event_name":"a"}"#, "ExternalCustomerID"),
            (#"{"event_name":"a","external_customer_id":""}"#, "ExternalCustomerID"),
            (#"{"event_name":1,"external_customer_id":"c"}"#, "event_name"),
            (#"{"event_name":"a","external_customer_id":true}"#, "external_customer_id"),
            (#"{"event_name":"a","external_customer_id":"c","event_id":7}"#, "event_id"),
            (#"{"event_name":"a","external_customer_id":"c","customer_id":{}}"#, "customer_id"),
            (#"{"event_name":"a","external_customer_id":"c","source":[]}"#, "source"),
            (#"{"event_name":"a","external_customer_id":"c","properties":[]}"#, "properties"),
            (#"{"event_name":"a","external_customer_id":"c","properties":"x"}"#, "properties"),
            (#"{"event_name":"a","external_customer_id":"c","properties":{"a":1},"Properties":{"b":2}}"#, "properties"),
            (#"{"event_name":"a","external_customer_id":"c","timestamp":1710947045}"#, "timestamp"),
            (#"{"event_name":"a","external_customer_id":"c","timestamp":""}"#, "timestamp"),
            (#"{"event_name":"a","external_customer_id":"c","timestamp":"2024-03-20T15:04:05"}"#, "timestamp"),
            (#"{"event_name":"a","external_customer_id":"c","timestamp":"2024-03-20t15:04:05Z"}"#, "timestamp"),
            (#"{"event_name":"a","external_customer_id":"c","timestamp":"2024-03-20T15:04:05z"}"#, "timestamp"),
            (#"{"event_name":"a","external_customer_id":"c","timestamp":"2024-03-20 15:04:05Z"}"#, "timestamp"),
            (#"{"event_name":"a","external_customer_id":"c","timestamp":"2024-03-20T15:04:05+0530"}"#, "timestamp"),
            (#"{"event_name":"a","external_customer_id":"c","timestamp":"2024-03-20T15:04:60Z"}"#, "timestamp"),
        ]
    )
    func `refuses what Flexprice refuses, and names the field`(body: String, field: String) throws {
        var flexprice = DialectStage("flexprice")
        let reply = flexprice.send("POST", "/events", body)
        #expect(reply.status == 400 && flexprice.stored.isEmpty)
        let json = try #require(reply.json)
        #expect(json["code"]?.string == "validation_error" && json["http_status_code"]?.int64 == 400)
        #expect(json["message"]?.string == "Invalid request payload")
        #expect(json["details"]?.members.first { _ in true }?.name == field)
    }

    @Test func `says in the validator's words what is missing`() {
        var flexprice = DialectStage("flexprice")
        let reply = flexprice.send("POST", "/events", "{}")
        #expect(
            reply.says(
                #"""
                {"code":"validation_error","message":"Invalid request payload","http_status_code":400,"details":{
                "EventName":"Key: 'IngestEventRequest.EventName' Error:Field validation for 'EventName' failed on the 'required' tag",
                "ExternalCustomerID":"Key: 'IngestEventRequest.ExternalCustomerID' Error:Field validation for 'ExternalCustomerID' failed on the 'required' tag"}}
                """#
            )
        )
    }

    @Test(
        arguments: [
            ("event_id", 256), ("external_customer_id", 256), ("customer_id", 1025), ("source", 1025),
        ] as [(String, Int)]
    )
    func `refuses what the gateway cannot keep`(field: String, length: Int) {
        var flexprice = DialectStage("flexprice")
        var fields = ["event_name": "a", "external_customer_id": "c"]
        for (size, status) in [(length - 1, 202), (length, 400)] {
            fields[field] = String(repeating: "x", count: size)
            let body = "{" + fields.map { "\"\($0)\":\"\($1)\"" }.joined(separator: ",") + "}"
            let reply = flexprice.send("POST", "/events", body)
            #expect(reply.status == status)
            if status == 400 { #expect(reply.json?["message"]?.string == "Request validation failed") }
        }
    }

    @Test func `refuses names that are too long and properties that are too deep`() {
        var flexprice = DialectStage("flexprice")
        let long = String(repeating: "ä", count: 129)
        #expect(
            flexprice.send("POST", "/events", #"{"event_name":"\#(long)","external_customer_id":"c"}"#).status == 400
        )
        let deep = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        let body = #"{"event_name":"a","external_customer_id":"c","properties":{"a":\#(deep)}}"#
        let reply = flexprice.send("POST", "/events", body)
        #expect(reply.status == 400 && reply.json?["details"]?["properties"] != nil)
    }
}

/// Repeats, and what only the gateway refuses.
extension FlexpriceFacadeWriteTests {
    private func event(_ id: String, _ customer: String = "c", _ rest: String = "") -> String {
        #"{"event_name":"a","external_customer_id":"\#(customer)","event_id":"\#(id)"\#(rest)}"#
    }

    @Test func `takes the same event again, and the same id of another customer`() {
        var flexprice = DialectStage("flexprice")
        let body = event("e", "c", #","timestamp":"2024-03-20T15:04:05Z","properties":{"n":1}"#)
        #expect(flexprice.send("POST", "/events", body).status == 202)
        #expect(
            flexprice.send("POST", "/events", body).says(#"{"event_id":"e","message":"Event accepted for processing"}"#)
        )
        #expect(flexprice.stored.count == 1)
        #expect(flexprice.send("POST", "/events", event("e", "d")).status == 202)
        #expect(flexprice.stored.count == 2)
    }

    @Test func `takes a known id with another timestamp for another event, as Flexprice does`() {
        var flexprice = DialectStage("flexprice")
        let first = event("fx-1", "c", #","timestamp":"2026-11-20T08:00:00Z","properties":{"q":"1"}"#)
        let moved = event("fx-1", "c", #","timestamp":"2026-11-20T08:00:09Z","properties":{"q":"1"}"#)
        let new = event("fx-2", "c", #","timestamp":"2026-11-20T08:00:09Z","properties":{"q":"1"}"#)
        #expect(flexprice.send("POST", "/events/bulk", #"{"events":[\#(first)]}"#).status == 202)
        let retry = #"{"events":[\#(moved),\#(new)]}"#
        for _ in 0..<2 {
            let reply = flexprice.send("POST", "/events/bulk", retry)
            #expect(reply.status == 202 && reply.says(#"{"message":"Events accepted for processing"}"#))
            #expect(flexprice.stored.map(\.event.id) == ["fx-1", "fx-1", "fx-2"])
        }
        #expect(Set(flexprice.stored.map(\.event.idScope)).count == 2)
    }

    @Test(arguments: [
        #","timestamp":"2026-11-20T08:00:00Z","properties":{"q":"2"}"#,
        #","timestamp":"2026-11-20T10:00:00+02:00","properties":{"q":"1"},"source":"x""#,
    ])
    func `keeps the first of two events with one id, timestamp and customer, and never answers 409`(rest: String) {
        var flexprice = DialectStage("flexprice")
        let first = event("e", "c", #","timestamp":"2026-11-20T08:00:00Z","properties":{"q":"1"}"#)
        #expect(flexprice.send("POST", "/events", first).status == 202)
        let repeated = flexprice.send("POST", "/events", event("e", "c", rest))
        #expect(repeated.status == 202)
        #expect(repeated.says(#"{"event_id":"e","message":"Event accepted for processing"}"#))
        let bulk = flexprice.send("POST", "/events/bulk", #"{"events":[\#(event("e", "c", rest)),\#(event("f"))]}"#)
        #expect(bulk.status == 202)
        #expect(flexprice.stored.map(\.event.id) == ["e", "f"])
        #expect(flexprice.stored.first?.event.properties?.description == #"{"q":"1"}"#)
    }

    @Test(
        arguments: [
            ("c", nil, "c"), ("c", "2026-11-20T08:00:00.125Z", "c@2026-11-20T08:00:00.125Z"), ("a@b", nil, "a@b@"),
            ("a@b", "2026-11-20T08:00:00Z", "a@b@2026-11-20T08:00:00.000Z"),
            // Whoever calls a customer so meets nobody else's events.
            ("c@2026-11-20T08:00:00.125Z", nil, "c@2026-11-20T08:00:00.125Z@"),
        ] as [(String, String?, String)]
    )
    func `tells ids apart by customer and timestamp`(customer: String, timestamp: String?, scope: String) {
        var flexprice = DialectStage("flexprice")
        let time = timestamp.map { #","timestamp":"\#($0)""# } ?? ""
        #expect(flexprice.send("POST", "/events", event("e", customer, time)).status == 202)
        #expect(flexprice.stored.first?.event.idScope == scope)
    }

    @Test(arguments: ["1e400", "-1E+400", "1e9223372036854775807", String(repeating: "9", count: 400)])
    func `refuses numbers that no 64-bit float reaches`(number: String) {
        var flexprice = DialectStage("flexprice")
        for properties in [#"{"n":\#(number)}"#, #"{"deep":[1,{"n":\#(number)}]}"#] {
            let bad = event("e", "c", #","properties":\#(properties)"#)
            let reply = flexprice.send("POST", "/events", bad)
            #expect(reply.status == 400 && reply.json?["message"]?.string == "Invalid request payload")
            #expect(reply.json?["details"]?["properties"]?.string?.contains("64-bit float") ?? false)
            let bulk = flexprice.send("POST", "/events/bulk", #"{"events":[\#(event("f")),\#(bad)]}"#)
            #expect(bulk.status == 400 && bulk.json?["message"]?.string == "Invalid request payload (events[1])")
        }
        #expect(flexprice.stored.isEmpty)
        #expect(
            flexprice.send("POST", "/events", event("e", "c", #","properties":{"n":1e308,"m":1e-400}"#)).status == 202
        )
    }

    @Test func `refuses what no route takes`() {
        var flexprice = DialectStage("flexprice")
        flexprice.unrouted = ["a"]
        let reply = flexprice.send("POST", "/events", event("e"))
        #expect(reply.status == 400 && reply.json?["code"]?.string == "validation_error")
        #expect(reply.json?["details"]?["event_name"]?.string == "no route")
    }

    @Test func `accepts a bulk request without ids in the answer`() {
        var flexprice = DialectStage("flexprice")
        let reply = flexprice.send(
            "POST",
            "/events/bulk",
            #"{"events":[\#(event("e")),\#(event("f")),\#(event("e"))]}"#
        )
        #expect(reply.status == 202 && reply.text == #"{"message":"Events accepted for processing"}"#)
        #expect(flexprice.stored.map(\.event.id) == ["e", "f"])
    }

    @Test func `takes a thousand events at once, and not one more`() {
        var flexprice = DialectStage("flexprice")
        let many = (0..<1001).map { event("e\($0)") }
        let body = many.joined(separator: ",")
        let refused = flexprice.send("POST", "/events/bulk", "{\"events\":[\(body)]}")
        #expect(
            refused.says(
                #"""
                {"code":"validation_error","message":"Request validation failed","http_status_code":400,"details":{"Events":
                "Key: 'BulkIngestEventRequest.Events' Error:Field validation for 'Events' failed on the 'max' tag"}}
                """#
            )
        )
        let fewer = many.dropLast().joined(separator: ",")
        #expect(flexprice.send("POST", "/events/bulk", "{\"events\":[\(fewer)]}").status == 202)
        #expect(flexprice.stored.count == 1000)
    }

    @Test(
        arguments: [
            (#"{"events":[]}"#, "Request validation failed", "Events", "'min'"),
            (#"{}"#, "Request validation failed", "Events", "'required'"),
            (#"null"#, "Request validation failed", "Events", "'required'"),
            (#"{"events":null}"#, "Request validation failed", "Events", "'required'"),
            (#"{"events":{}}"#, "Invalid request payload", "events", "array"),
            (#"[]"#, "Invalid request payload", "body", "object"),
            (
                #"{"events":[GOOD,{"external_customer_id":"c"},{"event_name":"a"}]}"#,
                "Request validation failed (events[1], events[2])", "EventName", "'required'"
            ),
            (
                #"{"events":[GOOD,{"event_name":1,"external_customer_id":"c"}]}"#,
                "Invalid request payload (events[1])", "event_name", "string"
            ),
            (#"{"events":[null]}"#, "Invalid request payload (events[0])", "event", "null"),
            (
                #"{"events":[BAD,BAD,BAD,BAD,BAD,BAD,BAD,BAD,BAD,BAD,BAD,GOOD,BAD]}"#,
                "Request validation failed (events[0], events[1], events[2], events[3], events[4], events[5], events[6], "
                    + "events[7], events[8], events[9] and 2 more)", "EventName", "'required'"
            ),
        ]
    )
    func `stores nothing of a bulk request with a bad event, and names it`(
        body: String,
        message: String,
        field: String,
        word: String
    ) {
        var flexprice = DialectStage("flexprice")
        let bad = #"{"event_name":"","external_customer_id":"c"}"#
        let body = body.replacing("GOOD", with: event("e")).replacing("BAD", with: bad)
        let reply = flexprice.send("POST", "/events/bulk", body)
        #expect(reply.status == 400 && flexprice.stored.isEmpty)
        #expect(reply.json?["message"]?.string == message)
        #expect(reply.json?["details"]?[field]?.string?.contains(word) ?? false)
    }
}
