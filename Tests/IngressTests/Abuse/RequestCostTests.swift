import Dispatch
import Foundation
import NIOHTTP1
import TestSupport
import Testing

@testable import Ingress

/// What a small request can make the gateway do: six of 18 KB stopped it for minutes, one of 32 KB made an answer of 2.7 GB.
@Suite struct RequestCostTests {
    @Test func `a compressed body of a million unknown fields gets a small answer`() async throws {
        try await IngressFixture.with { (server) async throws in
            let fields = (0..<600_000).map { #""custmer\#($0 % 10)":1"# }.joined(separator: ",")
            let bomb = try await Gzip.compress(Array("{\"name\":\"n\",\(fields)}".utf8))
            #expect(bomb.count < 64 << 10)
            for path in ["/v1/events", "/v1/events?partial=true", "/v1/events/estimate"] {
                let headers = [("Content-Type", "application/json"), ("Content-Encoding", "gzip")]
                let answer = try await server.send(.POST, path, bomb, headers: headers)
                #expect(answer.status == 422)
                #expect(answer.body.count < 64 << 10)
                let problem = try answer.object
                #expect((problem["errors"] as? [Any])?.count == 100)
                #expect(problem["errors_omitted"] as? Int == 599_901)
                #expect((problem["detail"] as? String)?.contains("599901 more") == true)
            }
        }
    }

    @Test func `lists a hundred faults of a partial write and counts the others`() async throws {
        try await IngressFixture.with { (server) async throws in
            let bad = [String](repeating: #"{"name":"n"}"#, count: 300).joined(separator: ",")
            let text = #"[{"id":"good","name":"n","customer_id":"c"},\#(bad)]"#
            let answer = try await server.post(text, path: "/v1/events?partial=true")
            #expect(answer.status == 207)
            let events = try answer.object["events"] as? [[String: Any]] ?? []
            #expect(events.count == 301 && events.count { ($0["status"] as? String) == "rejected" } == 300)
            #expect(events.reduce(0) { $0 + (($1["errors"] as? [Any])?.count ?? 0) } == 100)
            #expect(try answer.object["errors_omitted"] as? Int == 200)
            #expect(try answer.object["rejected"] as? Int == 300)
        }
    }

    @Test func `lists a hundred conflicts and counts the others`() async throws {
        try await IngressFixture.with { (server) async throws in
            func events(_ customer: String) -> String {
                (0..<150).map { #"{"id":"e\#($0)","name":"n","customer_id":"\#(customer)"}"# }.joined(separator: "\n")
            }
            let type = "application/x-ndjson"
            #expect(try await server.post(events("c"), contentType: type).status == 202)
            let answer = try await server.post(events("d"), contentType: type)
            #expect(answer.status == 409)
            #expect((try answer.object["errors"] as? [Any])?.count == 100)
            #expect(try answer.object["errors_omitted"] as? Int == 50)
        }
    }

    @Test(arguments: ["application/json", "application/x-ndjson", "application/cloudevents-batch+json"])
    func `stores nothing of a request with too many events`(type: String) async throws {
        try await IngressFixture.with(eventLimit: 3) { (server) async throws in
            func body(_ count: Int) -> String {
                let events = (0..<count).map { number in
                    type.contains("cloudevents")
                        ? #"{"specversion":"1.0","id":"e\#(number)","source":"s","type":"n","subject":"c"}"#
                        : #"{"id":"e\#(number)","name":"n","customer_id":"c"}"#
                }
                return type.contains("ndjson") ? events.joined(separator: "\n") : "[\(events.joined(separator: ","))]"
            }
            for path in ["/v1/events", "/v1/events?partial=true"] {
                let answer = try await server.post(body(4), path: path, contentType: type)
                #expect(answer.status == 413)
                #expect((try answer.object["detail"] as? String)?.contains("at most 3 events") == true)
            }
            #expect(try await server.send(.GET, "/v1/events/e0").status == 404)
            #expect(try await server.post(body(3), contentType: type).status == 202)
        }
    }

    @Test func `tells facades the limit`() async throws {
        try await IngressFixture.with(dialects: [PlainDialect()], eventLimit: 7) { (server) async throws in
            let answer = try await server.send(.GET, "/acme/v1/limit", headers: [("X-Acme-Key", IngressFixture.key)])
            #expect(String(decoding: answer.body, as: UTF8.self) == "7")
        }
    }
}

/// Where bodies are decoded.
@Suite struct LargeBodiesTests {
    /// Threads of NIO's pools have names of their own.
    private static func threadName() throws -> String {
        try String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
    }

    @Test func `decodes large bodies on a thread of its own, and small ones where they are`() async throws {
        let bodies = LargeBodies(threads: 1)
        bodies.start()
        let large = try await bodies.decode(isLarge: true) { try Self.threadName() }
        #expect(large.hasPrefix("TP-"))
        let small = try await bodies.decode(isLarge: false) { try Self.threadName() }
        #expect(!small.hasPrefix("TP-"))
        try await bodies.stop()
    }

    @Test func `turns bodies away when too many wait, and takes them again afterwards`() async throws {
        let bodies = LargeBodies(threads: 1)
        bodies.start()
        let gate = DispatchSemaphore(value: 0)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    do {
                        try await bodies.decode(isLarge: true) { gate.wait() }
                        return true
                    } catch is Problem {
                        return false
                    }
                }
            }
            // Nobody is done before the gate opens, so these are turned away.
            for _ in 0..<36 { #expect(try await group.next() == false) }
            for _ in 0..<64 { gate.signal() }
            for try await wasDecoded in group { #expect(wasDecoded) }
        }
        #expect(try await bodies.decode(isLarge: true) { 1 } == 1)
        try await bodies.stop()
    }
}
