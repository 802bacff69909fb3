import Acceptance
import Access
import DeliveryEngine
import Events
import Foundation
import Journal
import JournalBehaviour
import JournalSQLite
import NIOHTTP1
import Testing

@testable import Ingress

@Suite struct WaitTests {
    private func post(_ server: IngressFixture, _ id: String, wait: String) async throws -> IngressFixture.Answer {
        try await server.send(
            .POST,
            "/v1/events",
            Array(#"{"id":"\#(id)","name":"n","customer_id":"c"}"#.utf8),
            headers: [("Content-Type", "application/json"), ("Prefer", wait)]
        )
    }

    /// Takes the next event for the fixture's provider and settles it, as a pipeline would.
    private func settleNext(_ server: IngressFixture, _ status: DeliveryStatus) async throws {
        await server.store.waitForEvents(after: .start)
        let block = try await server.store.claimBlock(for: "p", limit: BlockLimit(events: 1, bytes: 1))
        let claimed = try #require(block?.deliveries.first)
        let attempt = Attempt(at: claimed.event.acceptedAt, latency: .milliseconds(3), httpStatus: 202, status: status)
        let fault = DeliveryFault(code: .invalidEvent, message: "refused")
        let settlement =
            status == .delivered
            ? Settlement(provider: "p", delivered: [DeliveredRun(sequences: [claimed.sequence], attempt: attempt)])
            : Settlement(
                provider: "p",
                exceptions: [
                    SettledDelivery(sequence: claimed.sequence, status: status, newAttempts: [attempt], fault: fault)
                ]
            )
        try await server.store.settle(settlement)
        server.watch.publish(settlement)
    }

    @Test(arguments: [DeliveryStatus.delivered, .rejected])
    func `answers 200 with the deliveries as soon as the primaries are settled`(status: DeliveryStatus) async throws {
        try await IngressFixture.with { (server) async throws in
            async let settled: Void = settleNext(server, status)
            let answer = try await post(server, "a", wait: "respond-async, wait=60")
            try await settled
            #expect(answer.status == 200)
            #expect(answer.headers.first(name: "preference-applied") == "wait=60")
            let events = try answer.object["events"] as? [[String: Any]]
            let deliveries = events?.first?["deliveries"] as? [[String: Any]]
            #expect(deliveries?.count == 1)
            #expect(deliveries?[0]["status"] as? String == status.rawValue)
            #expect(deliveries?[0]["http_status"] as? Int == 202)
            let again = try await post(server, "a", wait: "wait=60")
            #expect(again.status == 200)
        }
    }

    @Test func `tells the deliveries of many events, settled or not`() async throws {
        try await IngressFixture.with { (server) async throws in
            let body = (0..<1300).map { #"{"id":"e\#($0)","name":"n","customer_id":"c"}"# }.joined(separator: ",")
            #expect(try await server.post("[\(body)]").status == 202)
            let block = try #require(
                try await server.store.claimBlock(for: "p", limit: BlockLimit(events: 900, bytes: 1 << 20))
            )
            let sequences = block.deliveries.map(\.sequence)
            let time = block.deliveries[0].event.acceptedAt
            let attempt = Attempt(at: time, latency: .milliseconds(3), httpStatus: 202, status: .delivered)
            let run = DeliveredRun(sequences: sequences, attempt: attempt)
            try await server.store.settle(Settlement(provider: "p", delivered: [run]))
            let again = try await server.send(
                .POST,
                "/v1/events",
                Array("[\(body)]".utf8),
                headers: [("Content-Type", "application/json"), ("Prefer", "wait=1")]
            )
            #expect(again.status == 202)
            let events = try #require(try again.object["events"] as? [[String: Any]])
            let statuses = events.map { ($0["deliveries"] as? [[String: Any]])?.first?["status"] as? String }
            #expect(statuses.count == 1300)
            #expect(statuses.count { $0 == "delivered" } == sequences.count)
            #expect(statuses.count { $0 == "pending" } == 1300 - sequences.count)
        }
    }

    @Test func `an event that was not read in time is not told to be settled`() async throws {
        try await IngressFixture.with { (server) async throws in
            let count = DeliveryWait.mostRead + 1
            let body = (0..<count).map { #"{"id":"e\#($0)","name":"n","customer_id":"c"}"# }.joined(separator: ",")
            let client = Client(name: "shop", tenant: "shop", scopes: [.writeEvents])
            let acceptor = Acceptor(store: server.store, routes: server.routes, clock: SystemWallClock())
            let batch = EventReader().read(Array("[\(body)]".utf8), as: .json)
            let accepted = try await acceptor.accept(batch, from: client, policy: .allOrNothing).compactMap(\.accepted)
            try #require(accepted.count == count)
            var claimed: [ClaimedDelivery] = []
            while claimed.count < count {
                let limit = BlockLimit(events: count - claimed.count, bytes: 1 << 20)
                claimed += try #require(try await server.store.claimBlock(for: "p", limit: limit)).deliveries
            }
            let time = claimed[0].event.acceptedAt
            let attempt = Attempt(at: time, latency: .milliseconds(3), httpStatus: 202, status: .delivered)
            let run = DeliveredRun(sequences: claimed.dropLast().map(\.sequence), attempt: attempt)
            try await server.store.settle(Settlement(provider: "p", delivered: [run]))
            // The time is over after the first read.
            let wait = DeliveryWait(watch: server.watch, archive: server.store)
            let all = try #require(try await wait.deliveries(of: accepted, from: "shop", tenant: "shop", atMost: .zero))
            let statuses = all.deliveries.map { $0?.map(\.status) }
            #expect(statuses == Array(repeating: [.delivered], count: count - 1) + [nil])
            #expect(!all.isSettled)
            let settled = try await wait.deliveries(
                of: accepted.dropLast(),
                from: "shop",
                tenant: "shop",
                atMost: .zero
            )
            #expect(settled?.isSettled == true)
        }
    }

    @Test func `does not wait while clients wait for very many events, and does not say that it has`() async throws {
        try await IngressFixture.with { (server) async throws in
            var awaited: SettlementWatch.Awaited = [:]
            for number in 0..<SettlementWatch.mostEvents { awaited[SequenceNumber(Int64(number + 100))] = ["p"] }
            let others = server.watch.ticket(for: awaited)
            let answer = try await post(server, "a", wait: "wait=60")
            #expect(answer.status == 202 && answer.headers.first(name: "preference-applied") == nil)
            let events = try answer.object["events"] as? [[String: Any]]
            #expect(events?.first?["deliveries"] == nil)
            server.watch.end(others)
            async let settled: Void = settleNext(server, .delivered)
            let waited = try await post(server, "a", wait: "wait=60")
            try await settled
            #expect(waited.status == 200 && waited.headers.first(name: "preference-applied") == "wait=60")
        }
    }

    @Test func `waits for one client although another one waits for all events of its share`() async throws {
        try await IngressFixture.with { (server) async throws in
            var awaited: SettlementWatch.Awaited = [:]
            for number in 0..<SettlementWatch.mostEvents / 2 { awaited[SequenceNumber(Int64(number + 100))] = ["p"] }
            let own = try #require(server.watch.ticketIfRoom(for: awaited, of: "shop"))
            let refused = try await post(server, "a", wait: "wait=60")
            #expect(refused.status == 202 && refused.headers.first(name: "preference-applied") == nil)
            server.watch.end(own)
            let others = try #require(server.watch.ticketIfRoom(for: awaited, of: "reader"))
            async let settled: Void = settleNext(server, .delivered)
            let waited = try await post(server, "a", wait: "wait=60")
            try await settled
            #expect(waited.status == 200 && waited.headers.first(name: "preference-applied") == "wait=60")
            server.watch.end(others)
        }
    }

    @Test func `answers 202 with what is known when the time is over`() async throws {
        try await IngressFixture.with { (server) async throws in
            let answer = try await post(server, "a", wait: "wait=1")
            #expect(answer.status == 202)
            #expect(answer.headers.first(name: "preference-applied") == "wait=1")
            let events = try answer.object["events"] as? [[String: Any]]
            let deliveries = events?.first?["deliveries"] as? [[String: Any]]
            #expect(deliveries?.first?["status"] as? String == "pending")
        }
    }

    @Test(
        arguments: [
            (["wait=5"], 5), (["respond-async, wait=10"], 10), (["Wait=\"7\"; x=y"], 7),
            (["handling=lenient", "wait=3"], 3),
            (["wait=600"], 60), (["wait=0"], nil), (["wait=-1"], nil), (["wait"], nil), (["wait=x"], nil), ([], nil),
        ] as [([String], Int?)]
    )
    func `reads the preference, and takes what it does not understand for none`(fields: [String], seconds: Int?) {
        #expect(WaitPreference(fields: fields)?.seconds == seconds)
    }
}
