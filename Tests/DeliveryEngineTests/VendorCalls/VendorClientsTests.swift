import Events
import NIOPosix
import Routing
import Testing
import Vendors

@testable import DeliveryEngine

/// A name may lead anywhere; what counts is the address that was connected to.
@Suite struct VendorClientsTests {
    private func provider(_ fields: String) throws -> ProviderConfiguration {
        let text = #"""
            {"version": 1, "providers": {"p": {"adapter": "lago", "credential": {"env": "K"}\#(fields)}},
             "routes": [{"name": "r", "to": [{"provider": "p"}]}], "clients": []}
            """#
        let reader = RoutesReader(vendors: VendorRegistry.all)
        return try reader.read(Array(text.utf8)).routes.providers[0]
    }

    /// Calls a vendor on this machine as one of which the provider says this.
    private func call(
        _ fields: String,
        _ host: String,
        times: Int = 1,
        answer: String = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    ) async throws -> (
        results: [CallResult], requests: Int
    ) {
        let vendor = try RawVendor { _ in .answer(answer) }
        defer { vendor.stop() }
        let lane = DeliveryLane(MultiThreadedEventLoopGroup.singleton.next())
        let endpoint = VendorEndpoint(
            provider: "p",
            baseURL: "http://\(host):\(vendor.port)",
            credential: .header(name: "Authorization", prefix: ""),
            timeout: .seconds(120)
        )
        let caller = HTTPVendorCaller(
            client: lane.clients.client(for: try provider(fields)),
            endpoint: endpoint,
            credentials: HTTPVendorCallerTests.Credentials(secret: Secret("secret"))
        )
        var results: [CallResult] = []
        for _ in 0..<times { results.append(await caller.call(VendorRequest(path: "/", body: Array("{}".utf8)))) }
        try await lane.clients.shutdown()
        return (results, vendor.requests.count)
    }

    @Test(arguments: ["localhost", "127.0.0.1", "2130706433"])
    func `sends nothing to an address inside that a name of the internet leads to`(host: String) async throws {
        let (results, requests) = try await call("", host, times: 3)
        for result in results {
            guard case .notSent(let fault) = result else { throw Unexpected.step }
            #expect(fault.code == .connectionFailed)
            #expect(fault.message.contains("127.0.0.1, which is not on the internet"), "\(fault.message)")
        }
        #expect(requests == 0)
    }

    @Test func `goes inside for a provider that may be there`() async throws {
        let (results, requests) = try await call(#", "allow_private_address": true"#, "localhost")
        guard case .answer(let answer) = results[0] else { throw Unexpected.step }
        #expect(answer.status == 200 && requests == 1)
    }

    @Test func `follows no redirect, wherever it leads`() async throws {
        for target in ["/elsewhere", "http://169.254.169.254/latest/meta-data", "https://example.com"] {
            let redirect = "HTTP/1.1 307 Temporary Redirect\r\nLocation: \(target)\r\nContent-Length: 0\r\n\r\n"
            let (results, requests) = try await call(#", "allow_private_address": true"#, "localhost", answer: redirect)
            guard case .answer(let answer) = results[0] else { throw Unexpected.step }
            #expect(answer.status == 307 && requests == 1)
        }
    }
}
