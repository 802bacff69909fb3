import Access
import Events
import Foundation
import Journal
import JournalBehaviour
import JournalSQLite
import NIOHTTP1
import Routing
import Testing

/// `POST /v1/providers/NAME/hold` and `/resume`.
@Suite struct ProviderOrderTests {
    private static let administrator =
        #"{"name":"boss","key_sha256":"\#(KeyDigest(of: "admin-key").hexadecimal)","scopes":["admin"]}"#

    private func order(_ server: IngressFixture, _ path: String, _ body: String = "", key: String = "admin-key")
        async throws -> IngressFixture.Answer
    {
        try await server.send(
            .POST,
            "/v1/providers/\(path)",
            Array(body.utf8),
            headers: [("Content-Type", "application/json")],
            key: key
        )
    }

    @Test func `writes a hold down, and resume lifts it and makes retries due`() async throws {
        try await IngressFixture.with(clients: [Self.administrator]) { (server) async throws in
            _ = try await server.post(#"{"id":"e1","name":"n","customer_id":"c"}"#)
            let block = try await server.store.claimBlock(for: "p", limit: BlockLimit(events: 9, bytes: 1 << 20))
            let sequence = try #require(block?.deliveries.first?.sequence)
            let tomorrow = SystemWallClock().now + .seconds(86_400)
            let waiting = SettledDelivery(sequence: sequence, status: .retrying, nextAttemptAt: tomorrow)
            try await server.store.settle(Settlement(provider: "p", exceptions: [waiting]))

            let before = SystemWallClock().now
            let held = try await order(server, "p/hold", #"{"for":"1h"}"#)
            #expect(held.status == 200)
            let hold = try #require(try await server.store.operatorHold(of: "p"))
            #expect(hold.by == "boss" && hold.until == hold.at + .seconds(3600) && hold.at >= before)
            #expect((try held.object["operator_hold"] as? [String: Any])?["until"] as? String == hold.until.rfc3339)

            let resumed = try await order(server, "p/resume")
            #expect(resumed.status == 200)
            #expect(try resumed.object["operator_hold"] is NSNull)
            #expect(try await server.store.operatorHold(of: "p") == nil)
            let due = try await server.store.claimDue(
                for: "p",
                at: SystemWallClock().now,
                limit: BlockLimit(events: 9, bytes: 1 << 20)
            )
            #expect(due.map(\.sequence) == [sequence])
        }
    }

    @Test func `takes orders from clients with the scope admin only`() async throws {
        try await IngressFixture.with(clients: [Self.administrator]) { (server) async throws in
            for key in ["test-key", "operator-key", "read-key"] {
                #expect(try await order(server, "p/hold", #"{"for":"1h"}"#, key: key).status == 403)
                #expect(try await order(server, "p/resume", key: key).status == 403)
            }
            #expect(try await server.store.operatorHold(of: "p") == nil)
            #expect(try await server.send(.GET, "/v1/providers/p/hold", key: "admin-key").status == 405)
        }
    }

    @Test func `names the provider that there is not`() async throws {
        try await IngressFixture.with(clients: [Self.administrator]) { (server) async throws in
            for path in ["pp/hold", "pp/resume"] {
                let answer = try await order(server, path, #"{"for":"1h"}"#)
                #expect(answer.status == 404)
                #expect(
                    try answer.object["detail"] as? String == #"routes.json has no provider "pp" (did you mean "p"?)"#
                )
            }
        }
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"for":3600}"#, #"{"for":"soon"}"#, #"{"for":"31d"}"#, #"{"for":"9999999d"}"#,
        #"{"for":"0s"}"#, #"{"for":"1h","until":"x"}"#,
    ])
    func `refuses a body that does not say for how long`(body: String) async throws {
        try await IngressFixture.with(clients: [Self.administrator]) { (server) async throws in
            let answer = try await order(server, "p/hold", body)
            #expect(answer.status == 400)
            #expect(String(decoding: answer.body, as: UTF8.self).contains("for"))
            #expect(try await server.store.operatorHold(of: "p") == nil)
        }
    }
}
