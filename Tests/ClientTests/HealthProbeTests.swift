import NIOCore
import NIOPosix
import Testing

@testable import Client

/// What a probe makes of what is at an address.
@Suite struct HealthProbeTests {
    private func result(
        _ question: HealthProbe.Question,
        status: Int,
        body: String
    ) async throws -> HealthProbe.Result? {
        var result: HealthProbe.Result?
        let answer = ScriptedGateway.Answer(status: status, body: body)
        try await ScriptedGateway.with(answering: { _, _ in answer }) { gateway in
            result = try await HealthProbe(address: gateway.address + "/", timeout: .seconds(300)).ask(question)
        }
        return result
    }

    @Test func `finds a gateway alive, and ready`() async throws {
        #expect(try await result(.alive, status: 200, body: #"{"status":"alive"}"#) == .good("alive"))
        #expect(try await result(.ready, status: 200, body: #"{"status":"ready","parts":[]}"#) == .good("ready"))
    }

    @Test func `does not take one that is alive for one that is ready`() async throws {
        #expect(try await result(.ready, status: 503, body: #"{"status":"not ready"}"#) == .bad("not ready"))
        #expect(try await result(.ready, status: 200, body: #"{"status":"alive"}"#) == .bad("alive"))
    }

    @Test(arguments: [(200, "<html>"), (200, "{}"), (302, ""), (404, "not found"), (200, #"{"status":1}"#)])
    func `does not take another server for a gateway`(status: Int, body: String) async throws {
        #expect(
            try await result(.alive, status: status, body: body)
                == .bad("responded with status \(status), which is not from a Tollgate gateway")
        )
    }

    @Test func `stops waiting for a server that never responds`() async throws {
        let silent = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = silent.localAddress?.port ?? 0
        await #expect(throws: GatewayUnreachable.self) {
            try await HealthProbe(address: "http://127.0.0.1:\(port)", timeout: .seconds(1)).ask(.alive)
        }
        try await silent.close()
    }

    @Test(arguments: ["http://127.0.0.1:1", "127.0.0.1:1", "", "gopher://x"])
    func `says of an address without a gateway how to give another`(address: String) async throws {
        let error = await #expect(throws: GatewayUnreachable.self) {
            try await HealthProbe(address: address, timeout: .seconds(5)).ask(.alive)
        }
        #expect(error.map { "\($0)" }?.contains("--url or TOLLGATE_URL") == true)
    }
}
