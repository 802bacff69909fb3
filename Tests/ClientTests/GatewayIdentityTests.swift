import Testing

@testable import Client

/// What a gateway says of the caller, and what is made of answers that say less.
@Suite struct GatewayIdentityTests {
    private func identity(_ body: String, status: Int = 200) async throws -> GatewayClient.Identity? {
        var found: GatewayClient.Identity?
        let answer = ScriptedGateway.Answer(status: status, body: body)
        try await ScriptedGateway.with(answering: { _, _ in answer }) { gateway in
            found = try await GatewayClient(address: gateway.address, key: "key").identity()
        }
        return found
    }

    private static func answer(_ limits: String) -> String {
        #"{"tenant":"shop","journal":"j1","limits":\#(limits)}"#
    }

    @Test func `has the tenant, the journal and the limit of a body`() async throws {
        let found = try #require(try await identity(Self.answer(#"{"body_bytes":1000}"#)))
        #expect(found == GatewayClient.Identity(tenant: "shop", journal: "j1", bodyLimitBytes: 1000))
        #expect(found.destination == SendProgress.Destination(journal: "j1", tenant: "shop"))
    }

    /// A limit that no event would fit would refuse the whole file, and arithmetic with the smallest numbers ends a program.
    @Test(arguments: [
        "{}", "null", "[]", #"{"body_bytes":0}"#, #"{"body_bytes":-1}"#, #"{"body_bytes":-9223372036854775808}"#,
        #"{"body_bytes":9223372036854775808}"#, #"{"body_bytes":1.5}"#, #"{"body_bytes":"1000"}"#,
        #"{"body_bytes":null}"#,
    ])
    func `takes the usual limit where a gateway names none that can be`(limits: String) async throws {
        #expect(try await identity(Self.answer(limits))?.bodyLimitBytes == 32 << 20)
    }

    @Test func `takes the largest limit as it is`() async throws {
        #expect(try await identity(Self.answer(#"{"body_bytes":9223372036854775807}"#))?.bodyLimitBytes == Int.max)
    }

    @Test func `is unknown at a gateway of a version before it`() async throws {
        #expect(try await identity("{}", status: 404) == nil)
        #expect(try await identity("not found", status: 404) == nil)
    }

    @Test(arguments: [
        (401, #"{"detail":"the key is unknown"}"#, "the key is unknown"), (403, "{}", Self.status(403)),
        (500, "<html>", Self.status(500)), (204, "", Self.status(204)), (200, "", Self.status(200)),
        (200, #"{"tenant":"shop"}"#, Self.status(200)), (200, #"{"journal":"j1"}"#, Self.status(200)),
        (200, #"{"tenant":7,"journal":"j1"}"#, Self.status(200)),
        (200, #"{"tenant":"shop","journal":null}"#, Self.status(200)),
        (201, #"{"tenant":"shop","journal":"j1"}"#, Self.status(201)),
    ])
    func `stops at an answer that is none`(status: Int, body: String, reason: String) async throws {
        let failure = await #expect(throws: SendFailure.self) { try await identity(body, status: status) }
        #expect(failure.map { "\($0)" } == reason)
    }

    private static func status(_ status: Int) -> String { "the gateway responded with status \(status)" }

    @Test func `stops where nobody is at the address`() async throws {
        let client = GatewayClient(address: "http://127.0.0.1:1", key: "key")
        let failure = await #expect(throws: SendFailure.self) { try await client.identity() }
        #expect(failure.map { "\($0)" }?.hasPrefix("the gateway at http://127.0.0.1:1 did not respond") == true)
    }
}
