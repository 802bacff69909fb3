package import Events
package import Journal
package import Routing

/// Takes a changed `routes.json` over while the gateway runs; `Gateway` fills it.
package protocol RoutesReloading: Sendable {
    /// Reads the file again, and takes it over whole if it is good.
    /// - Parameter caller: who asked for it, for the audit log.
    func reload(by caller: Caller) async throws(RoutesRefusal) -> RoutesTakeover

    /// What would change if these bytes were the file; changes nothing.
    func compare(_ bytes: [UInt8]) async throws(RoutesRefusal) -> RoutesTakeover
}

/// What a new `routes.json` changes.
package struct RoutesTakeover: Sendable {
    package let changes: RoutesChanges
    /// What is doubtful in the new file.
    package let warnings: [RoutesFault]
    /// Deliveries that wait for providers which the new file does not have.
    package let stranded: [StrandedDeliveries]

    package init(changes: RoutesChanges, warnings: [RoutesFault], stranded: [StrandedDeliveries]) {
        self.changes = changes
        self.warnings = warnings
        self.stranded = stranded
    }
}

/// Deliveries without a provider: they stay pending until it comes back.
package struct StrandedDeliveries: Sendable, Equatable {
    package let provider: ProviderName
    package let backlog: Backlog

    package init(provider: ProviderName, backlog: Backlog) {
        self.provider = provider
        self.backlog = backlog
    }
}

/// Why a `routes.json` is not taken over. The one in force stays.
package enum RoutesRefusal: Error, Sendable {
    case unreadable(reason: String)
    case faulty(FaultyRoutes)
    /// What waits for removed providers could not be found out.
    case store(StoreError)
}
