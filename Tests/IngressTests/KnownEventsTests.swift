import Events
import Foundation
import Journal
import JournalBehaviour
import JournalSQLite
import NIOHTTP1
import Testing

/// `POST /v1/events/known`: which events the journal has already.
@Suite struct KnownEventsTests {
    private func ask(_ server: IngressFixture, _ body: String, key: String = IngressFixture.key) async throws
        -> IngressFixture.Answer
    {
        let headers = [("Content-Type", "application/json")]
        return try await server.send(.POST, "/v1/events/known", Array(body.utf8), headers: headers, key: key)
    }

    @Test func `names the events that are there, and how far the journal was removed`() async throws {
        try await IngressFixture.with { (server) async throws in
            for id in ["a", "b"] {
                #expect(try await server.post(#"{"id":"\#(id)","name":"n","customer_id":"c"}"#).status == 202)
            }
            let events = #"[{"id":"x"},{"id":"b","customer_id":"c"},{"id":"a","customer_id":"d"},{"id":"a"}]"#
            for sentTo in ["", #""sent_to":"acme","#] {
                let answer = try await ask(server, #"{\#(sentTo)"events":\#(events)}"#)
                #expect(answer.status == 200)
                let known = try #require(try answer.object["known"] as? [[String: Any]])
                #expect(known.map { $0["index"] as? Int } == [1, 3])
                #expect(known.map { $0["id"] as? String } == ["b", "a"])
                #expect(known.allSatisfy { $0["scope"] is NSNull })
                #expect(try answer.object["removed_through"] is NSNull)
            }
            // Another tenant has none of them, and a reader may not ask.
            #expect(try await ask(server, #"{"events":[{"id":"a"}]}"#, key: "read-key").status == 403)

            let limit = BlockLimit(events: 9, bytes: 1 << 20)
            while let block = try await server.store.claimBlock(for: "p", limit: limit) {
                let sequences = block.deliveries.map(\.sequence)
                let attempt = Attempt(
                    at: block.deliveries[0].event.acceptedAt,
                    latency: .milliseconds(1),
                    httpStatus: 200,
                    status: .delivered
                )
                let run = DeliveredRun(sequences: sequences, attempt: attempt)
                try await server.store.settle(Settlement(provider: "p", delivered: [run]))
            }
            let later = Timestamp(milliseconds: 9_999_999_999_999)
            #expect(try await server.store.removeSettled(acceptedBefore: later) == 2)
            let after = try await ask(server, #"{"events":[{"id":"a"}]}"#).object
            #expect((after["known"] as? [Any])?.isEmpty == true && after["removed_through"] is String)
        }
    }

    @Test func `finds each of many, whatever their order`() async throws {
        try await IngressFixture.with { (server) async throws in
            let stored = (0..<250).map { #"{"id":"e-\#($0 * 3)","name":"n","customer_id":"c"}"# }
            #expect(try await server.post("[\(stored.joined(separator: ","))]").status == 202)
            let numbers = (0..<999).map { ($0 * 7) % 999 }
            let asked = numbers.map { #"{"id":"e-\#($0)"}"# }.joined(separator: ",")
            for sentTo in ["", #""sent_to":"acme","#] {
                let answer = try await ask(server, #"{\#(sentTo)"events":[\#(asked)]}"#)
                let known = try #require(try answer.object["known"] as? [[String: Any]])
                let expected = numbers.indices.filter { numbers[$0] % 3 == 0 && numbers[$0] < 750 }
                #expect(known.map { $0["index"] as? Int } == expected)
                #expect(known.map { $0["id"] as? String } == expected.map { "e-\(numbers[$0])" })
            }
        }
    }

    @Test(arguments: [
        ("[]", "an object such as"), ("{}", "an object such as"), (#"{"events":{}}"#, "an object such as"),
        (#"{"events":[1]}"#, "a list of objects"), (#"{"events":[{}]}"#, "must have an"),
        (#"{"events":[{"id":""}]}"#, "not empty"), (#"{"events":[{"id":"a","customer_id":1}]}"#, "customer_id"),
        (#"{"events":[{"id":"a","timestamp":"now"}]}"#, "2026-01-31T00:00:00Z"),
        (#"{"events":[{"id":"a","custmer_id":"c"}]}"#, "did you mean"),
        (#"{"events":[],"sent_to":"acm"}"#, "the adapters are acme"), (#"{"events":[],"to":"acme"}"#, "unknown member"),
    ])
    func `refuses what it would not understand`(body: String, words: String) async throws {
        try await IngressFixture.with { (server) async throws in
            let answer = try await ask(server, body)
            #expect(answer.status == 400)
            let detail = try answer.object["detail"] as? String ?? ""
            #expect(detail.contains(words), "\(detail)")
        }
    }

    @Test func `takes a thousand events at once, and no more`() async throws {
        try await IngressFixture.with { (server) async throws in
            func body(_ count: Int) -> String {
                #"{"events":[\#((0..<count).map { #"{"id":"e\#($0)"}"# }.joined(separator: ","))]}"#
            }
            #expect(try await ask(server, body(1000)).status == 200)
            #expect(try await ask(server, body(1001)).status == 400)
        }
    }
}
