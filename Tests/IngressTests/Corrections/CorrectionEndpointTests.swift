import Access
import Events
import Foundation
import Journal
import JournalBehaviour
import JournalSQLite
import NIOHTTP1
import Testing

/// `/v1/events/{id}/void` and `/adjust`: what their bodies mean, and when they are refused.
@Suite struct CorrectionEndpointTests {
    private func correct(
        _ server: IngressFixture,
        _ id: String,
        _ operation: String,
        _ body: String,
        key: String = IngressFixture.key
    ) async throws -> IngressFixture.Answer {
        let headers = [("Content-Type", "application/json")]
        return try await server.send(
            .POST,
            "/v1/events/\(id)/\(operation)",
            Array(body.utf8),
            headers: headers,
            key: key
        )
    }

    private static let void = #"{"reason":"sent twice","aggregate":"sum","property":"units"}"#

    /// Stores an event, and settles it with an outcome.
    private func store(_ server: IngressFixture, _ id: String, _ status: DeliveryStatus?) async throws {
        let body = #"{"id":"\#(id)","name":"n","customer_id":"c","properties":{"units":7}}"#
        #expect(try await server.post(body).status == 202)
        guard let status else { return }
        try await settle(server, status)
    }

    private func settle(_ server: IngressFixture, _ status: DeliveryStatus) async throws {
        let limit = BlockLimit(events: 9, bytes: 1 << 20)
        while let block = try await server.store.claimBlock(for: "p", limit: limit) {
            let fault = status == .delivered ? nil : DeliveryFault(code: .timeout, message: "no answer")
            let exceptions = block.deliveries.map {
                SettledDelivery(
                    sequence: $0.sequence,
                    status: status,
                    nextAttemptAt: status == .retrying ? Timestamp(milliseconds: 9_999_999_999_999) : nil,
                    fault: fault
                )
            }
            try await server.store.settle(Settlement(provider: "p", exceptions: exceptions))
        }
    }

    private func destination(_ answer: IngressFixture.Answer) throws -> [String: Any] {
        try #require((try answer.object["destinations"] as? [[String: Any]])?.first, "\(answer.status)")
    }

    @Test(arguments: [(#""names":["m*"]"#, 403), (#""names":["n*"],"routes":["r"]"#, 202)])
    func `corrects only what the client may send`(allowance: String, status: Int) async throws {
        let digest = KeyDigest(of: "narrow-key").hexadecimal
        let narrow = #"{"name":"narrow","tenant":"shop","key_sha256":"\#(digest)",\#(allowance)}"#
        try await IngressFixture.with(clients: [narrow]) { (server) async throws in
            try await store(server, "e", .delivered)
            #expect(try await correct(server, "e", "void", Self.void, key: "narrow-key").status == status)
            let stored = try await server.send(.GET, "/v1/events/correction:e", key: IngressFixture.key)
            #expect(stored.status == (status == 202 ? 200 : 404))
        }
    }

    @Test func `voids once, and the second void is the first`() async throws {
        try await IngressFixture.with { (server) async throws in
            try await store(server, "e", .delivered)
            let dry = try await correct(
                server,
                "e",
                "void",
                #"{"reason":"r","aggregate":"sum","property":"units","dry_run":true}"#
            )
            #expect(dry.status == 200)
            #expect(try dry.object["recorded"] as? Int == 0 && dry.object["dry_run"] as? Bool == true)
            #expect(try await server.send(.GET, "/v1/events/correction:e", key: "read-key").status == 404)

            let done = try await correct(server, "e", "void", Self.void)
            #expect(done.status == 202)
            #expect(try destination(done)["outcome"] as? String == "compensated")
            #expect(try destination(done)["correction"] as? String == "correction:e")
            let stored = try await server.send(.GET, "/v1/events/correction:e", key: IngressFixture.key)
            let properties = try stored.object["properties"] as? [String: Any]
            #expect(properties?["units"] as? Int == -7)
            #expect(try stored.object["corrects"] as? String == "e")
            #expect(try stored.object["correction"] as? String == "void")

            let again = try await correct(server, "e", "void", Self.void)
            #expect(again.status == 200)
            #expect(try again.object["recorded"] as? Int == 0)
            #expect(try destination(again)["outcome"] as? String == "already_corrected")
            #expect(try destination(again)["correction"] as? String == "correction:e")
            let entries = try await server.store.auditLog(AuditFilter(action: "events: void"), before: nil, limit: 9)
            #expect(entries.count == 1, "a dry run and a repeat change nothing")
            #expect(entries.first?.entry.details["reason"] == "sent twice")
            #expect(entries.first?.entry.actor == "shop")
        }
    }

    @Test(
        arguments: [
            (nil, "not delivered there yet"), (.retrying, "not delivered there yet"), (.uncertain, "unknown whether"),
            (.rejected, "never delivered"),
        ] as [(DeliveryStatus?, String)]
    )
    func `says of an event that was never delivered that there is nothing to take back`(
        status: DeliveryStatus?,
        words: String
    ) async throws {
        try await IngressFixture.with { (server) async throws in
            try await store(server, "e", status)
            let answer = try await correct(server, "e", "void", Self.void)
            #expect(answer.status == 200)
            #expect(try answer.object["recorded"] as? Int == 0)
            #expect(try destination(answer)["outcome"] as? String == "impossible")
            #expect((try destination(answer)["reason"] as? String ?? "").contains(words))
        }
    }

    @Test func `refuses what it cannot know, and says what to give`() async throws {
        try await IngressFixture.with { (server) async throws in
            try await store(server, "e", .delivered)
            let noMetric = try await correct(server, "e", "void", #"{"reason":"r"}"#)
            #expect(noMetric.status == 422)
            #expect((try noMetric.object["detail"] as? String ?? "").contains("sum, count, unique, latest, max"))
            let noProperty = try await correct(server, "e", "void", #"{"reason":"r","aggregate":"sum"}"#)
            #expect(noProperty.status == 422)
            #expect((try noProperty.object["detail"] as? String ?? "").contains("\"property\""))
            let impossible = try await correct(server, "e", "void", #"{"reason":"r","aggregate":"count"}"#)
            #expect(impossible.status == 200)
            #expect(try destination(impossible)["reason"] as? String == "Acme counts what it has")
            #expect(try await correct(server, "none", "void", Self.void).status == 404)
        }
    }

    @Test func `a void of a void is refused`() async throws {
        try await IngressFixture.with { (server) async throws in
            try await store(server, "e", .delivered)
            #expect(try await correct(server, "e", "void", Self.void).status == 202)
            try await settle(server, .delivered)
            let twice = try await correct(server, "correction:e", "void", Self.void)
            #expect(twice.status == 409)
            #expect((try twice.object["detail"] as? String ?? "").contains("corrects \"e\""))
        }
    }

    @Test func `an event with 50 corrections can only be voided, and its last adjustment be repeated`() async throws {
        try await IngressFixture.with { (server) async throws in
            try await store(server, "e", .delivered)
            func adjust(_ units: Int) async throws -> IngressFixture.Answer {
                let order = #""reason":"r","aggregate":"sum","property":"units","properties":{"units":\#(units)}"#
                return try await correct(server, "e", "adjust", "{\(order)}")
            }
            for units in 101...150 {
                #expect(try await adjust(units).status == 202)
                try await settle(server, .delivered)
            }
            let again = try await adjust(150)
            #expect(again.status == 200)
            #expect(try destination(again)["correction"] as? String == "correction-50:e")
            let more = try await adjust(151)
            #expect(more.status == 422)
            #expect((try more.object["detail"] as? String ?? "").contains("void it"))
            #expect(try await correct(server, "e", "void", Self.void).status == 202)
            let stored = try await server.send(.GET, "/v1/events/correction-51:e", key: IngressFixture.key)
            #expect((try stored.object["properties"] as? [String: Any])?["units"] as? Int == -150)
        }
    }

    @Test func `an event that only looks like a correction is none, and takes its id`() async throws {
        try await IngressFixture.with { (server) async throws in
            try await store(server, "e", .delivered)
            try await store(server, "correction:e", .delivered)
            let taken = try await correct(server, "e", "void", Self.void)
            #expect(taken.status == 409)
            #expect((try taken.object["detail"] as? String ?? "").contains("correction:e"))
            #expect(try await correct(server, "correction:e", "void", Self.void).status == 202)
        }
    }

    @Test(arguments: [
        ("void", "[]"), ("void", "{"), ("void", "{}"), ("void", #"{"reason":""}"#), ("void", #"{"reason":"  "}"#),
        ("void", #"{"reason":"r","aggregate":"average"}"#), ("void", #"{"reason":"r","properties":{}}"#),
        ("void", #"{"reason":"r","dry_run":"yes"}"#), ("void", #"{"reason":"r","resaon":"r"}"#),
        ("adjust", #"{"reason":"r"}"#), ("adjust", #"{"reason":"r","properties":[1]}"#),
        ("adjust", #"{"reason":"r","properties":{"a":{"b":1,"b":2}}}"#), ("adjust", #"{"properties":{"a":1}}"#),
    ])
    func `refuses a body that says something else`(operation: String, body: String) async throws {
        try await IngressFixture.with { (server) async throws in
            try await store(server, "e", .delivered)
            let answer = try await correct(server, "e", operation, body)
            #expect(answer.status == 400, "\(body)")
        }
    }

    @Test func `a key without the scope may not correct, and no other tenant's event is found`() async throws {
        try await IngressFixture.with { (server) async throws in
            try await store(server, "e", .delivered)
            for operation in ["void", "adjust"] {
                #expect(try await correct(server, "e", operation, Self.void, key: "read-key").status == 403)
            }
            let other = #"{"name":"x","key_sha256":"\#(KeyDigest(of: "x-key").hexadecimal)","scopes":["events:write"]}"#
            try await IngressFixture.with(clients: [other]) { (second) async throws in
                try await store(second, "e", .delivered)
                #expect(try await correct(second, "e", "void", Self.void, key: "x-key").status == 404)
            }
        }
    }

    @Test func `names the subscription where several events share an id`() async throws {
        try await IngressFixture.with { (server) async throws in
            for source in ["a", "b"] {
                let event =
                    #"[{"specversion":"1.0","type":"t","id":"same","source":"\#(source)","subject":"c","data":{"units":1}}]"#
                let answer = try await server.post(event, contentType: "application/cloudevents-batch+json")
                #expect(answer.status == 202)
            }
            let answer = try await correct(server, "same", "void", Self.void)
            #expect(answer.status == 409)
            #expect((try answer.object["detail"] as? String ?? "").contains("subscription_id"))
        }
    }
}
