import Routing
import Testing

@Suite struct RoutesReportTests {
    @Test func `says in words what a file sets up`() throws {
        let routes = try RoutesText.read(
            RoutesText.file(
                routes: #"""
                    [{"name": "calls", "match": {"name": ["api_*", "call"], "customer_id": "vip*", "client": "shop"},
                      "to": [{"provider": "p", "mode": "mirror"}]},
                     {"name": "rest", "to": [{"provider": "p", "mode": "off"}]}]
                    """#,
                clients: "[\(RoutesText.client("shop", digest: RoutesText.digest, #", "tenant": "t""#))]"
            )
        )
        let lines = RoutesReport.summary(of: routes, file: "routes.json").split(separator: "\n")
        #expect(lines.first == "routes.json: 1 provider, 2 routes, 1 client")
        #expect(
            lines.dropFirst() == [
                "  provider p: Acme at https://api.acme.example, key from the variable K",
                "  route calls: events with name api_* or call and customer vip* and client shop to p (mirror)",
                "  route rest: every event to nowhere",
                "  client shop: tenant t, may events:read, events:write, timestamps up to 10 years old and 1 day ahead",
            ]
        )
    }

    @Test func `never shows the digest of a client's key`() throws {
        let routes = try RoutesText.read(RoutesText.file(clients: "[\(RoutesText.client("shop"))]"))
        #expect(!RoutesReport.summary(of: routes, file: "f").contains("abab"))
    }
}
