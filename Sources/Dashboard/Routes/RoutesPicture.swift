import Access
import ConfigurationFile
import Events
import OfRecord
import Routing

extension RoutePicture {
    /// The picture of routes.
    /// - Parameters:
    ///   - delivered: events delivered in the last hour, by provider; empty if not known.
    ///   - address: where a click on a route leads.
    init(
        id: String,
        of routes: Routes,
        delivered: [ProviderName: Int] = [:],
        address: (RouteName) -> String? = { _ in nil }
    ) {
        self.id = id
        let providers = routes.providers.filter { $0.owner == nil }
        clients = routes.clients.map { Node(name: $0.name.rawValue, note: "tenant \($0.tenant.rawValue)") }
        self.routes = routes.routes.map { route in
            Node(name: route.name.rawValue, note: Self.text(route.match), address: address(route.name))
        }
        self.providers = providers.map { provider in
            let count = delivered[provider.name].map { ", \(ChartUnit.count.text(Double($0))) in 1 h" } ?? ""
            return Node(
                name: provider.name.rawValue,
                note: provider.traits.vendor + count,
                address: PageLink.provider(provider.name.rawValue)
            )
        }
        fromClients = Self.links(from: routes.clients, to: routes.routes)
        toProviders = Self.links(from: routes.routes, to: providers.map(\.name), delivered)
    }

    private static func links(from clients: [Client], to routes: [Route]) -> [Link] {
        clients.enumerated().flatMap { index, client in
            routes.enumerated().compactMap { target, route in
                let isTaken = route.match.clients.isEmpty || route.match.clients.contains(client.name)
                let isAllowed = client.allowance.routes.isEmpty || client.allowance.routes.contains(route.name)
                guard isTaken, isAllowed, client.may(.writeEvents) else { return nil }
                let title = "Client \(client.name.rawValue) to route \(route.name.rawValue)"
                return Link(from: index, to: target, events: nil, style: .client, title: title)
            }
        }
    }

    private static func links(
        from routes: [Route],
        to providers: [ProviderName],
        _ delivered: [ProviderName: Int]
    ) -> [Link] {
        let destinations = routes.flatMap(\.destinations)
        return routes.enumerated().flatMap { index, route in
            route.destinations.compactMap { routed in
                let provider = routed.destination.provider
                guard let target = providers.firstIndex(of: provider) else { return nil }
                // Deliveries are counted by provider, so they are known of a route only where no other leads there.
                let isAlone = destinations.count { $0.destination.provider == provider } == 1
                return Link(
                    from: index,
                    to: target,
                    events: isAlone ? delivered[provider] : nil,
                    style: style(routed.destination.mode),
                    title: title(route, routed)
                )
            }
        }
    }

    private static func title(_ route: Route, _ routed: RoutedDestination) -> String {
        let share = routed.share < 100 ? ", \(ChartUnit.count.text(routed.share))% of the customers" : ""
        let time = routed.window == .always ? "" : ", events\(routed.window.text)"
        let destination = routed.destination
        let name = destination.provider.rawValue
        return "Route \(route.name.rawValue) to \(name), \(destination.mode.rawValue)\(share)\(time)"
    }

    private static func style(_ mode: DeliveryMode) -> Style {
        switch mode {
        case .primary: .primary
        case .mirror: .mirror
        case .shadow, .off: .shadow
        }
    }

    private static func text(_ match: RouteMatch) -> String {
        var conditions: [String] = []
        let names = match.names.map(\.pattern)
        if !names.isEmpty, !names.contains("*") { conditions.append("name " + names.joined(separator: " or ")) }
        if !match.customers.isEmpty {
            conditions.append("customer " + match.customers.map(\.pattern).joined(separator: " or "))
        }
        return conditions.isEmpty ? "every event" : conditions.joined(separator: ", ")
    }
}
