import Access
import Events
import Foundation
import Journal
import JournalBehaviour
import JournalSQLite
import NIOCore
import NIOHTTP1
import NIOPosix
import Routing
import Synchronization
import TestSupport
import Testing
import Transport

@testable import DeliveryEngine

@Suite struct RevisionTests {
    /// Stores events `e1`, `e2`, … and settles them as dead letters.
    private func makeDeadLetters(_ server: IngressFixture, _ count: Int) async throws {
        for number in 1...count {
            _ = try await server.post(#"{"id":"e\#(number)","name":"n\#(number)","customer_id":"c"}"#)
        }
        let fault = DeliveryFault(code: .invalidEvent, message: "refused", vendor: "no such metric")
        while let block = try await server.store.claimBlock(for: "p", limit: BlockLimit(events: 9, bytes: 1 << 20)) {
            let exceptions = block.deliveries.map {
                SettledDelivery(sequence: $0.sequence, status: .rejected, fault: fault)
            }
            try await server.store.settle(Settlement(provider: "p", exceptions: exceptions))
        }
    }

    private func order(_ server: IngressFixture, _ action: String, _ body: String, key: String = "operator-key")
        async throws
        -> IngressFixture.Answer
    {
        try await server.send(
            .POST,
            "/v1/deliveries/\(action)",
            Array(body.utf8),
            headers: [("Content-Type", "application/json")],
            key: key
        )
    }

    @Test func `counts first, then retries, and lets the pipelines know`() async throws {
        try await IngressFixture.with { (server) async throws in
            try await makeDeadLetters(server, 3)
            let dry = try await order(server, "retry", #"{"filter":{"status":"rejected"},"dry_run":true}"#)
            #expect(dry.status == 200)
            #expect(try dry.object["changed"] as? Int == 3)
            #expect(try dry.object["dry_run"] as? Bool == true)
            let nothing = try await server.store.claimDue(
                for: "p",
                at: Timestamp(milliseconds: .max),
                limit: BlockLimit(events: 9, bytes: 1 << 20)
            )
            #expect(nothing.isEmpty)
            let retried = try await order(server, "retry", #"{"ids":["e1","e3"]}"#)
            #expect(try retried.object["changed"] as? Int == 2)
            let due = try await server.store.claimDue(
                for: "p",
                at: Timestamp(milliseconds: .max),
                limit: BlockLimit(events: 9, bytes: 1 << 20)
            )
            #expect(due.map(\.event.id) == ["e1", "e3"])
        }
    }

    @Test func `retries uncertain deliveries only when asked to, and says how many it left alone`() async throws {
        try await IngressFixture.with { (server) async throws in
            try await makeDeadLetters(server, 1)
            for id in ["u1", "u2"] { _ = try await server.post(#"{"id":"\#(id)","name":"n","customer_id":"c"}"#) }
            let block = try await server.store.claimBlock(for: "p", limit: BlockLimit(events: 9, bytes: 1 << 20))
            let uncertain = try #require(block).deliveries.map {
                SettledDelivery(sequence: $0.sequence, status: .uncertain)
            }
            try await server.store.settle(Settlement(provider: "p", exceptions: uncertain))
            for body in [
                #"{"all":true,"dry_run":true}"#, #"{"filter":{"provider":"p"}}"#, #"{"ids":["e1","u1","u2"]}"#,
            ] {
                let answer = try await order(server, "retry", body).object
                #expect(answer["changed"] as? Int == 1 && answer["uncertain"] as? Int == 2, "\(body): \(answer)")
            }
            let due = try await server.store.claimDue(
                for: "p",
                at: Timestamp(milliseconds: .max),
                limit: BlockLimit(events: 9, bytes: 1 << 20)
            )
            #expect(due.map(\.event.id) == ["e1"])
            let asked = try await order(server, "retry", #"{"filter":{"status":"uncertain"}}"#).object
            #expect(asked["changed"] as? Int == 2 && asked["uncertain"] as? Int == 0)
            let rest = try await server.store.claimDue(
                for: "p",
                at: Timestamp(milliseconds: .max),
                limit: BlockLimit(events: 9, bytes: 1 << 20)
            )
            #expect(rest.map(\.event.id) == ["u1", "u2"])
        }
    }

    @Test func `lets the pipelines know also of retries that failed half way`() async throws {
        // On a busy machine, the store may be gone only when all are retried.
        try await waitUntil("some are retried, and then the store is gone") { try await retryWhileClosing() == 503 }
    }

    /// Retries twenty pages, one after the other, and closes the store as soon as the first is retried.
    /// - Returns: the answer's status.
    private func retryWhileClosing() async throws -> Int {
        var status = 0
        try await IngressFixture.with { (server) async throws in
            let events = (1...20).map { number in
                (1...500).map { #"{"id":"e\#(number)-\#($0)","name":"n","customer_id":"c"}"# }.joined(separator: ",")
            }
            for part in events { #expect(try await server.post("[\(part)]").status == 202) }
            while let block = try await server.store.claimBlock(
                for: "p",
                limit: BlockLimit(events: 5000, bytes: 1 << 30)
            ) {
                let exceptions = block.deliveries.map { SettledDelivery(sequence: $0.sequence, status: .rejected) }
                try await server.store.settle(Settlement(provider: "p", exceptions: exceptions))
            }
            let nudges = Atomic(0)
            server.view.bells.set({ nudges.add(1, ordering: .relaxed) }, for: "p")
            // On a thread that no other test waits for.
            let thread = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let closing = Task(executorPreference: EventLoopExecutor(thread.next())) {
                while server.store.nextDue(for: "p") == nil { await Task.yield() }
                await server.store.close()
            }
            let answer = try await order(server, "retry", #"{"all":true}"#)
            await closing.value
            try await thread.shutdownGracefully()
            #expect(nudges.load(ordering: .relaxed) == 1)
            status = answer.status
        }
        return status
    }

    @Test func `discards, and keeps a record of who did`() async throws {
        try await IngressFixture.with { (server) async throws in
            try await makeDeadLetters(server, 2)
            let body = #"{"filter":{"provider":"p","name":["n2"],"error_code":"invalid_event"}}"#
            #expect(try await order(server, "discard", body).object["changed"] as? Int == 1)
            let list = try await server.send(.GET, "/v1/deliveries?status=discarded").object["deliveries"]
            #expect((list as? [[String: Any]])?.map { $0["event_id"] as? String } == ["e2"])
            let actions = try await server.send(.GET, "/v1/deliveries/actions", key: "operator-key").object["actions"]
            let action = try #require((actions as? [[String: Any]])?.first)
            #expect(action["action"] as? String == "discard")
            #expect(action["client"] as? String == "operator")
            #expect(action["filter"] as? String == "provider p, name n2, error invalid_event")
            #expect(action["changed"] as? Int == 1)
        }
    }

    @Test(arguments: [
        ("{}", "say {"), (#"{"ids":[]}"#, "at least one"), (#"{"idz":["a"]}"#, "idz"), (#"[]"#, "object"),
        ("{", "JSON"),
        (#"{"filter":{"status":"lost"}}"#, "rejected"), (#"{"filter":{"error_code":"x"}}"#, "invalid_event"),
        (#"{"filter":{"accepted_from":"soon"}}"#, "timestamp"), (#"{"filter":{"color":"red"}}"#, "color"),
        (#"{"all":"yes"}"#, "true or false"), (#"{"filter":{}}"#, "say {"),
    ])
    func `refuses an order that is faulty or names nothing`(body: String, words: String) async throws {
        try await IngressFixture.with { (server) async throws in
            let answer = try await order(server, "discard", body)
            #expect(answer.status == 400)
            #expect(String(decoding: answer.body, as: UTF8.self).contains(words))
        }
    }

    @Test func `takes orders from operators only, and for their tenant only`() async throws {
        try await IngressFixture.with { (server) async throws in
            try await makeDeadLetters(server, 1)
            #expect(try await order(server, "discard", #"{"all":true}"#, key: "test-key").status == 403)
            #expect(try await server.send(.GET, "/v1/providers", key: "read-key").status == 403)
            #expect(
                try await order(server, "discard", #"{"all":true}"#, key: "other-operator").object["changed"] as? Int
                    == 0
            )
            #expect(try await order(server, "discard", #"{"all":true}"#).object["changed"] as? Int == 1)
        }
    }

    @Test func `shows what waits for each provider, and since when`() async throws {
        let digest = KeyDigest(of: "admin-key").hexadecimal
        let administrator = #"{"name":"boss","key_sha256":"\#(digest)","scopes":["admin","deliveries:manage"]}"#
        try await IngressFixture.with(clients: [administrator]) { (server) async throws in
            for id in ["a", "b"] { _ = try await server.post(#"{"id":"\#(id)","name":"n","customer_id":"c"}"#) }
            let answer = try await server.send(.GET, "/v1/providers", key: "admin-key").object
            let provider = try #require((answer["providers"] as? [[String: Any]])?.first)
            #expect(provider["name"] as? String == "p")
            #expect(provider["adapter"] as? String == "acme")
            let backlog = try #require(provider["backlog"] as? [String: Any])
            #expect(backlog["events"] as? Int == 2)
            #expect((backlog["oldest_accepted_at"] as? String)?.isEmpty == false)
            // Other tenants' events are among them.
            let restricted = try await server.send(.GET, "/v1/providers", key: "operator-key").object
            #expect((restricted["providers"] as? [[String: Any]])?.isEmpty == true)
        }
    }

    @Test func `filters the list, and refuses a filter that it does not know`() async throws {
        try await IngressFixture.with { (server) async throws in
            try await makeDeadLetters(server, 2)
            func count(_ query: String) async throws -> Int? {
                let list = try await server.send(.GET, "/v1/deliveries?\(query)").object["deliveries"]
                return (list as? [[String: Any]])?.count
            }
            #expect(try await count("status=rejected&name=n1") == 1)
            #expect(try await count("error_code=timeout,rate_limited") == 0)
            #expect(try await count("customer_id=c") == 2)
            #expect(try await count("customer_id=nobody") == 0)
            #expect(try await count("duplicate_at_vendor=true") == 0)
            #expect(try await server.send(.GET, "/v1/deliveries?duplicate_at_vendor=yes").status == 400)
            let retried = try await order(server, "retry", #"{"filter":{"customer_id":"nobody"},"dry_run":true}"#)
            #expect(try retried.object["changed"] as? Int == 0)
            #expect(try await count("accepted_until=2020-01-01T00:00:00Z") == 0)
            #expect(try await count("event_id=e2") == 1)
            #expect(try await count("provider=q") == 0)
            #expect(try await count("provider=q,p") == 2)
            #expect(try await count("provider=q&provider=p") == 2)
            let both = #"{"filter":{"provider":["q","p"]},"dry_run":true}"#
            #expect(try await order(server, "discard", both).object["changed"] as? Int == 2)
            let answer = try await server.send(.GET, "/v1/deliveries?stauts=rejected")
            #expect(answer.status == 400)
            #expect(String(decoding: answer.body, as: UTF8.self).contains("stauts"))
        }
    }
}
