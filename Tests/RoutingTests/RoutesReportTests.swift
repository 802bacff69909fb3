import Routing
import Testing
import Vendors

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
                "  provider p: Acme at https://api.acme.example, key from the variable K, cannot be read: "
                    + "a delivery with an unknown outcome is never looked up, and stays uncertain",
                "  route calls: events with name api_* or call and customer vip* and client shop to p (mirror)",
                "  route rest: every event to nowhere",
                "  client shop: tenant t, may events:read, events:write, timestamps up to 10 years old and 1 day ahead",
            ]
        )
    }

    @Test(arguments: [
        ("", "read with a lag of 10m"),
        (
            #", "rate_limit": "5/s", "reads": {"share": 12.5, "lag": "90s"}"#,
            "read with at most 12.5% of its rate limit and a lag of 90s"
        ),
    ])
    func `says how a provider is read`(fields: String, expected: String) throws {
        let text = #"""
            {"version": 1, "providers": {"p": {"adapter": "polar", "base_url": "http://127.0.0.1:1", "credential": {"env": "K"}\#(fields)}},
             "routes": [{"name": "r", "to": [{"provider": "p"}]}], "clients": []}
            """#
        let routes = try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8)).routes
        let lines = RoutesReport.summary(of: routes, file: "f").split(separator: "\n")
        #expect(lines[1] == "  provider p: Polar at http://127.0.0.1:1, key from the variable K, \(expected)")
    }

    @Test func `says which times a destination gets`() throws {
        let text = RoutesText.file(
            routes: #"[{"name": "r", "to": [{"provider": "p", "share": 5, "until": "2027-01-01T01:00:00+01:00"}]}]"#
        )
        let lines = RoutesReport.summary(of: try RoutesText.read(text), file: "f").split(separator: "\n")
        #expect(
            lines[2]
                == "  route r: every event to p (primary for 5% of the customers, events until 2027-01-01T00:00:00.000Z)"
        )
    }

    @Test(arguments: ["", #", "id_property": """#, #", "id_property": "tollgate_id""#])
    func `advises a property with the ID for a migration that could not tell events apart`(setting: String) throws {
        let text = #"""
            {"version": 1,
             "providers": {"a": {"adapter": "lago", "base_url": "http://127.0.0.1:1", "credential": {"env": "K"}},
                           "b": {"adapter": "polar", "base_url": "http://127.0.0.1:2", "credential": {"env": "K"}}},
             "routes": [{"name": "r", "to": [{"provider": "a"}, {"provider": "b", "mode": "off"\#(setting)}]}],
             "migrations": {"m": {"route": "r", "from": "a", "to": "b"}}, "clients": []}
            """#
        let routes = try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8)).routes
        let advice = RoutesReport.summary(of: routes, file: "f").split(separator: "\n").filter { $0.contains("advice") }
        let line = "    advice: set \"id_property\" at b, so that comparisons tell its events apart by their IDs"
        #expect(advice == (setting.contains("tollgate") ? [] : [Substring(line)]))
    }

    @Test func `never shows the digest of a client's key`() throws {
        let routes = try RoutesText.read(RoutesText.file(clients: "[\(RoutesText.client("shop"))]"))
        #expect(!RoutesReport.summary(of: routes, file: "f").contains("abab"))
    }
}
