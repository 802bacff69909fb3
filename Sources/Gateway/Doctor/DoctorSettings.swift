package import Foundation

/// What `tollgate doctor` examines.
package struct DoctorSettings: Sendable {
    package let routesFile: URL
    package let dataFolder: URL
    /// Where the journal is.
    package var store = StoreSettings.embedded
    /// The environment variables with credentials, as a gateway would have them.
    package let environment: [String: String]
    package var allowsInlineSecrets = false
    /// Certificate authorities for vendors in addition to the system's, in PEM.
    package var vendorRoots: URL?
    /// The value of `--disk-limit-mb`; nil: the size of the disk.
    package var diskLimitBytes: Int?
    /// How long the gateway keeps events.
    package var retentionDays = 35
    /// What responded at the gateway's address.
    package let gateway: GatewayProbe

    package init(routesFile: URL, dataFolder: URL, environment: [String: String], gateway: GatewayProbe) {
        self.routesFile = routesFile
        self.dataFolder = dataFolder
        self.environment = environment
        self.gateway = gateway
    }
}

/// What responded at a gateway's address.
package struct GatewayProbe: Sendable, Equatable {
    package let address: String
    /// Version and commit as `/healthz` says them; nil if no gateway responded.
    package let version: String?
    package let commit: String?
    /// Whether `/readyz` says that it accepts events.
    package let isReady: Bool

    package init(address: String, version: String?, commit: String?, isReady: Bool) {
        self.address = address
        self.version = version
        self.commit = commit
        self.isReady = isReady
    }
}
