import Events
import JSON
import TestSupport
import Testing

/// Reads, estimates and refusals as Lago's SDKs see them.
@Suite struct LagoFacadeReadTests {
    /// Five events, a second apart: two codes, two subscriptions.
    private func filled() -> DialectStage {
        var lago = DialectStage("lago")
        for number in 0..<5 {
            let reply = lago.send(
                "POST",
                "/events",
                """
                {"event":{"transaction_id":"t\(number)","external_subscription_id":"s\(number % 2)",\
                "code":"c\(number % 3)","timestamp":\(1_772_366_400 + number)}}
                """
            )
            precondition(reply.status == 200)
        }
        lago.add(SampleEvent.accepted(id: "without", subscription: nil))
        return lago
    }

    private func ids(_ reply: DialectStage.Reply) -> [String] {
        reply.json?["events"]?.elements.compactMap { $0["transaction_id"]?.string } ?? []
    }

    @Test(
        arguments: [
            ([], ["t4", "t3", "t2", "t1", "t0"]),
            ([("code", "c0")], ["t3", "t0"]),
            ([("external_subscription_id", "s1")], ["t3", "t1"]),
            ([("timestamp_from", "2026-03-01T12:00:03Z")], ["t4", "t3"]),
            ([("timestamp_to", "2026-03-01T12:00:01.000")], ["t1", "t0"]),
            ([("timestamp_from", "2026-03-02")], []),
            ([("timestamp_from_started_at", "false"), ("code", "c1")], ["t4", "t1"]),
            ([("code", "c1"), ("external_subscription_id", "s0")], ["t4"]),
        ] as [([(String, String)], [String])]
    )
    func `lists events by Lago's filters, newest first`(query: [(String, String)], expected: [String]) {
        var lago = filled()
        let reply = lago.send("GET", "/events", query: query)
        #expect(reply.status == 200)
        #expect(ids(reply) == expected)
    }

    @Test(
        arguments: [
            (
                "1", "2", ["t4", "t3"],
                #"{"current_page":1,"next_page":2,"prev_page":null,"total_pages":3,"total_count":5}"#
            ),
            (
                "2", "2", ["t2", "t1"],
                #"{"current_page":2,"next_page":3,"prev_page":1,"total_pages":3,"total_count":5}"#
            ),
            ("3", "2", ["t0"], #"{"current_page":3,"next_page":null,"prev_page":2,"total_pages":3,"total_count":5}"#),
            ("4", "2", [], #"{"current_page":4,"next_page":null,"prev_page":3,"total_pages":3,"total_count":5}"#),
            ("9", "2", [], #"{"current_page":9,"next_page":null,"prev_page":8,"total_pages":3,"total_count":5}"#),
            (
                "1", "1000", ["t4", "t3", "t2", "t1", "t0"],
                #"{"current_page":1,"next_page":null,"prev_page":null,"total_pages":1,"total_count":5}"#
            ),
            (
                "x", "-1", ["t4", "t3", "t2", "t1", "t0"],
                #"{"current_page":1,"next_page":null,"prev_page":null,"total_pages":1,"total_count":5}"#
            ),
        ]
    )
    func `pages as Kaminari does`(page: String, size: String, expected: [String], meta: String) throws {
        var lago = filled()
        let reply = lago.send("GET", "/events", query: [("page", page), ("per_page", size)])
        #expect(ids(reply) == expected)
        let shown = try #require(reply.json?["meta"])
        #expect(String(decoding: shown.raw, as: UTF8.self) == meta)
    }

    @Test(arguments: ["1", "3"])
    func `an empty list is at page 0`(page: String) {
        var lago = DialectStage("lago")
        let reply = lago.send("GET", "/events", query: [("page", page)])
        #expect(
            reply.says(
                #"{"events":[],"meta":{"current_page":0,"next_page":null,"prev_page":null,"total_pages":0,"total_count":0}}"#
            )
        )
    }

    @Test(
        arguments: [
            ([("per_page", "1001")], #"{"per_page":["must_be_at_most_1000"]}"#),
            ([("per_page", "99999999999999999999")], #"{"per_page":["must_be_at_most_1000"]}"#),
            ([("timestamp_from", "yesterday")], #"{"timestamp_from":["invalid_date"]}"#),
            ([("timestamp_to", "1772366400")], #"{"timestamp_to":["invalid_date"]}"#),
            ([("timestamp_from_started_at", "1")], #"{"timestamp_from_started_at":["must be one of: true, false"]}"#),
            (
                [("timestamp_from_started_at", "true")],
                #"{"external_subscription_id":["required with timestamp_from_started_at"]}"#
            ),
            (
                [("timestamp_from_started_at", "true"), ("timestamp_from", "2026-03-02")],
                #"{"timestamp_from":["cannot be used with timestamp_from_started_at"]}"#
            ),
            (
                [("timestamp_from_started_at", "true"), ("external_subscription_id", "s1")],
                #"{"timestamp_from_started_at":["not_supported_by_the_gateway"]}"#
            ),
        ] as [([(String, String)], String)]
    )
    func `refuses filters that are wrong or that only Lago could answer`(query: [(String, String)], details: String) {
        var lago = filled()
        let reply = lago.send("GET", "/events", query: query)
        #expect(reply.status == 422)
        #expect(
            reply.says(
                #"{"status":422,"error":"Unprocessable Entity","code":"validation_errors","error_details":\#(details)}"#
            ),
            "\(reply.text)"
        )
    }

    @Test func `finds an event whatever its id, and says that there is none`() {
        var lago = DialectStage("lago")
        for id in ["a b", "ä/ö", "50%", "a?b#c"] {
            let body = #"{"event":{"transaction_id":"\#(id)","external_subscription_id":"s","code":"c"}}"#
            #expect(lago.send("POST", "/events", body).status == 200)
        }
        for path in ["a%20b", "%C3%A4%2F%C3%B6", "%C3%A4/%C3%B6", "50%25", "a%3Fb%23c"] {
            #expect(lago.send("GET", "/events/\(path)").status == 200, "\(path)")
        }
        let none = lago.send("GET", "/events/none")
        #expect(none.status == 404)
        #expect(none.says(#"{"status":404,"error":"Not Found","code":"event_not_found"}"#))
    }

    @Test func `shows events that came by another way if they name a subscription`() throws {
        var lago = DialectStage("lago")
        lago.add(
            SampleEvent.accepted(id: "e", vendor: #"{"lago":{"precise_total_amount_cents":7},"polar":{"x":1}}"#)
        )
        lago.add(SampleEvent.accepted(id: "without", subscription: nil))
        let event = try #require(lago.send("GET", "/events/e").json?["event"])
        #expect(event["external_subscription_id"]?.string == "sub_1")
        #expect(event["precise_total_amount_cents"]?.string == "7")
        #expect(lago.send("GET", "/events/without").status == 404)
    }

    @Test func `passes an estimate to Lago and its answer back`() {
        var lago = DialectStage("lago")
        let body = #"{"event":{"code":"c","external_subscription_id":"s"}}"#
        let none = lago.send("POST", "/events/estimate_fees", body)
        #expect(none.status == 501)
        #expect(none.says(#"{"status":501,"error":"Not Implemented","code":"no_lago_provider_in_routes"}"#))
        let fees = #"{"fees":[{"amount_cents":2,"item":{"type":"charge"}}]}"#
        lago.vendor = .answered(VendorAnswer(status: 200, body: Array(fees.utf8)))
        let reply = lago.send("POST", "/events/estimate_fees", body)
        #expect(reply.status == 200 && reply.text == fees)
        #expect(lago.question?.path == "/api/v1/events/estimate_fees")
        #expect(lago.question.map { String(decoding: $0.body, as: UTF8.self) } == body)
        let unknown = #"{"status":404,"error":"Not Found","code":"subscription_not_found"}"#
        lago.vendor = .answered(VendorAnswer(status: 404, body: Array(unknown.utf8)))
        #expect(lago.send("POST", "/events/estimate_fees", body).text == unknown)
    }

    @Test(
        arguments: [
            (#"{"code":"free","external_subscription_id":"s","code":"paid"}"#, ["paid"]), (#"{"code":7}"#, ["7"]),
            (#"{"external_subscription_id":"s"}"#, []),
        ] as [(String, [String])]
    )
    func `asks about the names that Lago reads`(event: String, names: [String]) throws {
        let request = DialectRequest(
            method: "POST",
            path: "/events/estimate_fees",
            headers: [(name: "Content-Type", value: "application/json")],
            body: Array(#"{"event":\#(event)}"#.utf8)
        )
        let lago = DialectStage("lago")
        guard case .ask(_, _, about: let asked, _) = lago.dialect.call(for: request) else {
            throw UnaskedQuestion()
        }
        #expect(asked == names)
    }

    private struct UnaskedQuestion: Error {}

    @Test func `says that Lago could not be asked, always in JSON`() {
        var lago = DialectStage("lago")
        let body = #"{"event":{"code":"c"}}"#
        let results: [(DialectQuestionResult, Int)] = [
            (.failed(DeliveryFault(code: .timeout, message: "")), 504),
            (.failed(DeliveryFault(code: .connectionFailed, message: "")), 502),
            (.answered(VendorAnswer(status: 401, body: Array(#"{"status":401}"#.utf8))), 502),
            (.answered(VendorAnswer(status: 503, body: Array("<html>".utf8))), 503),
            (.answered(VendorAnswer(status: 200, body: [])), 502),
            (.answered(VendorAnswer(status: 302, body: Array("{}".utf8))), 502),
        ]
        for (result, status) in results {
            lago.vendor = result
            let reply = lago.send("POST", "/events/estimate_fees", body)
            #expect(reply.status == status)
            #expect(reply.json?["status"]?.int64 == Int64(status), "\(reply.text)")
        }
    }

    @Test(
        arguments: [
            (.unauthorized, 401, #"{"status":401,"error":"Unauthorized"}"#),
            (
                .forbidden(scope: "events:write"), 403,
                #"{"status":403,"error":"Forbidden","code":"write_action_not_allowed_for_event"}"#
            ),
            (
                .forbidden(scope: "events:read"), 403,
                #"{"status":403,"error":"Forbidden","code":"read_action_not_allowed_for_event"}"#
            ),
            (.tooLarge(limitBytes: 1), 413, #"{"status":413,"error":"Content Too Large"}"#),
            (.undecodable, 400, #"{"status":400,"error":"Bad Request"}"#),
            (.rateLimited(limit: 50, retryAfterSeconds: 3), 429, #"{"status":429,"error":"Too Many Requests"}"#),
            (.unavailable(retryAfterSeconds: 2), 503, #"{"status":503,"error":"Service Unavailable"}"#),
            (.failed, 500, #"{"status":500,"error":"Internal Server Error"}"#),
            (
                .readTooLarge(advice: "narrow it"), 422,
                #"{"status":422,"error":"Unprocessable Entity: narrow it","code":"read_too_large"}"#
            ),
            (.wrongMethod(allowed: "GET"), 405, #"{"status":405,"error":"Method Not Allowed"}"#),
            (
                .notPassed(PassRefusal(.badGateway, "gone")), 502,
                #"{"status":502,"error":"Bad Gateway: gone","code":"vendor_not_reached"}"#
            ),
        ] as [(DialectRefusal, Int, String)]
    )
    func `words the gateway's own refusals as Lago does`(refusal: DialectRefusal, status: Int, body: String) {
        let answer = DialectStage("lago").dialect.answer(to: refusal)
        #expect(answer.status == status)
        #expect(String(decoding: answer.body, as: UTF8.self) == body)
        if case .rateLimited = refusal {
            #expect(answer.headers["X-RateLimit-Reset"] == "3" && answer.headers["X-RateLimit-Remaining"] == "0")
            #expect(answer.headers["X-RateLimit-Limit"] == "50")
        }
    }

    @Test(
        arguments: [("Bearer key", "key"), ("anything key", "key"), ("key", nil), (nil, nil)] as [(String?, String?)]
    )
    func `takes the second word of the authorization as the key`(header: String?, key: String?) {
        let headers = header.map { [(name: "authorization", value: $0)] } ?? []
        let request = DialectRequest(method: "GET", path: "/events", headers: headers)
        #expect(DialectStage("lago").dialect.presentedKey(in: request) == key)
    }
}
