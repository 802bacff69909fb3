import ConfigurationFile
package import Events
package import Journal
package import Routing

/// Which events a backfill takes: those that its filter takes, and that the routes frozen with it send to its provider.
package struct BackfillMembership: LaneMembership {
    private let routes: BackfillRoutes
    private let filter: LaneFilter
    private let names: [Glob]
    private let customerIDs: Set<[UInt8]>

    /// Prepares the filter's patterns once, because they are compared with every event.
    package init(_ filter: LaneFilter, _ routes: BackfillRoutes) {
        self.filter = filter
        self.routes = routes
        names = filter.names.map { Glob($0) }
        customerIDs = Set(filter.customerIDs.map { Array($0.utf8) })
    }

    /// The membership of a lane; nil if what it has frozen cannot be read.
    package init?(of lane: Lane) {
        guard let routes = BackfillRoutes(decoding: lane.routes) else { return nil }
        self.init(lane.filter, routes)
    }

    /// Whether the filter takes the event.
    package func filterTakes(_ event: AcceptedEvent) -> Bool {
        (filter.from.map { $0 <= event.timestamp } ?? true) && (filter.until.map { event.timestamp < $0 } ?? true)
            && (filter.tenant.map { $0 == event.tenant } ?? true)
            && (names.isEmpty || names.contains { $0.matches(event.name) })
            && (customerIDs.isEmpty || event.customerID.map { customerIDs.contains(Array($0.utf8)) } ?? false)
    }

    package func destination(for event: AcceptedEvent) -> Destination? {
        filterTakes(event) ? routes.destination(of: event) : nil
    }
}
