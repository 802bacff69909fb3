import Events
import Routing
import TestSupport
import Testing

@testable import Ingress

@Suite struct PassAddressTests {
    /// Where an API of paths below `/v1` is.
    static func address(_ baseURL: String, prefix: String, at origin: String?) -> PassAddress {
        let traits = VendorTraits(
            adapter: "acme",
            vendor: "Acme",
            api: VendorAPI(defaultBaseURL: nil, pathPrefix: "/v1", credential: .query(name: "key")),
            requests: RequestTraits(batch: BatchLimit(events: 1, bytes: 1), deduplication: .none)
        )
        let text = #"""
            {"version": 1, "providers": {"p": {"adapter": "acme", "base_url": "\#(baseURL)", "credential": {"env": "K"}}},
             "routes": [{"name": "r", "to": [{"provider": "p"}]}], "clients": []}
            """#
        // Safe: a text of this file.
        let routes = try! RoutesReader(vendors: [SampleAdapter(traits)]).read(Array(text.utf8)).routes
        return PassAddress(of: routes.providers[0], gatewayOrigin: origin, prefix: prefix)
    }

    @Test(arguments: [
        ("https://api.acme.example/v1/customers/1", "https://gw.example:8443/acme/v1/customers/1"),
        (
            "https://api.acme.example/v1/customers?page=2&x=%2F#f",
            "https://gw.example:8443/acme/v1/customers?page=2&x=%2F#f"
        ),
        ("https://api.acme.example:443/v1/x", "https://gw.example:8443/acme/v1/x"),
        ("HTTPS://API.Acme.Example/v1/x", "https://gw.example:8443/acme/v1/x"),
        ("http://api.acme.example/v1/x", "https://gw.example:8443/acme/v1/x"),
        ("//api.acme.example/v1/x", "https://gw.example:8443/acme/v1/x"),
        ("https://api.acme.example/v1", "https://gw.example:8443/acme/v1"),
        ("/v1/customers/1", "/acme/v1/customers/1"), ("/v1?x=1", "/acme/v1?x=1"), ("../customers/1", "../customers/1"),
        ("?page=2", "?page=2"), ("", ""),
        // Beside the API: at the vendor's host.
        ("/login", "https://api.acme.example/login"), ("/v11/x", "https://api.acme.example/v11/x"),
        ("https://api.acme.example/v2/x", "https://api.acme.example/v2/x"),
        // Elsewhere.
        ("https://files.example/v1/report.csv", "https://files.example/v1/report.csv"),
        ("https://api.acme.example.evil/v1/x", "https://api.acme.example.evil/v1/x"),
        ("https://api.acme.example:8443/v1/x", "https://api.acme.example:8443/v1/x"),
        ("https://user@api.acme.example/v1/x", "https://user@api.acme.example/v1/x"), ("mailto:a@b", "mailto:a@b"),
    ])
    func `leads into the API through the gateway, and elsewhere as it was`(vendor: String, client: String) {
        let address = Self.address("https://api.acme.example", prefix: "/acme/v1", at: "https://gw.example:8443")
        #expect(address.rewritten(vendor) == client)
    }

    @Test func `knows the path of the vendor's address`() {
        let address = Self.address("http://127.0.0.1:8090/acme", prefix: "/v1", at: "http://gw")
        #expect(address.rewritten("http://127.0.0.1:8090/acme/v1/x") == "http://gw/v1/x")
        #expect(address.rewritten("/acme/v1/x") == "/v1/x")
        #expect(address.rewritten("/v1/x") == "http://127.0.0.1:8090/v1/x")
    }

    @Test func `names paths alone to a client that named no host`() {
        let address = Self.address("https://api.acme.example", prefix: "/acme/v1", at: nil)
        #expect(address.rewritten("https://api.acme.example/v1/x") == "/acme/v1/x")
    }

    @Test(arguments: [
        (
            #"<https://api.acme.example/v1/c?page=2>; rel="next", <https://api.acme.example/v1/c?page=9>; rel="last""#,
            #"<http://gw/acme/v1/c?page=2>; rel="next", <http://gw/acme/v1/c?page=9>; rel="last""#
        ),
        (
            #"</v1/a,b>; title="x, <y>; \" <z>", </w>"#,
            #"</acme/v1/a,b>; title="x, <y>; \" <z>", <https://api.acme.example/w>"#
        ),
        ("<unfinished", "<unfinished"), ("none", "none"), ("", ""),
    ])
    func `rewrites each link`(vendor: String, client: String) {
        let address = Self.address("https://api.acme.example", prefix: "/acme/v1", at: "http://gw")
        #expect(address.rewrittenLinks(vendor) == client)
    }
}
