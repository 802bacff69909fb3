import Access
import Events
import Routing
import TestSupport
import Testing

@testable import Ingress

/// Whether a request is passed, by its method and path, the client's rights and the routes.
@Suite struct PassPolicyTests {
    private static let routes: Routes = {
        let traits = VendorTraits(
            adapter: "acme",
            vendor: "Acme",
            api: VendorAPI(
                defaultBaseURL: "https://api.acme.example",
                pathPrefix: "/v1",
                credential: .query(name: "key")
            ),
            requests: RequestTraits(batch: BatchLimit(events: 1, bytes: 1), deduplication: .none)
        )
        let text = #"""
            {"version": 1, "providers": {
               "p": {"adapter": "acme", "credential": {"env": "K"}}, "other": {"adapter": "acme", "credential": {"env": "L"}}},
             "routes": [{"name": "r", "match": {"client": ["full", "reader", "writer", "neighbour"]}, "to": [{"provider": "p"}]},
                        {"name": "s", "match": {"client": "none"}, "to": [{"provider": "other", "mode": "mirror"}]}],
             "clients": [
               {"name": "full", "tenant": "t", "scopes": ["vendor:read", "vendor:write"],
                "pass": {"acme": ["/v1/customers*", "/v1/events*"]}, "pass_shared": true},
               {"name": "reader", "tenant": "t", "scopes": ["vendor:read"], "pass": {"acme": "/v1/customers*"},
                "pass_shared": true},
               {"name": "writer", "tenant": "t", "scopes": ["vendor:write"], "pass": {"acme": "/v1/customers*"},
                "pass_shared": true},
               {"name": "named", "tenant": "t", "scopes": ["vendor:read"], "pass": {"other": "/v1/customers*"}},
               {"name": "neighbour", "tenant": "u", "scopes": ["vendor:read"], "pass": {"acme": "/v1/customers*"}},
               {"name": "none", "tenant": "t", "scopes": ["vendor:read", "vendor:write"]}]}
            """#
        // Safe: a text of this file.
        return try! RoutesReader(vendors: [SampleAdapter(traits)]).read(Array(text.utf8)).routes
    }()

    private static func decision(_ client: String, _ method: String, _ path: String) throws -> String {
        let client = try #require(routes.clients.first { $0.name.rawValue == client })
        switch PassPolicy.decide(method, path, of: PassDialect(), for: client, in: routes) {
        case .serve: return "serve"
        case .pass(let provider, let path): return "pass \(provider.name) \(path.text)"
        case .refuse(let refusal): return "\(refusal.status) \(refusal.reason)"
        }
    }

    @Test(arguments: [
        ("full", "GET", "/customers", "pass p /v1/customers"),
        ("full", "HEAD", "/customers/1", "pass p /v1/customers/1"),
        ("full", "DELETE", "/customers/a%2fb", "pass p /v1/customers/a%2fb"),
        ("reader", "GET", "/customers", "pass p /v1/customers"),
        ("writer", "PATCH", "/customers", "pass p /v1/customers"),
        ("named", "GET", "/customers", "pass other /v1/customers"),
        // What the gateway serves itself, or could be meant to serve, and what is never passed.
        ("full", "POST", "/events", "serve"), ("full", "GET", "/events/1", "serve"),
        ("full", "HEAD", "/events/1", "serve"),
        ("full", "POST", "/events.json", "serve"), ("full", "PUT", "/EVENTS", "serve"),
        ("full", "TRACE", "/customers", "serve"),
        ("full", "CONNECT", "/customers", "serve"), ("full", "OPTIONS", "/customers", "serve"),
        ("full", "get", "/customers", "serve"),
        // Served as it is written, though it would not be passed.
        ("full", "GET", "/events/%7Eid", "serve"), ("full", "HEAD", "/events/%7Eid", "serve"),
        // Without any rule.
        ("none", "GET", "/customers", "serve"), ("none", "POST", "/customers", "serve"),
    ])
    func `passes what is listed and not the gateway's own`(
        client: String,
        method: String,
        path: String,
        expected: String
    )
        throws
    {
        #expect(try Self.decision(client, method, path) == expected)
    }

    @Test(arguments: [
        ("full", "GET", "/invoices", 403, "GET /v1/invoices is not among the paths"),
        ("full", "GET", "/customers/../invoices", 400, "use /v1/invoices"),
        ("full", "GET", "/customers/%2e%2e/invoices", 400, "a hidden dot segment"),
        ("reader", "POST", "/customers", 403, "lacks the scope vendor:write"),
        ("reader", "DELETE", "/customers", 403, "lacks the scope vendor:write"),
        ("writer", "GET", "/customers", 403, "lacks the scope vendor:read"),
        ("writer", "HEAD", "/customers", 403, "lacks the scope vendor:read"),
        ("neighbour", "GET", "/customers", 403, "shared with other tenants"),
    ])
    func `refuses all else in one sentence`(client: String, method: String, path: String, status: Int, words: String)
        throws
    {
        let decision = try Self.decision(client, method, path)
        #expect(decision.hasPrefix("\(status) ") && decision.contains(words), "\(decision)")
    }
}
