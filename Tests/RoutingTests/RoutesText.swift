import ConfigurationFile
import Events
import Routing

/// Small files of routes for tests, and what the reader says of them.
enum RoutesText {
    static let digest = String(repeating: "ab", count: 32)

    /// A good file but for the parts that a test gives: fields of the provider `p`, the routes, the clients.
    static func file(
        provider: String = "",
        routes: String = #"[{"name": "r", "to": [{"provider": "p"}]}]"#,
        clients: String = "[]"
    ) -> String {
        let extra = provider.isEmpty ? "" : ", \(provider)"
        return #"""
            {"version": 1,
             "providers": {"p": {"adapter": "acme", "credential": {"env": "K"}\#(extra)}},
             "routes": \#(routes),
             "clients": \#(clients)}
            """#
    }

    static func client(_ name: String, digest: String = digest, _ more: String = "") -> String {
        #"{"name": "\#(name)", "key_sha256": "\#(digest)"\#(more)}"#
    }

    static func read(_ text: String) throws -> Routes {
        try RoutesReader(vendors: SampleVendors.all).read(Array(text.utf8)).routes
    }

    /// Faults and warnings, a line each.
    static func faults(in text: String) -> [String] {
        do {
            return try RoutesReader(vendors: SampleVendors.all).read(Array(text.utf8)).warnings.map { $0.line(in: "f") }
        } catch {
            return error.faults.map { $0.line(in: "f") }
        }
    }
}

extension RoutingTable {
    /// The plan of an event of 1970, for routes that do not look at the time.
    func plan(for name: String, customerID: String?, subscriptionID: String?, client: ClientName) -> Plan? {
        let time = Timestamp(milliseconds: 0)
        return plan(
            for: name,
            customerID: customerID,
            subscriptionID: subscriptionID,
            at: time,
            acceptedAt: time,
            client: client
        )
    }
}
