package import Access

/// The screens that the menu lists, in its order.
package enum Screen: String, Sendable, CaseIterable {
    case overview, events, problems, providers, routes, migration, live, `try`, clients, log

    /// Its name in the menu.
    package var title: String {
        switch self {
        case .overview: "Overview"
        case .events: "Events"
        case .problems: "Problems"
        case .providers: "Providers"
        case .routes: "Routes"
        case .migration: "Migration"
        case .live: "Live"
        case .try: "Try"
        case .clients: "Clients"
        case .log: "Log"
        }
    }

    /// Where it is.
    package var path: String { self == .overview ? "/dashboard" : "/dashboard/\(rawValue)" }

    /// What a client needs, beside the scope `dashboard`, to see it; nil: nothing.
    package var scope: Scope? {
        switch self {
        case .overview: nil
        case .events, .problems, .live, .migration, .try: .readEvents
        case .providers: .manageDeliveries
        case .routes, .clients, .log: .admin
        }
    }
}
