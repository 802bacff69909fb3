import Access
import Events
import Foundation
import Journal
import NIOHTTP1
import Routing
import Testing

@testable import Ingress

@Suite struct FacadeTests {
    private func ask(
        _ server: IngressFixture,
        _ method: HTTPMethod,
        _ path: String,
        _ body: String? = nil,
        key: String? = IngressFixture.key,
        headers: [(String, String)] = []
    ) async throws -> (status: Int, text: String, headers: HTTPHeaders) {
        let answer = try await server.send(
            method,
            path,
            body.map { Array($0.utf8) },
            headers: headers + (key.map { [("X-Acme-Key", $0)] } ?? []),
            key: nil
        )
        return (answer.status, String(decoding: answer.body, as: UTF8.self), answer.headers)
    }

    @Test func `accepts what a dialect reads, and answers in its words`() async throws {
        try await IngressFixture.with(dialects: [PlainDialect()]) { (server) async throws in
            let first = try await ask(server, .POST, "/acme/v1/events", "one,two")
            #expect(first.status == 200)
            #expect(first.text == "accepted:one accepted:two")
            #expect(first.headers.first(name: "content-type") == "text/acme")
            #expect(first.headers.first(name: "x-acme") == "yes")
            #expect(first.headers.contains(name: "x-request-id"))
            #expect(try await ask(server, .POST, "/acme/events", "two,three").text == "duplicate:two accepted:three")
            #expect(try await ask(server, .GET, "/acme/v1/events/two").text == "two")
            #expect(try await server.send(.GET, "/v1/events/three").status == 200)
        }
    }

    @Test func `keeps a request whole, or takes the good ones, as the dialect says`() async throws {
        try await IngressFixture.with(dialects: [PlainDialect()]) { (server) async throws in
            _ = try await ask(server, .POST, "/acme/v1/events", "one")
            let whole = try await ask(server, .POST, "/acme/v1/events?customer=other", "one,two")
            #expect(whole.text == "refused:conflict withheld")
            #expect(try await ask(server, .GET, "/acme/v1/events/two").text == "")
            let each = try await ask(server, .POST, "/acme/v1/events?customer=other&each", "one,two")
            #expect(each.text == "refused:conflict accepted:two")
            let first = try await ask(server, .POST, "/acme/v1/events?customer=other&first", "one,three")
            #expect(first.text == "refused:conflict accepted:three")
        }
    }

    @Test func `looks events up before a write, with the right to write and no other`() async throws {
        let digest = KeyDigest(of: "write-key").hexadecimal
        let writer = #"{"name":"writer","tenant":"shop","key_sha256":"\#(digest)","scopes":["events:write"]}"#
        try await IngressFixture.with(dialects: [PlainDialect()], clients: [writer]) { (server) async throws in
            #expect(try await ask(server, .POST, "/acme/v1/events", "one").text == "accepted:one")
            let child = try await ask(server, .POST, "/acme/v1/events?parent=1", "two")
            #expect(child.text == "accepted:two")
            let orphan = try await ask(server, .POST, "/acme/v1/events?parent=1&parent=99", "three")
            #expect(orphan.status == 422 && orphan.text == "no [99]")
            let reader = try await ask(server, .POST, "/acme/v1/events?parent=1", "four", key: "read-key")
            #expect(reader.status == 403)
            let written = try await ask(server, .POST, "/acme/v1/events?parent=1", "five", key: "write-key")
            #expect(written.text == "accepted:five")
        }
    }

    @Test func `refuses a read that exceeds its limits so that no SDK repeats it`() {
        for error in [StoreError.full(retryAfter: .seconds(5)), .failed(reason: "r"), .leaseLost] {
            #expect(DialectRefusal(error) == .unavailable(retryAfterSeconds: 5))
        }
        guard case .readTooLarge(let advice) = DialectRefusal(StoreError.unfinishedRead) else {
            Issue.record("it is \(DialectRefusal(StoreError.unfinishedRead))")
            return
        }
        #expect(advice.contains("narrow it"))
    }

    @Test func `finds the key where the dialect has it`() async throws {
        try await IngressFixture.with(dialects: [PlainDialect()]) { (server) async throws in
            let query = try await ask(server, .POST, "/acme/v1/events?account=test-key", "one", key: nil)
            #expect(query.text == "accepted:one")
            #expect(try await ask(server, .POST, "/acme/v1/events", "one", key: "nobody").status == 401)
            #expect(try await ask(server, .POST, "/acme/v1/events", "one", key: nil).text == "unauthorized")
            let reader = try await ask(server, .POST, "/acme/v1/events", "one", key: "read-key")
            #expect(reader.status == 403)
            #expect(try await ask(server, .GET, "/acme/v1/events/one", key: "read-key").status == 200)
        }
    }

    @Test func `says in the dialect's words that a body is too large or unreadable`() async throws {
        try await IngressFixture.with(dialects: [PlainDialect()]) { (server) async throws in
            let large = try await ask(server, .POST, "/acme/v1/events", String(repeating: "x", count: 101))
            #expect(large.status == 413)
            #expect(large.headers.first(name: "content-type") == "text/acme")
            let strange = try await ask(
                server,
                .POST,
                "/acme/v1/events",
                "x",
                headers: [("Content-Encoding", "brotli")]
            )
            #expect(strange.status == 400)
        }
    }

    @Test func `says in the dialect's words that a client has too many reads in flight, and takes its writes`()
        async throws
    {
        var capacity = IngressSettings.Capacity()
        capacity.readsPerClient = 0
        try await IngressFixture.with(dialects: [PlainDialect()], capacity: capacity) { (server) async throws in
            #expect(try await ask(server, .POST, "/acme/v1/events", "one").text == "accepted:one")
            let read = try await ask(server, .GET, "/acme/v1/events/one")
            #expect(read.status == 429 && read.text.contains("rateLimited(limit: 0, retryAfterSeconds: 1)"))
        }
    }

    @Test func `reads a query as forms write it`() async throws {
        try await IngressFixture.with(dialects: [PlainDialect()]) { (server) async throws in
            let answer = try await ask(server, .GET, "/acme/v1/query?a=1&a=2&m%5Bk%5D=x+y%2Fz&flag&c=100%25")
            #expect(answer.text == "a=1;a=2;m[k]=x y/z;flag=;c=100%")
        }
    }

    @Test func `asks the vendor where the dialect wants that, and says what came of it`() async throws {
        func client(_ name: String, _ more: String) -> String {
            #"{"name":"\#(name)","tenant":"shop","key_sha256":"\#(KeyDigest(of: "\(name)-key").hexadecimal)",\#(more)}"#
        }
        let clients = [
            client("boss", #""scopes":["admin"]"#), client("narrow", #""scopes":["admin"],"names":["api.*"]"#),
        ]
        try await IngressFixture.with(dialects: [PlainDialect()], clients: clients) { (server) async throws in
            func estimate(_ key: String, _ query: String = "") async throws -> String {
                try await ask(server, .GET, "/acme/v1/estimate\(query)", key: key).text
            }
            #expect(try await estimate("boss-key") == "failed unauthorized")
            #expect(try await estimate("narrow-key", "?name=api.call") == "failed unauthorized")
            #expect(try await estimate("narrow-key", "?name=other") == "forbidden")
            // The provider's account has the events of other tenants too.
            #expect(try await estimate(IngressFixture.key) == "forbidden")
        }
    }

    @Test func `leaves paths beside a prefix alone`() async throws {
        try await IngressFixture.with(dialects: [PlainDialect()]) { (server) async throws in
            let answer = try await server.send(.GET, "/acmes/v1/events/one")
            #expect(answer.status == 404)
            #expect(answer.headers.first(name: "content-type") == "application/problem+json")
        }
    }
}
