package import Events

/// The current logs of all migrations.
package struct MigrationLogs: Sendable, Equatable {
    private let logs: [MigrationName: MigrationLog]
    /// Rises with each entry of any log, so that of two states the newer one is known.
    package let version: Int64

    /// Before anything was ordered.
    package static let none = MigrationLogs()

    package init(_ logs: [MigrationName: MigrationLog] = [:], version: Int64 = 0) {
        self.logs = logs
        self.version = version
    }

    /// The log of a migration; empty if nothing was ordered for it.
    package subscript(name: MigrationName) -> MigrationLog { logs[name] ?? MigrationLog() }

    /// These logs with another one for a migration.
    package func replacing(_ log: MigrationLog, of name: MigrationName) -> MigrationLogs {
        MigrationLogs(logs.merging([name: log]) { $1 }, version: version)
    }

    /// The migrations for which something was ordered.
    package var names: [MigrationName] { logs.keys.sorted() }
}
