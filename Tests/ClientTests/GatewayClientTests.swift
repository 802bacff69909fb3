import JSON
import NIOHTTP1
import Synchronization
import Testing

@testable import Client

/// What commands learn of a gateway's responses.
@Suite struct GatewayClientTests {
    private func with(
        _ answer: ScriptedGateway.Answer,
        _ body: (GatewayClient, ScriptedGateway) async throws -> Void
    ) async throws {
        try await ScriptedGateway.with(answering: { _, _ in answer }) { gateway in
            try await body(GatewayClient(address: gateway.address + "//", key: "key"), gateway)
        }
    }

    @Test func `sends a body and returns status, JSON and the wait`() async throws {
        let answer = ScriptedGateway.Answer(status: 503, body: #"{"detail": "full"}"#, headers: [("Retry-After", "7")])
        try await with(answer) { (client, gateway) async throws in
            let received = try await client.call(.POST, "/v1/events", body: Array("{}".utf8))
            #expect(received.status == 503)
            #expect(received.problem == "full")
            #expect(received.retryAfter == 7)
            #expect(gateway.bodies == ["{}"])
        }
    }

    @Test(arguments: ["", "<html>", #"{"detail": 1}"#, "[]"])
    func `names the status where a response is no problem`(body: String) async throws {
        try await with(ScriptedGateway.Answer(status: 502, body: body)) { (client, _) async throws in
            #expect(try await client.call(.GET, "/").problem == "the gateway responded with status 502")
        }
    }

    @Test(arguments: ["soon", "1.5", ""])
    func `takes no wait from a field that is no number`(value: String) async throws {
        let answer = ScriptedGateway.Answer(status: 429, headers: [("Retry-After", value)])
        try await with(answer) { (client, _) async throws in
            #expect(try await client.call(.GET, "/").retryAfter == nil)
        }
    }

    @Test func `says why nobody is at the address, and how to give another one`() async throws {
        let client = GatewayClient(address: "http://127.0.0.1:1/", key: "key")
        let error = await #expect(throws: GatewayUnreachable.self) { try await client.call(.GET, "/") }
        #expect(error?.address == "http://127.0.0.1:1")
        #expect(error?.reason == "connection refused")
        #expect(error.map { "\($0)" }?.contains("--url") == true)
    }

    @Test func `follows a stream to its end`() async throws {
        let stream = "id: 1\nevent: accepted\ndata: {\"id\":\"a\"}\n\nid: 2\nevent: settled\ndata: {}\n\n"
        try await with(ScriptedGateway.Answer(body: stream)) { (client, _) async throws in
            let messages = Mutex<[StreamMessage]>([])
            try await client.follow("/v1/events/stream", after: nil) { message in
                messages.withLock { $0.append(message) }
                return true
            }
            let all = messages.withLock { $0 }
            #expect(all.map(\.id) == ["1", "2"])
            #expect(all.map(\.kind) == ["accepted", "settled"])
            #expect(all.first?.json?["id"]?.string == "a")
        }
    }

    @Test func `ends a stream where the caller does`() async throws {
        let stream = "id: 1\ndata: {}\n\nid: 2\ndata: {}\n\nid: 3\ndata: {}\n\n"
        try await with(ScriptedGateway.Answer(body: stream)) { (client, _) async throws in
            let messages = Mutex<[String?]>([])
            try await client.follow("/v1/events/stream", after: nil) { message in
                messages.withLock { $0.append(message.id) }
                return message.id != "2"
            }
            #expect(messages.withLock { $0 } == ["1", "2"])
        }
    }

    @Test func `says why a stream was refused`() async throws {
        let answer = ScriptedGateway.Answer(status: 429, body: #"{"detail": "too many streams"}"#)
        try await with(answer) { (client, _) async throws in
            let refused = await #expect(throws: StreamRefused.self) {
                try await client.follow("/v1/events/stream", after: "1") { _ in true }
            }
            #expect(refused?.problem == "too many streams")
        }
    }
}
