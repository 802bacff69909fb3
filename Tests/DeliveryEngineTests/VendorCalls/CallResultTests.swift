import Events
import NIOPosix
import Testing
import Vendors

@testable import DeliveryEngine

@Suite struct CallResultTests {
    private let address = "https://api.example.com/v1/v1/events"

    private func verdict(_ adapter: any Adapter, _ status: Int) -> Verdict {
        let events = [TranslatedEvent(bytes: Array("{}".utf8), identity: "e")]
        let answer = VendorAnswer(status: status, body: [])
        return CallResult.answer(answer).verdict(by: adapter, for: events, at: address)
    }

    @Test(arguments: VendorRegistry.all.map(\.traits.adapter))
    func `a vendor that has no such address is parked with the address that was asked`(name: AdapterName) throws {
        let adapter = try #require(VendorRegistry.all.first { $0.traits.adapter == name })
        for status in [404, 405, 410] {
            guard case .all(.park(let fault)) = verdict(adapter, status) else { throw Unexpected.step }
            #expect(fault.message.hasSuffix("; the request went to \(address)"), "\(fault.message)")
        }
        for status in [401, 403] {
            guard case .all(.park(let fault)) = verdict(adapter, status) else { throw Unexpected.step }
            #expect(!fault.message.contains(address))
        }
    }

    @Test func `the address of a request is said without its query, which may hold the credential`() {
        let caller = HTTPVendorCaller(
            client: VendorClient(on: MultiThreadedEventLoopGroup.singleton.next()),
            endpoint: VendorEndpoint(
                provider: "p",
                baseURL: "https://api.example.com/v1/",
                credential: .query(name: "key"),
                timeout: .seconds(1)
            ),
            credentials: HTTPVendorCallerTests.Credentials(secret: Secret("secret"))
        )
        #expect(caller.address(of: VendorRequest(path: "/v1/events?key=secret", body: [])) == address)
    }
}
