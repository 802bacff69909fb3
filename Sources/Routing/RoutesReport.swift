import Events

/// What `tollgate check` says: every fault, then what the file sets up.
package enum RoutesReport {
    /// The faults, one a line, in the order of the file.
    package static func faults(_ faults: [RoutesFault], file: String) -> String {
        faults.map { $0.line(in: file) }.joined(separator: "\n")
    }

    /// The routes in words.
    package static func summary(of routes: Routes, file: String) -> String {
        var lines = [
            "\(file): \(routes.providers.count) providers, \(routes.routes.count) routes, \(routes.clients.count) clients"
        ]
        for provider in routes.providers {
            lines.append(
                "  provider \(provider.name): \(provider.traits.vendor) at \(provider.baseURL), \(words(provider.credential))"
            )
        }
        for route in routes.routes {
            let destinations = route.destinations.map { routed in
                let share = routed.share < 100 ? " for \(percent(routed.share))% of the customers" : ""
                return "\(routed.destination.provider) (\(routed.destination.mode.rawValue)\(share))"
            }
            let list = destinations.isEmpty ? "nowhere" : destinations.joined(separator: ", ")
            lines.append("  route \(route.name): \(words(route.match)) to \(list)")
        }
        for client in routes.clients {
            let scopes = client.scopes.map(\.rawValue).sorted().joined(separator: ", ")
            lines.append("  client \(client.name): tenant \(client.tenant), may \(scopes)")
        }
        return lines.joined(separator: "\n")
    }

    private static func percent(_ share: Double) -> String {
        share == share.rounded() ? "\(Int(share))" : "\(share)"
    }

    private static func words(_ source: CredentialSource) -> String {
        switch source {
        case .environment(let name): "key from the variable \(name)"
        case .file(let path): "key from the file \(path)"
        }
    }

    private static func words(_ match: RouteMatch) -> String {
        var conditions: [String] = []
        if !match.names.isEmpty { conditions.append("name \(match.names.map(\.pattern).joined(separator: " or "))") }
        if !match.customers.isEmpty {
            conditions.append("customer \(match.customers.map(\.pattern).joined(separator: " or "))")
        }
        if !match.clients.isEmpty {
            conditions.append("client \(match.clients.map(\.rawValue).joined(separator: " or "))")
        }
        return conditions.isEmpty ? "every event" : "events with \(conditions.joined(separator: " and "))"
    }
}
