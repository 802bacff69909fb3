import NIOHTTP1
import Testing

/// Clients that wait for 100 (Continue) before they send a body, as curl does above 1 MiB.
@Suite struct ExpectTests {
    private static let event = #"{"id":"e","name":"n","customer_id":"c"}"#

    private static func head(
        _ path: String = "/v1/events",
        key: String = "test-key",
        type: String = "application/json",
        framing: String = "Content-Length: \(event.utf8.count)",
        version: String = "1.1",
        _ more: String = ""
    ) -> String {
        "POST \(path) HTTP/\(version)\r\nHost: a\r\nAuthorization: Bearer \(key)\r\nContent-Type: \(type)\r\n"
            + "\(framing)\r\nExpect: 100-continue\r\n\(more)\r\n"
    }

    @Test(arguments: ["/v1/events", "/v1/events?partial=true", "/acme/events?account=test-key"])
    func `are told to go on, and use the connection afterwards`(path: String) async throws {
        try await IngressFixture.with(dialects: [PlainDialect()]) { (server) async throws in
            let statuses = try await RawConversation.hold(with: server.port) { talk in
                try talk.send(Self.head(path))
                try talk.read(until: "HTTP/1.1 100 Continue\r\n\r\n")
                try talk.send(Self.event + "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
                try talk.read(until: "alive")
                return talk.statuses
            }
            #expect(statuses.count == 3 && statuses.first == "100" && statuses.last == "200", "\(statuses)")
            if path.hasPrefix("/v1") { #expect(try await server.send(.GET, "/v1/events/e").status == 200) }
        }
    }

    @Test func `are told to go on before chunks too`() async throws {
        try await IngressFixture.with { (server) async throws in
            let statuses = try await RawConversation.hold(with: server.port) { talk in
                try talk.send(Self.head(framing: "Transfer-Encoding: chunked"))
                try talk.read(until: "100 Continue\r\n\r\n")
                try talk.send("27\r\n\(Self.event)\r\n0\r\n\r\n")
                try talk.read(until: "202 Accepted")
                return talk.statuses
            }
            #expect(statuses == ["100", "202"])
        }
    }

    @Test(arguments: [
        (head(key: "nobody"), "401"), (head("/v1/events?partial=true", key: "nobody"), "401"),
        (head(key: "read-key"), "403"), (head(framing: "Content-Length: 2000"), "413"),
        (head("/v1/events?partial=true", framing: "Content-Length: 2000"), "413"), (head(type: "text/csv"), "415"),
        (head("/v1/events?partial=true", type: "text/csv"), "415"),
        (head(framing: "Content-Length: 39\r\nContent-Encoding: br"), "415"), (head("/v1/nothing"), "404"),
    ])
    func `are refused at once, without 100, and the connection ends`(request: String, status: String) async throws {
        try await IngressFixture.with(bodyLimitBytes: 1000) { (server) async throws in
            let answer = try await RawConversation.hold(with: server.port) { talk in
                try talk.send(request)
                return try talk.readToEnd()
            }
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
            #expect(answer.lowercased().contains("\r\nconnection: close\r\n"))
            #expect(!answer.contains("100 Continue"))
        }
    }

    @Test func `get no interim answer in HTTP/1.0, which has none`() async throws {
        try await IngressFixture.with { (server) async throws in
            let answer = try await RawConversation.hold(with: server.port) { talk in
                try talk.send(Self.head(version: "1.0") + Self.event)
                try talk.read(until: "}")
                return talk.received
            }
            #expect(answer.contains(" 202 ") && !answer.contains("100 Continue"))
        }
    }

    @Test func `need not wait`() async throws {
        try await IngressFixture.with { (server) async throws in
            let statuses = try await RawConversation.hold(with: server.port) { talk in
                try talk.send(Self.head() + Self.event)
                try talk.read(until: "202 Accepted")
                return talk.statuses
            }
            #expect(statuses.last == "202")
        }
    }
}
