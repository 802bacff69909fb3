import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// Clients' keys, limits and rights, at the gateway's own API and at every facade.
@Suite struct ClientTests {
    private static let old = "an-old-key-of-another-form"
    private static let oldDigest = "691d9c78c4a7484419b607652eeaf3742138ea36260d0965950730a5e3106b5e"
    private static let next = "a-key-that-follows-it"
    private static let nextDigest = "87f15b798cdfab109e2ae0d89bd587a3f2e50f4ddc6091624d756f01312ab5fa"

    /// Puts a client before those of the stage.
    private func add(_ client: String, to stage: Stage) throws {
        let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
        let more = text.replacing(#""clients": ["#, with: #""clients": [\#(client), "#)
        try Data(more.utf8).write(to: stage.routesFile, options: .atomic)
    }

    private func client(_ key: String, of stage: Stage) -> WebClient {
        WebClient(base: stage.client.base, key: key)
    }

    private func event(_ id: String, _ name: String = "n") -> String {
        #"{"id":"\#(id)","name":"\#(name)","customer_id":"c"}"#
    }

    @Test func `takes the old and the new key while a rotation lasts, and the old one no longer than its end`()
        async throws
    {
        try await Stage.set { (stage) async throws in
            let end = ISO8601DateFormatter().string(from: Date(timeIntervalSinceNow: 120))
            try add(
                #"{"name": "shop", "keys": [{"id": "old", "sha256": "\#(Self.oldDigest)", "expires": "\#(end)"}, {"id": "next", "sha256": "\#(Self.nextDigest)"}]}"#,
                to: stage
            )
            try await stage.withGateway { _ async throws in
                #expect(try await client(Self.old, of: stage).post("/v1/events", event("a")).status == 202)
                #expect(try await client(Self.next, of: stage).post("/v1/events", event("b")).status == 202)
                try await waitUntil("the old key has ended") {
                    let answer = try await client(Self.old, of: stage).post("/v1/events", event("c"))
                    return answer.status == 401 && answer.text.contains("the key old expired at")
                }
                #expect(try await client(Self.next, of: stage).post("/v1/events", event("d")).status == 202)
            }
        }
    }

    /// Requests to the facades, each with one event of this name.
    private static let facades: [(vendor: String, path: String, body: @Sendable (String) -> String)] = [
        (
            "lago", "/lago/api/v1/events",
            { #"{"event":{"transaction_id":"t","external_subscription_id":"s","code":"\#($0)"}}"# }
        ),
        ("polar", "/polar/v1/events/ingest", { #"{"events":[{"name":"\#($0)","external_customer_id":"c"}]}"# }),
        (
            "flexprice", "/flexprice/v1/events",
            { #"{"event_name":"\#($0)","external_customer_id":"c","event_id":"e"}"# }
        ),
        (
            "knetik", "/knetik/v2/events",
            {
                #"{"request_type":"newEvent","category":"\#($0)","result":"success","event_timestamp":1772366400250,"send_timestamp":1772366401003,"user_id":"u"}"#
            }
        ),
    ]

    private func send(_ vendor: String, _ path: String, _ body: String, to stage: Stage) async throws
        -> WebClient.Answer
    {
        let anyone = WebClient(base: stage.client.base)
        switch vendor {
        case "flexprice": return try await anyone.post(path, body, headers: ["x-api-key": Self.next])
        case "knetik": return try await anyone.post("\(path)?customerId=\(Self.next)", body)
        default: return try await client(Self.next, of: stage).post(path, body)
        }
    }

    @Test func `refuses what a client may not send in every dialect's words`() async throws {
        try await Stage.set { (stage) async throws in
            try add(#"{"name": "shop", "key_sha256": "\#(Self.nextDigest)", "names": ["api.*"]}"#, to: stage)
            try await stage.withGateway { _ async throws in
                #expect(try await client(Self.next, of: stage).post("/v1/events", event("e")).status == 403)
                for (vendor, path, body) in Self.facades {
                    let refused = try await send(vendor, path, body("calls"), to: stage)
                    #expect([400, 422].contains(refused.status), "\(vendor): \(refused.status) \(refused.text)")
                    let words = vendor == "lago" ? "not_allowed_for_this_api_key" : "may not send"
                    #expect(refused.text.contains(words), "\(vendor): \(refused.text)")
                    #expect(try await send(vendor, path, body("api.calls"), to: stage).status < 300, "\(vendor)")
                }
            }
        }
    }

    @Test func `answers 429 in every dialect's words when a client sends more than it may`() async throws {
        try await Stage.set { (stage) async throws in
            try add(#"{"name": "shop", "key_sha256": "\#(Self.nextDigest)", "limits": {"events": "1/h"}}"#, to: stage)
            try await stage.withGateway { _ async throws in
                #expect(try await client(Self.next, of: stage).post("/v1/events", event("e")).status == 202)
                #expect(try await client(Self.next, of: stage).post("/v1/events", event("f")).status == 429)
                for (vendor, path, body) in Self.facades {
                    let refused = try await send(vendor, path, body("api.calls"), to: stage)
                    #expect(refused.status == 429, "\(vendor): \(refused.text)")
                    let wait = refused.headers.first(name: "retry-after").flatMap { Int($0) }
                    #expect((3000...3600).contains(wait ?? 0), "\(vendor)")
                    if vendor == "lago" { #expect(refused.headers.contains(name: "x-ratelimit-reset")) }
                }
                #expect(try await stage.client.post("/v1/events", event("g")).status == 202)
            }
        }
    }
}
