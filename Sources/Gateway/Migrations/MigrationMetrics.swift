import Events
import Migration
import Observability
import OfRecord

/// The metrics of migrations.
struct MigrationMetrics {
    private let statuses: [MigrationStatus]

    init(_ statuses: [MigrationStatus]) {
        self.statuses = statuses
    }

    func write(to text: inout PrometheusText) {
        guard !statuses.isEmpty else { return }
        text.family("tollgate_migration_stage", .gauge, "The stage of a migration: 0 (check) to 8 (closed).")
        each { text.sample("tollgate_migration_stage", labels: $0, Int64($1.stage.number)) }
        text.family("tollgate_migration_held", .gauge, "1 if a migration is held, else 0.")
        each { text.sample("tollgate_migration_held", labels: $0, Int64($1.hold == nil ? 0 : 1)) }
        text.family(
            "tollgate_migration_tripped",
            .gauge,
            "1 if a gate should hold a migration, whether auto_hold is on or off, else 0."
        )
        each { text.sample("tollgate_migration_tripped", labels: $0, Int64($1.reasonToHold == nil ? 0 : 1)) }
        text.family("tollgate_migration_gate", .gauge, "A gate of a migration: 1 if green, 0 if red, -1 if unknown.")
        for status in statuses {
            for gate in status.gates {
                let labels = [("migration", status.outline.name.rawValue), ("gate", gate.gate.rawValue)]
                text.sample("tollgate_migration_gate", labels: PrometheusText.labels(labels), Self.value(of: gate))
            }
        }
    }

    private func each(_ body: (String, MigrationStatus) -> Void) {
        for status in statuses { body(PrometheusText.labels([("migration", status.outline.name.rawValue)]), status) }
    }

    private static func value(of gate: GateStatus) -> Int64 {
        switch gate.color {
        case .green: 1
        case .red: 0
        case .unknown: -1
        }
    }
}
