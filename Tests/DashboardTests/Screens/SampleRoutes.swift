import Routing
import Vendors

/// Routes of two clients, two routes and two providers.
enum SampleRoutes {
    static let text = """
        {"version": 1,
         "providers": {
           "lago-prod": {"adapter": "lago", "base_url": "https://lago.example", "credential": {"env": "LAGO"}},
           "polar-prod": {"adapter": "polar", "base_url": "https://polar.example", "credential": {"env": "POLAR"}}},
         "routes": [
           {"name": "games", "match": {"name": "game_*", "client": "games"}, "to": [{"provider": "polar-prod", "mode": "mirror", "share": 25}]},
           {"name": "default", "match": {"name": "*"}, "to": [{"provider": "lago-prod", "mode": "primary", "subscription_id": "s"}]}],
         "clients": [
           {"name": "shop", "tenant": "shop", "key_sha256": "\(String(repeating: "a", count: 64))", "scopes": ["events:write"]},
           {"name": "games", "tenant": "games", "key_sha256": "\(String(repeating: "b", count: 64))", "scopes": ["events:write"]},
           {"name": "reader", "tenant": "shop", "key_sha256": "\(String(repeating: "c", count: 64))", "scopes": ["events:read"]}]}
        """

    static func routes() throws -> Routes {
        try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8)).routes
    }
}
