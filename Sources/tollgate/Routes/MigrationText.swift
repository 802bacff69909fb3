import Events
import OfRecord
import Routing

/// Migrations as a person reads them.
struct MigrationText {
    let routes: Routes
    /// What is supposed to be ordered; nil for nothing.
    let log: MigrationLog?
    let customers: [CustomerID]

    /// A table of cases: when an event occurs and is accepted, and who bills and receives it then.
    func explanation(of migration: MigrationConfiguration) -> String {
        let cases = MigrationExplanation(migration, in: routes).cases
        let rows = cases.map { found in
            [found.event, found.accepted, found.record.rawValue, found.recipients.joined(separator: ", ")]
        }
        let heading = ["EVENT", "ACCEPTED", "OF RECORD", "SENT TO"]
        var parts = ["migration \(migration.name): \(migration.summary)", Terminal.table([heading] + rows)]
        if !customers.isEmpty {
            parts.append(Terminal.table([["CUSTOMER", "OF RECORD"]] + customers.map { move(of: $0, migration) }))
        }
        return parts.joined(separator: "\n")
    }

    /// The moves of one customer according to the migration's log.
    private func move(of customer: CustomerID, _ migration: MigrationConfiguration) -> [String] {
        let switches = log.map { migration.record(by: $0).switches(of: customer) } ?? []
        let moves = switches.map { change in
            "\(change.to == .to ? migration.to : migration.from) from \(change.at.rfc3339) on"
        }
        return [customer.rawValue, ([migration.from.rawValue] + moves).joined(separator: ", ")]
    }
}
