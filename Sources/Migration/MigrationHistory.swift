package import Events
package import Journal
package import OfRecord

/// All that was ordered in migrations, as the journal has it at one version.
package struct MigrationHistory: Sendable, Equatable {
    /// The version of the journal's log that it was read at.
    package let version: Int64
    private let records: [MigrationName: [MigrationRecord]]

    /// Before anything was ordered.
    package static let none = MigrationHistory(version: 0, records: [:])

    /// - Parameters:
    ///   - acts: all acts of the journal.
    ///   - version: not newer than the acts.
    /// - Throws: ``UnreadableAct`` if one of them cannot be read.
    package init(_ acts: [MigrationAct], at version: Int64) throws(UnreadableAct) {
        var records: [MigrationName: [MigrationRecord]] = [:]
        for act in acts { records[act.migration, default: []].append(try MigrationRecord(act)) }
        self.init(version: version, records: records)
    }

    private init(version: Int64, records: [MigrationName: [MigrationRecord]]) {
        self.version = version
        self.records = records
    }

    /// What was ordered for a migration, in the order of its numbers.
    package subscript(name: MigrationName) -> [MigrationRecord] { records[name] ?? [] }

    /// The number of the next act of a migration.
    package func nextNumber(of name: MigrationName) -> Int { (self[name].last?.entry.number ?? 0) + 1 }

    /// What the routes need to know.
    package var logs: MigrationLogs {
        MigrationLogs(records.mapValues { MigrationLog($0.map(\.entry)) }, version: version)
    }
}
