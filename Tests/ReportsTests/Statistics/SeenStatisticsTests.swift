import Access
import Events
import Routing
import Testing
import Vendors

@testable import Reports

/// Which statistics a client may see.
@Suite struct SeenStatisticsTests {
    private static func routes(_ clients: String) throws -> Routes {
        let text = #"""
            {"version": 1, "providers": {"a": {"adapter": "lago", "credential": {"env": "A"}}, "b": {"adapter": "polar", "credential": {"env": "B"}}},
             "routes": [{"name": "own", "match": {"client": "shop"}, "to": [{"provider": "a", "subscription_id": "s"}]},
                        {"name": "rest", "match": {"client": ["till", "boss"]}, "to": [{"provider": "b"}]}],
             "clients": [\#(clients)]}
            """#
        return try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8)).routes
    }

    private static let report = StatisticsReport(
        since: Timestamp(milliseconds: 1000),
        from: Timestamp(milliseconds: 2000),
        step: .minute,
        whole: [StatisticsPoint(), nil],
        providers: ["a", "b", "gone"].map { StatisticsReport.Series(provider: $0, points: [nil, StatisticsPoint()]) },
        omittedProviders: 3,
        gateways: [StatisticsReport.Gateway(name: "g", lastReport: Timestamp(milliseconds: 0), isSilent: true)]
    )

    private func seen(by name: String, _ clients: String) throws -> StatisticsReport {
        let routes = try Self.routes(clients)
        return Self.report.seen(by: try #require(routes.clients.first { $0.name.rawValue == name }), in: routes)
    }

    private static let clients =
        #"{"name": "shop"}, {"name": "till"}, {"name": "boss", "tenant": "till", "scopes": ["admin"]}"#

    @Test func `are all for an administrator, and for the only tenant`() throws {
        #expect(try seen(by: "boss", Self.clients) == Self.report)
        let one = #"{"name": "shop", "tenant": "t"}, {"name": "till", "tenant": "t"}, {"name": "boss", "tenant": "t"}"#
        #expect(try seen(by: "shop", one) == Self.report)
    }

    @Test(arguments: [("shop", ["a"]), ("till", ["b"])] as [(String, [ProviderName])])
    func `are those of a tenant's own providers for others, without the whole`(name: String, providers: [ProviderName])
        throws
    {
        let seen = try seen(by: name, Self.clients)
        #expect(seen.whole == nil && seen.providers.map(\.provider) == providers && seen.omittedProviders == 0)
        #expect(seen.since == Self.report.since && seen.from == Self.report.from && seen.step == .minute)
        #expect(seen.providers.first?.points == [nil, StatisticsPoint()] && seen.gateways == Self.report.gateways)
    }

    @Test func `of a removed provider are nobody's but an administrator's`() throws {
        for name in ["shop", "till"] {
            #expect(try !seen(by: name, Self.clients).providers.contains { $0.provider == "gone" })
        }
    }
}
