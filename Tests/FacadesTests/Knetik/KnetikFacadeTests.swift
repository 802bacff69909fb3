import Events
import Facades
import JSON
import Testing

/// `POST /events` and `POST /batch` as Knetik's generated clients see them.
@Suite struct KnetikFacadeTests {
    private static let good =
        #"{"event_timestamp":1772366400250,"request_type":"newEvent","send_timestamp":1772366401003,"result":"success","category":"api_call","user_id":"acme"}"#

    private func with(_ change: (String, String)...) -> String {
        change.reduce(Self.good) { $0.replacing($1.0, with: $1.1) }
    }

    @Test func `records an event without a word`() throws {
        var knetik = DialectStage("knetik")
        let reply = knetik.send(
            "POST",
            "/events",
            """
            {"request_type":"newEvent","category":"api_call","result":"insufficient_funds","transaction_id":"job-2031",\
            "event_timestamp":1772366400250,"send_timestamp":1772366401003,"user_id":"acme","device_id":"node-7",\
            "event_properties":{"seconds":42.50,"region":"eu","cached":false},"other":1}
            """
        )
        #expect(reply.status == 202 && reply.text.isEmpty && reply.contentType == nil)
        let event = try #require(knetik.stored.first?.event)
        #expect(event.id == "job-2031" && event.idScope.isEmpty && event.name == "api_call")
        #expect(event.customerID == "acme" && event.timestamp == Timestamp(milliseconds: 1_772_366_400_250))
        #expect(event.properties?.description == #"{"seconds":42.50,"region":"eu","cached":false}"#)
        #expect(event.vendor?.description == #"{"knetik":{"result":"insufficient_funds","device_id":"node-7"}}"#)
    }

    /// The forms that the clients' serializers write.
    @Test(
        arguments: [
            (
                "JavaScript, no type",
                #"{"event_timestamp":1772366400250,"send_timestamp":1772366401003,"result":"success","category":"c","user_id":"u"}"#
            ),
            (
                "Unity, null for what is not set",
                #"{"request_type":null,"category":"c","result":"success","event_timestamp":1772366400250,"send_timestamp":1772366401003,"user_id":"u","device_id":null,"transaction_id":null,"event_properties":null}"#
            ),
            (
                "Java, the type twice",
                #"{"request_type":"newEvent","event_timestamp":1772366400250,"request_type":"newEvent","send_timestamp":1772366401003,"category":"c","result":"success","user_id":"u"}"#
            ),
            (
                "Java, the type and null",
                #"{"request_type":"newEvent","request_type":null,"event_timestamp":1772366400250,"send_timestamp":1772366401003,"category":"c","result":"success","user_id":"u"}"#
            ),
        ]
    )
    func `takes what the clients send`(client: String, body: String) {
        var knetik = DialectStage("knetik")
        #expect(knetik.send("POST", "/events", body).status == 202, "\(client)")
        #expect(knetik.stored.count == 1 && knetik.stored[0].event.id == "minted-1")
    }

    @Test func `takes the device for the customer where there is no user`() throws {
        var knetik = DialectStage("knetik")
        #expect(knetik.send("POST", "/events", with(("user_id", "device_id"))).status == 202)
        let event = try #require(knetik.stored.first?.event)
        #expect(event.customerID == "acme")
        #expect(event.vendor?.description == #"{"knetik":{"result":"success","device_id":"acme"}}"#)
    }

    @Test(
        arguments: [
            (#""category":"api_call""#, #""category":null"#, "category may not be null"),
            (#","category":"api_call""#, "", "category may not be null"),
            (#""category":"api_call""#, #""category":"""#, "category may not be empty"),
            (#""category":"api_call""#, #""category":7"#, "category must be a string, found a number"),
            (#""result":"success""#, #""result":null"#, "result may not be null"),
            (#""result":"success","#, "", "result may not be null"),
            (#""event_timestamp":1772366400250"#, #""event_timestamp":null"#, "event_timestamp may not be null"),
            (#""event_timestamp":1772366400250,"#, "", "event_timestamp may not be null"),
            ("1772366400250", #""1772366400250""#, "event_timestamp must be an integer of Unix milliseconds"),
            ("1772366400250", "1772366400250.5", "event_timestamp must be an integer of Unix milliseconds"),
            ("1772366400250", "1.77e12", "event_timestamp must be an integer of Unix milliseconds"),
            ("1772366400250", "1772366400", "event_timestamp must be Unix milliseconds; 1772366400 looks like seconds"),
            ("1772366400250", "253402300800000", "event_timestamp must lie before the year 10000"),
            (#","send_timestamp":1772366401003"#, "", "send_timestamp may not be null"),
            ("1772366401003", "true", "send_timestamp must be an integer of Unix milliseconds"),
            (#","user_id":"acme""#, "", "user_id or device_id is required"),
            (#""user_id":"acme""#, #""user_id":"","device_id":null"#, "user_id or device_id is required"),
            (#""user_id":"acme""#, #""user_id":1"#, "user_id must be a string, found a number"),
            (
                #""user_id":"acme""#, #""user_id":"a","transaction_id":1"#,
                "transaction_id must be a string, found a number"
            ),
            (
                #""newEvent""#, #""newUser""#,
                #"unsupported: request_type "newUser"; this gateway accepts newEvent only"#
            ),
            (#""newEvent""#, "5", "request_type must be a string, found a number"),
            (#""acme""#, #""a","event_properties":[]"#, "event_properties must be an object, found an array"),
            (
                #""acme""#, #""a","event_properties":{"x":null}"#,
                "event_properties.x must be a string, a number or a boolean"
            ),
            (
                #""acme""#, #""a","event_properties":{"x":{}}"#,
                "event_properties.x must be a string, a number or a boolean"
            ),
            (
                #""acme""#, #""a","event_properties":{"x":[1]}"#,
                "event_properties.x must be a string, a number or a boolean"
            ),
        ]
    )
    func `refuses bad events with a reason`(what: String, instead: String, error: String) {
        var knetik = DialectStage("knetik")
        let reply = knetik.send("POST", "/events", with((what, instead)))
        #expect(reply.status == 400 && knetik.stored.isEmpty)
        #expect(reply.json?["code"]?.int64 == 400 && reply.contentType == "application/json")
        #expect(reply.json?["errors"]?.elements.compactMap(\.string) == [error])
    }

    @Test func `gathers all that is wrong, and keeps to its lengths`() {
        var knetik = DialectStage("knetik")
        let reply = knetik.send("POST", "/events", "{}")
        #expect(
            reply.says(
                #"""
                {"code":400,"errors":["category may not be null","result may not be null","event_timestamp may not be null",
                "send_timestamp may not be null","user_id or device_id is required"]}
                """#
            )
        )
        let long = String(repeating: "x", count: 256)
        for (what, instead) in [
            ("acme", long), (#""acme""#, #""a","device_id":"\#(long)""#),
            (#""acme""#, #""a","transaction_id":"\#(long)""#),
            ("api_call", long),
        ] {
            #expect(knetik.send("POST", "/events", with((what, instead))).status == 400)
        }
        #expect(knetik.stored.isEmpty)
    }

    @Test(arguments: ["", "[]", "null", "{", "category=x"])
    func `refuses bodies that hold no event`(body: String) {
        var knetik = DialectStage("knetik")
        #expect(knetik.send("POST", "/events", body).status == 400)
        #expect(knetik.send("POST", "/batch", body).status == 400)
    }

    @Test func `keeps the last of two members of one name`() {
        var knetik = DialectStage("knetik")
        let body = with((#""acme""#, #""first","user_id":"last","event_properties":{"a":1,"b":2,"a":3}"#))
        #expect(knetik.send("POST", "/events", body).status == 202)
        #expect(knetik.stored.first?.event.customerID == "last")
        #expect(knetik.stored.first?.event.properties?.description == #"{"a":3,"b":2}"#)
    }

    @Test func `takes a repeat, whenever it was sent, and no other event of the same id`() {
        var knetik = DialectStage("knetik")
        let body = with((#""acme""#, #""acme","transaction_id":"t""#))
        #expect(knetik.send("POST", "/events", body).status == 202)
        let again = body.replacing("1772366401003", with: "1772366409009")
        #expect(knetik.send("POST", "/events", again).status == 202 && knetik.stored.count == 1)
        let other = knetik.send("POST", "/events", body.replacing("success", with: "failure"))
        #expect(other.status == 400 && knetik.stored.count == 1)
        #expect(other.json?["errors"]?.elements.first { _ in true }?.string == "known with other content")
    }
}

/// Batches.
extension KnetikFacadeTests {
    @Test func `answers a good batch with a result for each`() {
        var knetik = DialectStage("knetik")
        let reply = knetik.send("POST", "/batch", #"{"batch":[\#(Self.good),\#(Self.good)]}"#)
        #expect(reply.status == 202 && knetik.stored.count == 2)
        let recorded = #"{"code":202,"errors":null,"request":null}"#
        #expect(reply.text == "[\(recorded),\(recorded)]")
        let empty = knetik.send("POST", "/batch", #"{"batch":[]}"#)
        #expect(empty.status == 202 && empty.text == "[]")
    }

    @Test func `records the good ones of a batch and repeats the others`() {
        var knetik = DialectStage("knetik")
        knetik.unrouted = ["nowhere"]
        let user = #"{"request_type": "newUser", "user_id":"u"}"#
        let unrouted = with(("api_call", "nowhere"))
        let bad = with((#""result":"success","#, ""))
        let reply = knetik.send(
            "POST",
            "/batch",
            #"{"batch":[\#(Self.good),\#(user),\#(unrouted),7,\#(bad),\#(Self.good)]}"#
        )
        #expect(reply.status == 207 && knetik.stored.count == 2)
        let results = reply.json.map { Array($0.elements) } ?? []
        #expect(results.map { $0["code"]?.int64 } == [202, 400, 400, 400, 400, 202])
        #expect(results[1]["errors"]?.elements.first { _ in true }?.string?.hasPrefix("unsupported") ?? false)
        #expect(results[2]["errors"]?.elements.compactMap(\.string) == ["no route"])
        #expect(results[4]["errors"]?.elements.compactMap(\.string) == ["result may not be null"])
        #expect(
            results.map { $0["request"].map { String(decoding: $0.raw, as: UTF8.self) } }
                == ["null", user, unrouted, "7", bad, "null"]
        )
    }

    @Test(
        arguments: [
            (#"{}"#, "batch may not be null"), (#"{"batch":null}"#, "batch may not be null"),
            (#"{"batch":{}}"#, "batch must be an array, found an object"),
        ]
    )
    func `refuses a batch that is none`(body: String, error: String) {
        var knetik = DialectStage("knetik")
        let reply = knetik.send("POST", "/batch", body)
        #expect(reply.status == 400 && reply.json?["errors"]?.elements.compactMap(\.string) == [error])
    }

    @Test func `refuses a batch without a good event by itself`() {
        var knetik = DialectStage("knetik")
        let reply = knetik.send("POST", "/batch", #"{"batch":[{"request_type":"tune"}]}"#)
        #expect(reply.status == 207 && knetik.stored.isEmpty)
    }
}

/// Keys, paths and refusals.
extension KnetikFacadeTests {
    private func dialect() throws -> any Dialect {
        try #require(FacadeRegistry.all.first { $0.adapter == "knetik" })
    }

    @Test(
        arguments: [
            ([("customerId", "cust 1")], "cust 1"), ([("customer_id", "k")], "k"),
            ([("customerId", ""), ("customer_id", "k")], "k"), ([("customerid", "k")], nil), ([], nil),
        ] as [([(String, String)], String?)]
    )
    func `finds the key in the query`(query: [(String, String)], key: String?) throws {
        let request = DialectRequest(method: "POST", path: "/events", query: query.map { (name: $0, value: $1) })
        #expect(try dialect().presentedKey(in: request) == key)
    }

    @Test func `explains to the Unity client where its event is lost`() throws {
        let request = DialectRequest(
            method: "POST",
            path: "/events",
            headers: [(name: "content-type", value: "application/x-www-form-urlencoded; charset=utf-8")],
            body: Array("customerId=acct-1".utf8)
        )
        let answer = try dialect().answer(withoutKey: request)
        #expect(answer.status == 400)
        #expect(String(decoding: answer.body, as: UTF8.self).contains("in place of the JSON body"))
        let plain = DialectRequest(method: "POST", path: "/events", headers: [])
        #expect(try dialect().answer(withoutKey: plain).status == 401)
        var knetik = DialectStage("knetik")
        let form = [("Content-Type", "application/x-www-form-urlencoded")]
        #expect(knetik.send("POST", "/events", "customerId=a", headers: form).status == 400)
        #expect(knetik.send("POST", "/events", Self.good, headers: [("Content-Type", "text/plain")]).status == 415)
        #expect(knetik.send("POST", "/events", Self.good, headers: []).status == 202)
    }

    @Test(arguments: [
        ("GET", "/events", 405), ("PUT", "/batch", 405), ("POST", "/users", 501), ("POST", "/events/", 501),
    ])
    func `knows two paths`(method: String, path: String, status: Int) {
        var knetik = DialectStage("knetik")
        let reply = knetik.send(method, path, Self.good)
        #expect(reply.status == status && reply.json?["code"]?.int64 == Int64(status))
    }

    @Test(
        arguments: [
            (.unauthorized, 401), (.forbidden(scope: "events:write"), 401), (.tooLarge(limitBytes: 9), 413),
            (.undecodable, 400), (.rateLimited(limit: 50, retryAfterSeconds: 7), 429),
            (.unavailable(retryAfterSeconds: 7), 503),
            (.failed, 500), (.wrongMethod(allowed: "POST"), 405), (.readTooLarge(advice: "narrow it"), 400),
            (.unserved(advice: "elsewhere"), 501),
            (.notPassed(PassRefusal(.forbidden, "not listed")), 403),
        ] as [(DialectRefusal, Int)]
    )
    func `refuses as JSON`(refusal: DialectRefusal, status: Int) throws {
        let answer = try dialect().answer(to: refusal)
        let json = try JSONDocument(parsing: answer.body).root
        #expect(answer.status == status && json["code"]?.int64 == Int64(status))
        #expect(json["errors"]?.elements.contains { $0.string != nil } ?? false)
        #expect(answer.headers["Retry-After"] == (status == 429 || status == 503 ? "7" : nil))
    }
}
