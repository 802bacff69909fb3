import Foundation
import NIOHTTP1
import Testing

/// Bad input gets an error that says what to do.
@Suite struct ProblemTests {
    private func expectProblem(_ answer: IngressFixture.Answer, _ status: Int, _ words: String) throws {
        #expect(answer.status == status)
        #expect(answer.headers.first(name: "content-type") == "application/problem+json")
        let object = try answer.object
        #expect(object["status"] as? Int == status)
        #expect((object["detail"] as? String)?.contains(words) == true, "\(object)")
        #expect(answer.headers.first(name: "x-request-id") == object["request_id"] as? String)
    }

    @Test func `says what is wrong with a body that is not JSON`() async throws {
        try await IngressFixture.with { (server) async throws in
            try expectProblem(try await server.post(""), 400, "the text is empty")
            try expectProblem(try await server.post("{\"name\": oops}"), 400, "line 1, column 10")
            let brackets = String(repeating: "[", count: 30_000_000)
            try expectProblem(try await server.post(brackets), 400, "deep")
        }
    }

    @Test func `refuses a body beyond the limit before it is read`() async throws {
        try await IngressFixture.with(bodyLimitBytes: 1000) { (server) async throws in
            let large = [UInt8](repeating: UInt8(ascii: "["), count: 50_000)
            try expectProblem(try await server.send(.POST, "/v1/events", large), 413, "the limit is 1000 bytes")
            try expectProblem(
                try await server.send(.POST, "/v1/events", large, isChunked: true),
                413,
                "the limit is 1000 bytes"
            )
        }
    }

    @Test func `asks for a length where neither a length nor chunks are announced`() async throws {
        try await IngressFixture.with { (server) async throws in
            let request = "POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(IngressFixture.key)\r\n\r\n"
            let answer = try await RawRequest.send(request, to: server.port)
            #expect(answer.hasPrefix("HTTP/1.1 411 "), "\(answer)")
            #expect(answer.contains("application/problem+json"))
        }
    }

    @Test func `says of a lone event why it was not accepted, without the advice for batches`() async throws {
        try await IngressFixture.with { (server) async throws in
            for path in ["/v1/events", "/v1/events?partial=true"] {
                let lone = try await server.post(#"{"name":"n"}"#, path: path)
                try expectProblem(lone, 422, "the event was not accepted: customer_id is missing")
                let detail = try lone.object["detail"] as? String
                #expect(detail?.contains("partial") == false)
                let none = try await server.post(#"[{"name":"n"},{"name":"m"}]"#, path: path)
                try expectProblem(none, 422, "none of the 2 events was accepted")
                #expect((try none.object["detail"] as? String)?.contains("partial") == false)
                try expectProblem(try await server.post("[]", path: path), 422, "the array has no events")
                let nan = try await server.post(
                    #"[{"id":"a","name":"x","customer_id":"c"},{"id":"b","name":"x","customer_id":"c","properties":{"v":NaN}}]"#,
                    path: path
                )
                try expectProblem(nan, 400, "NaN is not JSON")
            }
            let some = try await server.post(#"[{"name":"n"},{"name":"m","customer_id":"c"}]"#)
            try expectProblem(some, 422, "1 of 2 events cannot be accepted, so none was")
            #expect((try some.object["detail"] as? String)?.contains("?partial=true") == true)
        }
    }

    @Test func `names the IDs that hold up a batch, and how the others are accepted`() async throws {
        try await IngressFixture.with { (server) async throws in
            func batch(_ time: String, _ ids: ClosedRange<Int>) -> String {
                let events = ids.map { #"{"id":"fx-\#($0)","name":"x","customer_id":"c","timestamp":"\#(time)"}"# }
                return "[\(events.joined(separator: ","))]"
            }
            #expect(try await server.post(batch("2026-11-20T08:00:00Z", 1...12)).status == 202)
            let again = try await server.post(batch("2026-11-20T08:00:09Z", 1...13))
            try expectProblem(again, 409, #"already used with different content: "fx-1", "fx-2","#)
            try expectProblem(again, 409, #""fx-10" and 2 more. send with ?partial=true"#)
            let errors = try again.object["errors"] as? [[String: Any]]
            #expect(errors?.count == 12)
            #expect((errors?[11]["message"] as? String)?.contains(#""fx-12" was already used"#) == true)
            let part = try await server.post(batch("2026-11-20T08:00:09Z", 1...13), path: "/v1/events?partial=true")
            #expect(part.status == 207)
            #expect(try part.object["accepted"] as? Int == 1)
            let lone = try await server.post(batch("2026-11-20T08:00:09Z", 1...1))
            try expectProblem(lone, 409, #"the event was not accepted: the ID "fx-1" was already used"#)
        }
    }

    @Test(arguments: [
        ("2026", "2026: is this a year?"), ("0", "leave timestamp out"),
        (#""0001-01-01T00:00:00Z""#, "0001-01-01T00:00:00Z is older than 10 years"),
        (#""2999-11-20T08:00:00Z""#, "2999-11-20T08:00:00Z is more than 1 day ahead"),
        ("1794332206000", "1794332206000 is not Unix seconds between the years 1 and 9999; milliseconds"),
    ])
    func `refuses times that cannot be meant, with the value and the limit`(timestamp: String, words: String)
        async throws
    {
        try await IngressFixture.with { (server) async throws in
            let body = #"{"id":"t","name":"x","customer_id":"c","timestamp":\#(timestamp)}"#
            let answer = try await server.post(body)
            try expectProblem(answer, 422, words)
            let errors = try answer.object["errors"] as? [[String: Any]]
            #expect(errors?.first?["field"] as? String == "timestamp")
            #expect(try await server.send(.GET, "/v1/events/t").status == 404)
        }
    }

    @Test func `says in a query how a plus sign is written`() async throws {
        try await IngressFixture.with { (server) async throws in
            let lost = try await server.send(.GET, "/v1/events?from=2026-11-28T13:00:00+00:00")
            try expectProblem(lost, 400, "write + as %2B in a query")
            #expect(try await server.send(.GET, "/v1/events?from=2026-11-28T13:00:00%2B00:00").status == 200)
            let other = try await server.send(.GET, "/v1/events?from=yesterday")
            try expectProblem(other, 400, #"found "yesterday""#)
            #expect((try other.object["detail"] as? String)?.contains("%2B") == false)
        }
    }

    @Test func `says that there is nothing at a path`() async throws {
        try await IngressFixture.with { (server) async throws in
            try expectProblem(try await server.send(.GET, "/v1/nothing"), 404, "POST /v1/events")
            try expectProblem(try await server.send(.GET, "//v1/events/x"), 404, "is not an endpoint")
        }
    }

    @Test(arguments: [
        "GARBAGE\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "POST /v1/events HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    ])
    func `survives bytes that are no HTTP`(bytes: String) async throws {
        try await IngressFixture.with { (server) async throws in
            let answer = try await RawRequest.send(bytes, to: server.port)
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer)")
            #expect(try await server.send(.GET, "/healthz", key: nil).status == 200)
        }
    }

    @Test func `says which methods a path has`() async throws {
        try await IngressFixture.with { (server) async throws in
            let answer = try await server.send(.PUT, "/v1/events", [1])
            try expectProblem(answer, 405, "PUT is not allowed here")
            #expect(answer.headers.first(name: "allow") == "GET, POST")
        }
    }

    @Test func `refuses types and encodings that it does not know`() async throws {
        try await IngressFixture.with { (server) async throws in
            try expectProblem(try await server.post("<x/>", contentType: "text/xml"), 415, "application/json")
            let answer = try await server.send(.POST, "/v1/events", [1, 2], headers: [("Content-Encoding", "br")])
            try expectProblem(answer, 415, "gzip")
            let broken = try await server.send(.POST, "/v1/events", [1, 2, 3], headers: [("Content-Encoding", "gzip")])
            #expect(broken.status == 400)
        }
    }

    @Test func `asks for a key, and for the right one`() async throws {
        try await IngressFixture.with { (server) async throws in
            let none = try await server.send(.GET, "/v1/events/x", key: nil)
            try expectProblem(none, 401, "Authorization: Bearer")
            #expect(none.headers.first(name: "www-authenticate") != nil)
            try expectProblem(try await server.send(.GET, "/v1/events/x", key: "wrong"), 401, "key")
            let other = try await server.send(
                .GET,
                "/v1/events/x",
                headers: [("x-api-key", IngressFixture.key)],
                key: nil
            )
            #expect(other.status == 404)
        }
    }

    @Test func `refuses what a key may not do, and names the scope`() async throws {
        try await IngressFixture.with { (server) async throws in
            let answer = try await server.send(.POST, "/v1/events", Array("{}".utf8), key: "read-key")
            try expectProblem(answer, 403, "events:write")
        }
    }

    @Test func `takes over a request id that is fit to be printed, and no other`() async throws {
        try await IngressFixture.with { (server) async throws in
            let mine = try await server.send(.GET, "/healthz", headers: [("X-Request-Id", "abc-123")], key: nil)
            #expect(mine.status == 200)
            #expect(mine.headers.first(name: "x-request-id") == "abc-123")
            let long = String(repeating: "x", count: 200)
            let other = try await server.send(.GET, "/healthz", headers: [("X-Request-Id", long)], key: nil)
            #expect(other.headers.first(name: "x-request-id")?.count == 32)
        }
    }

    @Test(arguments: ["status=lost", "limit=0", "limit=x", "cursor=zzz"])
    func `says what a parameter may be`(query: String) async throws {
        try await IngressFixture.with { (server) async throws in
            let answer = try await server.send(.GET, "/v1/deliveries?\(query)")
            #expect(answer.status == 400)
        }
    }

    @Test func `finds an event whose id has a slash in it`() async throws {
        try await IngressFixture.with { (server) async throws in
            _ = try await server.post(#"{"id":"a/b c","name":"n","customer_id":"c"}"#)
            #expect(try await server.send(.GET, "/v1/events/a%2Fb%20c").status == 200)
            #expect(try await server.send(.GET, "/v1/events/a/b%20c").status == 404)
        }
    }
}
