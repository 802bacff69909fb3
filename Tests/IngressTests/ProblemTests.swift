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
            try expectProblem(try await server.send(.POST, "/v1/events", large), 413, "at most 1000 bytes")
            try expectProblem(
                try await server.send(.POST, "/v1/events", large, isChunked: true),
                413,
                "at most 1000 bytes"
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

    @Test func `says that there is nothing at a path`() async throws {
        try await IngressFixture.with { (server) async throws in
            try expectProblem(try await server.send(.GET, "/v1/nothing"), 404, "POST /v1/events")
            try expectProblem(try await server.send(.GET, "//v1/events/x"), 404, "no endpoint")
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
