import Client
import Testing

@Suite struct GatewayClientTests {
    @Test(arguments: ["", "/", "//"])
    func `takes an address with or without slashes at its end`(slashes: String) async throws {
        try await withServer(answering: { _, _ in ScriptedServer.Answer(status: 200) }) { (server) async throws in
            let client = GatewayClient(address: server.address + slashes, key: "k")
            let answer = try await client.call(.GET, "/v1/events/e")
            #expect(answer.status == 200)
            #expect(server.requests.map(\.target) == ["GET /v1/events/e"])
        }
    }

    @Test(arguments: [
        (#"{"detail":"the path has no such event"}"#, "the path has no such event"),
        ("<html>", "the gateway answered 502"), ("", "the gateway answered 502"),
    ])
    func `tells a problem in the gateway's words, or at least its status`(body: String, words: String) async throws {
        try await withServer(answering: { _, _ in
            ScriptedServer.Answer(status: 502, headers: ["Retry-After: 7"], body: body)
        }) { (server) async throws in
            let answer = try await GatewayClient(address: server.address, key: "k").call(.GET, "/")
            #expect(answer.problem == words)
            #expect(answer.retryAfter == 7)
        }
    }

    @Test func `names the address that does not answer, and the way out, but not the key`() async throws {
        let client = GatewayClient(address: "nowhere", key: "tg_secret")
        let error = await #expect(throws: GatewayUnreachable.self) { _ = try await client.call(.GET, "/") }
        let words = try #require(error?.description)
        #expect(words.contains("nowhere") && words.contains("--url") && !words.contains("tg_secret"))
    }
}
