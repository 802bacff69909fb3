package import Foundation
package import Ingress
package import JournalSQLite

/// The server's own settings; what concerns vendors, routes and clients stands in `routes.json`.
package struct GatewaySettings: Sendable {
    package var routesFile: URL
    package var dataFolder: URL
    package var ingress: IngressSettings
    package var store: SQLiteStoreSettings
    /// How long delivered events are kept: the deduplication window.
    package var retention: Duration
    /// How long a shutdown may wait for what is under way.
    package var grace: Duration
    /// The variables from which credentials come.
    package var environment: [String: String]

    package init(
        routesFile: URL,
        dataFolder: URL,
        ingress: IngressSettings = IngressSettings(),
        store: SQLiteStoreSettings = SQLiteStoreSettings(),
        retention: Duration = .seconds(35 * 86_400),
        grace: Duration = .seconds(25),
        environment: [String: String]
    ) {
        self.routesFile = routesFile
        self.dataFolder = dataFolder
        self.ingress = ingress
        self.store = store
        self.retention = retention
        self.grace = grace
        self.environment = environment
    }
}
