import Events
import JSON
import TestSupport
import Testing
import Vendors

/// Writes as Lago's SDKs send them.
@Suite struct LagoFacadeWriteTests {
    private static func refusal(_ details: String) -> String {
        #"{"status":422,"error":"Unprocessable Entity","code":"validation_errors","error_details":\#(details)}"#
    }

    private static func event(_ more: String = "") -> String {
        #"{"transaction_id":"t1","external_subscription_id":"sub 1","code":"c"\#(more)}"#
    }

    @Test func `accepts what the Python SDK sends, with its nulls`() throws {
        var lago = DialectStage("lago")
        let body = """
            {"event":{"transaction_id":"job-2031-step-4","external_subscription_id":"sub-acme","code":"compute_seconds",\
            "timestamp":"1772366400.250","precise_total_amount_cents":null,"properties":{"seconds":42.50}}}
            """
        let reply = lago.send("POST", "/events", body)
        #expect(reply.status == 200)
        #expect(reply.contentType?.hasPrefix("application/json") ?? false)
        let id = try #require(reply.json?["event"]?["lago_id"]?.string)
        #expect(
            reply.text == """
                {"event":{"lago_id":"\(id)","transaction_id":"job-2031-step-4","lago_customer_id":null,\
                "code":"compute_seconds","timestamp":"2026-03-01T12:00:00.250Z","precise_total_amount_cents":null,\
                "properties":{"seconds":42.50},"lago_subscription_id":null,"external_subscription_id":"sub-acme",\
                "created_at":"2026-03-01T12:00:01Z"}}
                """
        )
        let stored = try #require(lago.stored.first?.event)
        #expect(stored.idScope == "sub-acme" && stored.customerID == nil && stored.timestampWasGiven)
        #expect(lago.send("GET", "/events/job-2031-step-4").text == reply.text)
    }

    @Test(
        arguments: [
            (#""1772366400""#, 1_772_366_400_000), ("1772366400", 1_772_366_400_000),
            ("1772366400.2509", 1_772_366_400_250), (#""1772366400.999999""#, 1_772_366_400_999),
            (#"" 1772366400 ""#, 1_772_366_400_000), ("1.7723664e9", 1_772_366_400_000), ("-1.5", -1500),
            (#""+5""#, 5000), ("null", 1_772_366_401_003), ("7258118400", 7_258_118_400_000),
        ] as [(String, Int64)]
    )
    func `reads seconds exactly to the millisecond`(text: String, milliseconds: Int64) throws {
        var lago = DialectStage("lago")
        let reply = lago.send("POST", "/events", #"{"event":\#(Self.event(#","timestamp":\#(text)"#))}"#)
        #expect(reply.status == 200, "\(reply.text)")
        #expect(lago.stored.first?.event.timestamp.milliseconds == milliseconds)
    }

    @Test(
        arguments: [
            (
                "{}",
                #"{"transaction_id":["value_is_mandatory"],"code":["value_is_mandatory"],"#
                    + #""external_subscription_id":["value_is_mandatory"]}"#
            ),
            (
                #"{"transaction_id":"","code":" ","external_subscription_id":"s"}"#,
                #"{"transaction_id":["value_is_mandatory"],"code":["value_is_mandatory"]}"#
            ),
            (
                #"{"transaction_id":["a"],"code":{},"external_subscription_id":"s"}"#,
                #"{"transaction_id":["value_is_mandatory"],"code":["value_is_mandatory"]}"#
            ),
            (#"{"transaction_id":"t","code":"c"}"#, #"{"external_subscription_id":["value_is_mandatory"]}"#),
            (
                #"{"transaction_id":"t","code":"c","external_subscription_id":null}"#,
                #"{"external_subscription_id":["value_is_mandatory"]}"#
            ),
            (
                #"{"transaction_id":"t","code":"c","external_subscription_id":"s","timestamp":"2024-03-20T15:04:05Z"}"#,
                #"{"timestamp":["invalid_format"]}"#
            ),
            (
                #"{"transaction_id":"t","code":"c","external_subscription_id":"s","timestamp":""}"#,
                #"{"timestamp":["invalid_format"]}"#
            ),
            (
                #"{"transaction_id":"t","code":"c","external_subscription_id":"s","timestamp":true}"#,
                #"{"timestamp":["invalid_format"]}"#
            ),
            (
                #"{"transaction_id":"t","code":"c","external_subscription_id":"s","timestamp":1772366400250}"#,
                #"{"timestamp":["milliseconds_where_seconds_are_expected"]}"#
            ),
            (
                #"{"transaction_id":"t","code":"c","external_subscription_id":"s","timestamp":"7258118401"}"#,
                #"{"timestamp":["milliseconds_where_seconds_are_expected"]}"#
            ),
            (
                #"{"transaction_id":"t","code":"c","external_subscription_id":"s","precise_total_amount_cents":"ten"}"#,
                #"{"precise_total_amount_cents":["invalid_format"]}"#
            ),
        ]
    )
    func `refuses an event in Lago's codes, alone and in a batch by its index`(event: String, details: String) {
        var lago = DialectStage("lago")
        if event != "{}" {
            let alone = lago.send("POST", "/events", #"{"event":\#(event)}"#)
            #expect(alone.status == 422)
            #expect(alone.says(Self.refusal(details)), "\(alone.text)")
        }
        let batch = lago.send("POST", "/events/batch", #"{"events":[\#(Self.event()),\#(event)]}"#)
        #expect(batch.status == 422)
        #expect(batch.says(Self.refusal(#"{"1":\#(details)}"#)), "\(batch.text)")
        #expect(lago.stored.isEmpty)
    }

    @Test func `answers the same event again with 200, and another one of its id as Lago does`() {
        var lago = DialectStage("lago")
        let first = lago.send("POST", "/events", #"{"event":\#(Self.event(#","properties":{"a":1}"#))}"#)
        #expect(lago.send("POST", "/events", #"{"event":\#(Self.event(#","properties":{"a":1.0}"#))}"#).text != "")
        #expect(lago.stored.count == 1)
        let again = lago.send("POST", "/events", #"{"event":\#(Self.event(#","properties":{"a":1}"#))}"#)
        #expect(again.status == 200 && again.text == first.text)
        let other = lago.send("POST", "/events", #"{"event":\#(Self.event(#","properties":{"a":2}"#))}"#)
        #expect(other.status == 422)
        #expect(other.says(Self.refusal(#"{"transaction_id":["value_already_exist"]}"#)))
        let batch = lago.send(
            "POST",
            "/events/batch",
            #"{"events":[{"transaction_id":"t2","external_subscription_id":"s","code":"c"},\#(Self.event())]}"#
        )
        #expect(batch.says(Self.refusal(#"{"1":{"transaction_id":["value_already_exist"]}}"#)), "\(batch.text)")
        #expect(lago.stored.count == 1)
    }

    @Test(
        arguments: [
            (#","external_customer_id":"cust-a""#, "cust-a"), (#","external_customer_id":4711"#, "4711"),
            (#","external_customer_id":" ""#, nil), (#","external_customer_id":null"#, nil),
            (#","external_customer_id":{"a":1}"#, nil), ("", nil),
        ] as [(String, String?)]
    )
    func `keeps the external_customer_id as the customer`(field: String, customer: String?) throws {
        var lago = DialectStage("lago")
        #expect(lago.send("POST", "/events", #"{"event":\#(Self.event(field))}"#).status == 200)
        #expect(lago.send("POST", "/events/batch", #"{"events":[\#(Self.event(field))]}"#).status == 200)
        let event = try #require(lago.stored.first?.event)
        #expect(lago.stored.count == 1 && event.customerID == customer && event.subscriptionID != nil)
        for name in ["polar", "flexprice", "knetik"] {
            let adapter = try #require(VendorRegistry.adapter(named: AdapterName(name)))
            let destination = SampleEvent.destination(adapter)
            guard let customer else {
                #expect(throws: Untranslatable.self) { try adapter.translate(event, for: destination) }
                continue
            }
            let sent = String(decoding: try adapter.translate(event, for: destination).bytes, as: UTF8.self)
            #expect(sent.contains("\"\(customer)\""), "\(name): \(sent)")
        }
    }

    @Test(arguments: [
        (#""transaction_id":"t\u0000","external_subscription_id":"s","code":"c""#, "transaction_id"),
        (#""transaction_id":"t","external_subscription_id":"s\u0000","code":"c""#, "external_subscription_id"),
        (#""transaction_id":"t","external_subscription_id":"s","code":"\u0000c""#, "code"),
        (
            #""transaction_id":"t","external_subscription_id":"s","code":"c","external_customer_id":"a\u0000""#,
            "external_customer_id"
        ),
        (
            #""transaction_id":"t","external_subscription_id":"s","code":"c","properties":{"a":["\u0000"]}"#,
            "properties"
        ),
        (#""transaction_id":"t","external_subscription_id":"s","code":"c","properties":{"\u0000":1}"#, "properties"),
    ])
    func `refuses the character that PostgreSQL cannot store`(members: String, field: String) {
        var lago = DialectStage("lago")
        let reply = lago.send("POST", "/events", #"{"event":{\#(members)}}"#)
        #expect(reply.status == 422 && lago.stored.isEmpty)
        #expect(
            reply.json?["error_details"].map { String(decoding: $0.raw, as: UTF8.self) }
                == #"{"\#(field)":["value_contains_a_nul_character"]}"#
        )
        let harmless = #"{"event":{\#(members.replacing(#"\u0000"#, with: #"\\u0000"#))}}"#
        #expect(lago.send("POST", "/events", harmless).status == 200)
    }

    @Test func `lets one transaction id live in several subscriptions`() {
        var lago = DialectStage("lago")
        let events = ["s1", "s2"].map { #"{"transaction_id":"t","external_subscription_id":"\#($0)","code":"c"}"# }
        let reply = lago.send("POST", "/events/batch", #"{"events":[\#(events.joined(separator: ","))]}"#)
        #expect(reply.status == 200)
        #expect(reply.json?["events"]?.elements.map { $0["external_subscription_id"]?.string } == ["s1", "s2"])
        let ids = reply.json?["events"]?.elements.compactMap { $0["lago_id"]?.string } ?? []
        #expect(Set(ids).count == 2)
        #expect(lago.stored.count == 2)
    }

    @Test(
        arguments: [
            (
                "/events", "{}", 400,
                #"{"status":400,"error":"BadRequest: param is missing or the value is empty or invalid: event"}"#
            ),
            (
                "/events", #"{"event":{}}"#, 400,
                #"{"status":400,"error":"BadRequest: param is missing or the value is empty or invalid: event"}"#
            ),
            (
                "/events", #"{"event":null}"#, 400,
                #"{"status":400,"error":"BadRequest: param is missing or the value is empty or invalid: event"}"#
            ),
            (
                "/events", "[1]", 400,
                #"{"status":400,"error":"BadRequest: param is missing or the value is empty or invalid: event"}"#
            ),
            ("/events", "{", 400, #"{"status":400,"error":"Bad Request"}"#),
            ("/events", "", 400, #"{"status":400,"error":"Bad Request"}"#),
            ("/events/batch", "{}", 422, refusal(#"{"events":["no_events"]}"#)),
            ("/events/batch", #"{"events":[]}"#, 422, refusal(#"{"events":["no_events"]}"#)),
            ("/events/batch", #"{"events":null}"#, 422, refusal(#"{"events":["no_events"]}"#)),
            (
                "/events/estimate_fees", #"{"event":{}}"#, 400,
                #"{"status":400,"error":"BadRequest: param is missing or the value is empty or invalid: event"}"#
            ),
            (
                "/events/other", "{}", 501,
                #"{"status":501,"error":"Not Implemented: elsewhere","code":"not_served_by_this_gateway"}"#
            ),
            (
                "/customers", "{}", 501,
                #"{"status":501,"error":"Not Implemented: elsewhere","code":"not_served_by_this_gateway"}"#
            ),
        ]
    )
    func `answers bodies and paths that are none`(path: String, body: String, status: Int, answer: String) {
        var lago = DialectStage("lago")
        let reply = lago.send("POST", path, body)
        #expect(reply.status == status)
        #expect(reply.says(answer), "\(reply.text)")
    }

    @Test func `takes a hundred events and not one more`() {
        var lago = DialectStage("lago")
        func batch(_ count: Int) -> String {
            let events = (0..<count).map { #"{"transaction_id":\#($0),"external_subscription_id":1,"code":"c"}"# }
            return #"{"events":[\#(events.joined(separator: ","))]}"#
        }
        let large = lago.send("POST", "/events/batch", batch(101))
        #expect(large.says(Self.refusal(#"{"events":["too_many_events"]}"#)))
        #expect(lago.send("POST", "/events/batch", batch(100)).status == 200)
        // Numbers become text.
        #expect(lago.stored.last?.event.id == "99")
        #expect(lago.stored.last?.event.subscriptionID == "1")
    }

    @Test(
        arguments: [
            ("null", "{}"), ("{}", "{}"), ("[1,2]", "{}"), (#""text""#, "{}"),
            (#"{"a": {"b": [1, null]}}"#, #"{"a": {"b": [1, null]}}"#),
            (#"{"a":1,"b":2,"a":3}"#, #"{"a":3,"b":2}"#),
            (#"{"o":{"x":1e5,"\u0078":2}}"#, #"{"o":{"x":2}}"#),
        ]
    )
    func `takes properties as Rails would`(sent: String, shown: String) throws {
        var lago = DialectStage("lago")
        let reply = lago.send("POST", "/events", #"{"event":\#(Self.event(#","properties":\#(sent)"#))}"#)
        #expect(reply.status == 200)
        #expect(reply.json?["event"]?["properties"].map { String(decoding: $0.raw, as: UTF8.self) } == shown)
    }

    @Test(
        arguments: [
            (#""1234.56""#, "1234.56"), ("1234.56", "1234.56"), ("100", "100.0"), (#""1e3""#, "1000.0"),
            (#""+0.5""#, "0.5"), (#""-0012.50""#, "-12.5"), ("0", "0.0"), (#"" 7 ""#, "7.0"), ("1.5e-3", "0.0015"),
        ]
    )
    func `shows an amount as Ruby prints decimals`(sent: String, shown: String) throws {
        var lago = DialectStage("lago")
        let body = #"{"event":\#(Self.event(#","precise_total_amount_cents":\#(sent)"#))}"#
        let reply = lago.send("POST", "/events", body)
        #expect(reply.json?["event"]?["precise_total_amount_cents"]?.string == shown, "\(reply.text)")
    }

    @Test func `says in Lago's shape that no route takes an event`() {
        var lago = DialectStage("lago")
        lago.unrouted = ["c"]
        let reply = lago.send("POST", "/events", #"{"event":\#(Self.event())}"#)
        #expect(reply.says(Self.refusal(#"{"code":["no_route_takes_this_event"]}"#)))
    }

    @Test func `the last of two members of one name counts`() {
        var lago = DialectStage("lago")
        let body = #"{"event":{"code":"a","transaction_id":"t","external_subscription_id":"s","\u0063ode":"b"}}"#
        #expect(lago.send("POST", "/events", body).status == 200)
        #expect(lago.stored.first?.event.name == "b")
    }

    @Test func `does not look at a body that is not said to be JSON`() {
        var lago = DialectStage("lago")
        let reply = lago.send(
            "POST",
            "/events",
            #"{"event":\#(Self.event())}"#,
            headers: [("Content-Type", "application/x-www-form-urlencoded")]
        )
        #expect(reply.status == 400)
    }
}
