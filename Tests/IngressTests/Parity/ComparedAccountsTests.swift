import Access
import Events
import Parity
import Routing
import TestSupport
import Testing

@testable import Ingress

/// What a tenant may compare where others have accounts of their own.
@Suite struct ComparedAccountsTests {
    private static func routes() throws -> Routes {
        let acme = SampleAdapter(
            VendorTraits(
                adapter: "acme",
                vendor: "Acme",
                api: VendorAPI(
                    defaultBaseURL: "https://acme.example",
                    credential: .query(name: "key")
                ),
                requests: RequestTraits(batch: BatchLimit(events: 1, bytes: 1), deduplication: .none)
            )
        )
        let text = #"""
            {"version": 1, "providers": {"mine": {"adapter": "acme", "credential": {"env": "A"}},
                                         "theirs": {"adapter": "acme", "credential": {"env": "B"}}},
             "routes": [{"name": "m", "match": {"client": "shop"}, "to": [{"provider": "mine"}]},
                        {"name": "t", "match": {"client": "till"}, "to": [{"provider": "theirs"}]}],
             "clients": [{"name": "shop"}, {"name": "till"}, {"name": "boss", "scopes": ["admin"]}]}
            """#
        return try RoutesReader(vendors: [acme]).read(Array(text.utf8)).routes
    }

    /// What a client is refused; nil if it may.
    private func refusal(of name: ClientName, _ body: (ParityAccess, Client) throws(Problem) -> Void) throws -> String?
    {
        let routes = try Self.routes()
        let client = try #require(routes.clients.first { $0.name == name })
        do {
            try body(ParityAccess(CurrentRoutes(routes)), client)
            return nil
        } catch {
            return error.detail
        }
    }

    @Test func `compares its own account, and no other tenant's`() throws {
        func refused(_ provider: ProviderName, to client: ClientName) throws -> String? {
            let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1))
            return try refusal(of: client) { (access, client) throws(Problem) in
                try access.check(ParityOrder(window: window, providers: [provider], level: .ledger), for: client)
            }
        }
        #expect(try refused("mine", to: "shop") == nil)
        #expect(try refused("theirs", to: "shop")?.contains("other tenants") == true)
        #expect(try refused("theirs", to: "boss") == nil)
        // No name of another tenant's provider is proposed.
        #expect(try refused("their", to: "shop")?.contains("theirs") == false)
        #expect(try refused("their", to: "till")?.contains("theirs") == true)
    }
}
