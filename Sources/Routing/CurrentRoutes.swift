import Synchronization

/// The routes in force, with the table made of them.
package struct RoutesSnapshot: Sendable {
    package let routes: Routes
    package let table: RoutingTable

    package init(_ routes: Routes) {
        self.routes = routes
        table = RoutingTable(routes)
    }
}

/// Hands out the newest routes. Whoever works with them takes the snapshot once and stays with it.
package final class CurrentRoutes: Sendable {
    private let snapshot: Mutex<RoutesSnapshot>

    package init(_ routes: Routes) {
        snapshot = Mutex(RoutesSnapshot(routes))
    }

    package var current: RoutesSnapshot { snapshot.withLock { $0 } }

    /// Takes over new routes, whole.
    package func replace(by routes: Routes) {
        let new = RoutesSnapshot(routes)
        snapshot.withLock { $0 = new }
    }
}
