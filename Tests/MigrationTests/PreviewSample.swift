import Events
import Routing
import Testing
import Vendors

/// Routes and recorded events for the tests of ``RoutesPreview``.
enum PreviewSample {
    static let toLago = #"{"provider": "lago", "subscription_id": "sub_{customer_id}"}"#

    /// Routes with accounts at Lago and Polar.
    static func routes(_ routes: String, clients: String = #"[{"name": "shop"}]"#) throws -> Routes {
        let text = #"""
            {"version": 1,
             "providers": {
               "lago": {"adapter": "lago", "base_url": "http://127.0.0.1:1", "credential": {"env": "L"}, "batch": 1,
                        "rate_limit": "60/m"},
               "polar": {"adapter": "polar", "base_url": "http://127.0.0.1:1", "credential": {"env": "P"},
                         "rate_limit": "500/m"}},
             "routes": \#(routes), "clients": \#(clients)}
            """#
        return try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8)).routes
    }

    /// Events that were accepted under some routes, one in 100 ms, of ten customers.
    static func events(
        _ count: Int,
        under routes: Routes,
        name: String = "api",
        properties: String = #"{"units": 1}"#
    ) throws -> [AcceptedEvent] {
        let table = RoutingTable(routes)
        return try (0..<count).map { number in
            let customer = "customer-\(number % 10)"
            let time = Timestamp(milliseconds: 1_700_000_040_000 + Int64(number) * 100)
            return AcceptedEvent(
                CanonicalEvent(
                    name: name,
                    customerID: customer,
                    timestamp: time,
                    properties: JSONText(checked: properties)
                ),
                id: EventID("e\(number)"),
                in: Submission(
                    tenant: "shop",
                    client: "shop",
                    acceptedAt: time,
                    plan: try #require(
                        table.plan(
                            for: name,
                            customerID: customer,
                            subscriptionID: nil,
                            at: time,
                            acceptedAt: time,
                            client: "shop"
                        )
                    )
                )
            )
        }
    }
}
