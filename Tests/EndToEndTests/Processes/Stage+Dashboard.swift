import Foundation

extension Stage {
    /// All scopes that the dashboard asks for.
    static let dashboardScopes = [
        "events:write", "events:read", "deliveries:manage", "migrations:manage", "dashboard", "admin",
    ]

    /// Runs `body` with a gateway, and with a browser in which nobody is signed in yet.
    /// - Parameters:
    ///   - scopes: of the demo client.
    ///   - clients: further clients, as JSON objects.
    ///   - arguments: of the gateway.
    static func withDashboard(
        scopes: [String] = dashboardScopes,
        clients: [String] = [],
        arguments: [String] = [],
        _ body: (Stage, Browser) async throws -> Void
    ) async throws {
        try await set { (stage) async throws in
            try stage.writeRoutes(scopes: scopes)
            if !clients.isEmpty {
                let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
                let others = clients.map { "\($0),\n" }.joined()
                try Data(text.replacing(#""clients": ["#, with: #""clients": [\#(others)"#).utf8).write(
                    to: stage.routesFile
                )
            }
            try await stage.withGateway(arguments: arguments) { _ async throws in
                try await body(stage, Browser(base: "http://127.0.0.1:\(stage.port)"))
            }
        }
    }
}
