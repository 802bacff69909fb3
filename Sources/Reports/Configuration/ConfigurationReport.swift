package import Events
package import Journal
package import Migration
package import Routing

/// Shows the configuration in effect; `Gateway` fills it.
package protocol ConfigurationReading: Sendable {
    /// The routes in effect, and what operators have set beside the file.
    func configuration() async throws(StoreError) -> ConfigurationReport
}

/// The configuration in effect. Nothing of it is a secret, but it names all tenants: for operators.
package struct ConfigurationReport: Sendable {
    /// A provider that an operator holds.
    package struct Hold: Sendable, Equatable {
        package let provider: ProviderName
        package let hold: OperatorHold

        package init(provider: ProviderName, hold: OperatorHold) {
            self.provider = provider
            self.hold = hold
        }
    }

    /// A migration for which something was ordered.
    package struct Migration: Sendable, Equatable {
        package let name: MigrationName
        /// The provider that the customers move to.
        package let provider: ProviderName
        /// What holds after all orders.
        package let course: MigrationCourse
        package let newest: MigrationRecord

        package init(name: MigrationName, provider: ProviderName, course: MigrationCourse, newest: MigrationRecord) {
            self.name = name
            self.provider = provider
            self.course = course
            self.newest = newest
        }
    }

    /// What operators have ordered that the file does not say.
    package struct Overrides: Sendable {
        /// Providers that an operator holds now.
        package let holds: [Hold]
        /// Backfills that an operator has paused.
        package let pausedBackfills: [Lane]
        /// What was ordered in migrations of the file.
        package let migrations: [Migration]

        package init(holds: [Hold], pausedBackfills: [Lane], migrations: [Migration] = []) {
            self.holds = holds
            self.pausedBackfills = pausedBackfills
            self.migrations = migrations
        }
    }

    /// The path of the file, as the gateway was started with it.
    package let file: String
    /// SHA-256 of the file's content, in hexadecimal digits.
    package let digest: String
    /// The file's text, with the values of secrets replaced.
    package let text: String
    /// When this content was loaded.
    package let loadedAt: Timestamp
    /// How often a new content was loaded since the start, the first time included.
    package let version: Int
    package let routes: Routes
    package let overrides: Overrides

    package init(
        file: String,
        digest: String,
        text: String,
        loadedAt: Timestamp,
        version: Int,
        routes: Routes,
        overrides: Overrides
    ) {
        self.file = file
        self.digest = digest
        self.text = text
        self.loadedAt = loadedAt
        self.version = version
        self.routes = routes
        self.overrides = overrides
    }
}
