import Access
import Events
import Foundation
import NIOHTTP1
import Routing
import TestSupport
import Testing

@Suite struct WriteTests {
    @Test(arguments: [
        (#"{"id":"a","name":"n","customer_id":"c"}"#, "application/json"),
        (#"[{"id":"a","name":"n","customer_id":"c"}]"#, "application/json"),
        (#"{"events":[{"id":"a","name":"n","customer_id":"c"}]}"#, "application/json; charset=utf-8"),
        ("{\"id\":\"a\",\"name\":\"n\",\"customer_id\":\"c\"}\n", "application/x-ndjson"),
    ])
    func `takes every form of body and answers 202 with a result an event`(text: String, type: String) async throws {
        try await IngressFixture.with { (server) async throws in
            let answer = try await server.post(text, contentType: type)
            #expect(answer.status == 202)
            let events = try answer.object["events"] as? [[String: Any]]
            #expect(events?.count == 1)
            #expect(events?[0]["id"] as? String == "a")
            #expect(events?[0]["status"] as? String == "accepted")
        }
    }

    @Test func `takes nothing of a batch with one bad event in the middle, and names it`() async throws {
        try await IngressFixture.with { (server) async throws in
            let body =
                #"[{"id":"1","name":"n","customer_id":"c"},{"id":"2","name":"n"},{"id":"3","name":"n","customer_id":"c"}]"#
            let answer = try await server.post(body)
            #expect(answer.status == 422)
            #expect(answer.headers.first(name: "content-type") == "application/problem+json")
            let errors = try answer.object["errors"] as? [[String: Any]]
            #expect(errors?.count == 1)
            #expect(errors?[0]["index"] as? Int == 1)
            #expect(errors?[0]["field"] as? String == "customer_id")
            #expect(try await server.send(.GET, "/v1/events/1").status == 404)
        }
    }

    @Test func `takes no part of a request that is wrong as a whole`() async throws {
        try await IngressFixture.with { (server) async throws in
            let body = #"{"events":[{"id":"a","name":"n","customer_id":"c"}],"evnets":1}"#
            let answer = try await server.post(body, path: "/v1/events?partial=true")
            #expect(answer.status == 422)
            #expect(try await server.send(.GET, "/v1/events/a").status == 404)
        }
    }

    @Test func `takes the good ones of a batch with partial=true, and answers 207`() async throws {
        try await IngressFixture.with { (server) async throws in
            let body = #"[{"id":"1","name":"n","customer_id":"c"},{"id":"2","name":"n"}]"#
            let answer = try await server.post(body, path: "/v1/events?partial=true")
            #expect(answer.status == 207)
            let object = try answer.object
            #expect(object["accepted"] as? Int == 1)
            #expect(object["rejected"] as? Int == 1)
            #expect(try await server.send(.GET, "/v1/events/1").status == 200)
        }
    }

    @Test(arguments: ["p", "acme"])
    func `refuses an event whose route leads where not_to excludes`(name: String) async throws {
        try await IngressFixture.with { (server) async throws in
            let body = #"[{"id":"1","name":"n","customer_id":"c"}]"#
            let answer = try await server.post(body, path: "/v1/events?not_to=\(name)")
            #expect(answer.status == 403)
            let errors = try #require(try answer.object["errors"] as? [[String: Any]])
            #expect(errors.map { $0["code"] as? String } == ["forbidden"])
            #expect((errors.first?["message"] as? String)?.contains("the route r would send the event to p") == true)
            #expect(try await server.send(.GET, "/v1/events/1").status == 404)
        }
    }

    @Test func `refuses an event that goes by another route than the one that is asked for`() async throws {
        try await IngressFixture.with { (server) async throws in
            let body = #"[{"id":"1","name":"n","customer_id":"c"}]"#
            let unknown = try await server.post(body, path: "/v1/events?route=history")
            #expect(unknown.status == 400)
            let detail = try unknown.object["detail"] as? String
            #expect(detail?.contains("\"route\" is the name of a route that takes events of this client") == true)
            let text = #"""
                {"version":1,"providers":{"p":{"adapter":"acme","credential":{"env":"K"}}},
                 "routes":[{"name":"m","match":{"name":"m"},"to":[{"provider":"p"}]},{"name":"r","to":[{"provider":"p"}]}],
                 "clients":[{"name":"shop","key_sha256":"\#(KeyDigest(of: IngressFixture.key).hexadecimal)"}]}
                """#
            let reader = RoutesReader(vendors: server.routes.current.routes.providers.map { $0.adapter as any Adapter })
            server.routes.replace(by: try reader.read(Array(text.utf8)).routes)
            let refused = try await server.post(body, path: "/v1/events?route=m")
            #expect(refused.status == 403)
            let errors = try #require(try refused.object["errors"] as? [[String: Any]])
            #expect(errors.map { $0["code"] as? String } == ["forbidden"])
            #expect(
                (errors.first?["message"] as? String)?.contains("goes by the route r, and only m is allowed") == true
            )
            #expect(try await server.send(.GET, "/v1/events/1").status == 404)
            #expect(try await server.post(body, path: "/v1/events?route=r").status == 202)
            #expect(try await server.post(body, path: "/v1/events?route=r&route=m").status == 400)
        }
    }

    @Test(arguments: [("not-to=p", "did you mean \\\"not_to\\\"?"), ("x", "the parameters are not_to, partial")])
    func `refuses a parameter that it does not have, which would be ignored`(query: String, words: String) async throws
    {
        try await IngressFixture.with { (server) async throws in
            let answer = try await server.post(
                #"{"id":"e","name":"n","customer_id":"c"}"#,
                path: "/v1/events?\(query)"
            )
            #expect(answer.status == 400)
            #expect(String(decoding: answer.body, as: UTF8.self).contains(words))
            #expect(try await server.send(.GET, "/v1/events/e").status == 404)
        }
    }

    @Test func `refuses a name in not_to that nothing has, which would exclude nothing`() async throws {
        try await IngressFixture.with { (server) async throws in
            let body = #"[{"id":"1","name":"n","customer_id":"c"}]"#
            let answer = try await server.post(body, path: "/v1/events?not_to=p&not_to=acmee")
            #expect(answer.status == 400)
            #expect((try answer.object["detail"] as? String)?.contains("\"not_to\" is the name of a provider") == true)
        }
    }

    @Test func `answers a repeat as a duplicate and other content as a conflict`() async throws {
        try await IngressFixture.with { (server) async throws in
            _ = try await server.post(#"{"id":"a","name":"n","customer_id":"c"}"#)
            let repeated = try await server.post(#"{"customer_id":"c","id":"a","name":"n"}"#)
            #expect(repeated.status == 202)
            #expect(try repeated.object["duplicates"] as? Int == 1)
            let conflict = try await server.post(#"{"id":"a","name":"n","customer_id":"d"}"#)
            #expect(conflict.status == 409)
            #expect((try conflict.object["errors"] as? [[String: Any]])?.first?["code"] as? String == "conflict")
        }
    }

    @Test func `takes a compressed body, and a chunked one`() async throws {
        try await IngressFixture.with { (server) async throws in
            // gzip of {"id":"z","name":"n","customer_id":"c"}
            let event = Array(#"{"id":"z","name":"n","customer_id":"c"}"#.utf8)
            let answer = try await server.send(
                .POST,
                "/v1/events",
                try await Gzip.compress(event),
                headers: [("Content-Type", "application/json"), ("Content-Encoding", "gzip")]
            )
            #expect(answer.status == 202, "\(String(decoding: answer.body, as: UTF8.self))")
            #expect(try await server.send(.POST, "/v1/events", event, isChunked: true).status == 202)
        }
    }

    @Test func `refuses a small body that becomes a large one`() async throws {
        try await IngressFixture.with(bodyLimitBytes: 100_000) { (server) async throws in
            let bomb = try await Gzip.compress([UInt8](repeating: UInt8(ascii: " "), count: 10_000_000))
            #expect(bomb.count < 100_000)
            let answer = try await server.send(.POST, "/v1/events", bomb, headers: [("Content-Encoding", "gzip")])
            #expect(answer.status == 413)
        }
    }

    @Test func `keeps digits from the request to the answer`() async throws {
        try await IngressFixture.with { (server) async throws in
            _ = try await server.post(
                #"{"id":"a","name":"n","customer_id":"c","properties":{"n":12345678901234567890.1234567890}}"#
            )
            let answer = try await server.send(.GET, "/v1/events/a")
            #expect(
                String(decoding: answer.body, as: UTF8.self).contains(
                    #""properties":{"n":12345678901234567890.1234567890}"#
                )
            )
        }
    }
}

/// Compresses by the `gzip` program, which has none of our code in it.
enum Gzip {
    static func compress(_ bytes: [UInt8]) async throws -> [UInt8] {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "plain")
            try Data(bytes).write(to: file)
            let status = try await ChildProcess(path: "gzip", [file.path]).waitForExit()
            #expect(status == 0)
            return [UInt8](try Data(contentsOf: file.appendingPathExtension("gz")))
        }
    }
}
