import Events
import Foundation
import Journal
import JournalBehaviour
import NIOHTTP1
import Testing

/// `GET /v1/deliveries/groups`.
@Suite struct DeliveryGroupsEndpointTests {
    /// Rejects what waits, by the code that the event's name has.
    private func reject(_ server: IngressFixture, _ codes: [String: DeliveryErrorCode]) async throws {
        while let block = try await server.store.claimBlock(for: "p", limit: BlockLimit(events: 99, bytes: 1 << 20)) {
            let exceptions = block.deliveries.map { delivery in
                SettledDelivery(
                    sequence: delivery.sequence,
                    status: .rejected,
                    fault: DeliveryFault(
                        code: codes[delivery.event.name] ?? .invalidEvent,
                        message: "refused \(delivery.event.id)",
                        vendor: "no"
                    )
                )
            }
            try await server.store.settle(Settlement(provider: "p", exceptions: exceptions))
        }
    }

    private func groups(_ server: IngressFixture, _ query: String = "", key: String = IngressFixture.key) async throws
        -> [String: Any]
    {
        let answer = try await server.send(.GET, "/v1/deliveries/groups" + query, key: key)
        #expect(answer.status == 200)
        return try answer.object
    }

    @Test func `counts by provider, status, code and name, the largest group first`() async throws {
        try await IngressFixture.with { (server) async throws in
            for number in 1...5 {
                let name = number <= 3 ? "a" : number == 4 ? "b" : "c"
                _ = try await server.post(#"{"id":"e\#(number)","name":"\#(name)","customer_id":"c"}"#)
            }
            try await reject(server, ["a": .untranslatable, "b": .untranslatable, "c": .invalidEvent])
            let all = try await groups(server)
            #expect(all["total"] as? Int == 5)
            #expect(all["other"] as? Int == 0)
            #expect(all["next_cursor"] is NSNull && all["counted_until"] is NSNull)
            let list = try #require(all["groups"] as? [[String: Any]])
            #expect(list.map { $0["name"] as? String } == ["a", "b", "c"])
            #expect(list.map { $0["count"] as? Int } == [3, 1, 1])
            #expect(list.map { $0["error_code"] as? String } == ["untranslatable", "untranslatable", "invalid_event"])
            let first = try #require(list.first)
            #expect(first["provider"] as? String == "p" && first["status"] as? String == "rejected")
            let example = try #require(first["example"] as? [String: Any])
            #expect(example["event_id"] as? String == "e3" && example["message"] as? String == "refused e3")
            let (from, until) = (first["first_accepted_at"] as? String, first["last_accepted_at"] as? String)
            #expect(try #require(from) <= (try #require(until)))
        }
    }

    @Test func `takes the filter of the list of deliveries, and refuses what is not of it`() async throws {
        try await IngressFixture.with { (server) async throws in
            for number in 1...3 {
                _ = try await server.post(#"{"id":"e\#(number)","name":"n\#(number)","customer_id":"c\#(number)"}"#)
            }
            try await reject(server, ["n1": .untranslatable])
            for (query, total) in [
                ("?name=n1", 1), ("?name=n1,n2", 2), ("?error_code=untranslatable", 1), ("?status=uncertain", 0),
                ("?customer_id=c3", 1), ("?provider=p", 3), ("?provider=q", 0), ("?event_id=e2", 1),
                ("?accepted_from=2000-01-01T00:00:00Z", 3), ("?accepted_until=2000-01-01T00:00:00Z", 0),
            ] {
                #expect(try await groups(server, query)["total"] as? Int == total, "\(query)")
            }
            for query in ["status=lost", "limit=5", "cursor=x", "error_code=none", "accepted_from=soon"] {
                let answer = try await server.send(.GET, "/v1/deliveries/groups?\(query)")
                #expect(answer.status == 400, "\(query)")
            }
        }
    }

    @Test func `counts a tenant's own deliveries only`() async throws {
        try await IngressFixture.with { (server) async throws in
            _ = try await server.post(#"{"id":"e1","name":"secret-name","customer_id":"c"}"#)
            try await reject(server, [:])
            #expect(try await groups(server, key: "read-key")["total"] as? Int == 0)
            #expect(try await groups(server)["total"] as? Int == 1)
        }
    }
}
