package import Events
package import JSON
import OfRecord

/// What the newest plan for a migration found.
package struct CheckedPlan: Sendable, Equatable {
    package let id: String
    package let migration: MigrationName
    package let madeAt: Timestamp
    /// The digest of the file that was in force.
    package let file: String
    package let conditions: [StageCondition]

    package init(id: String, migration: MigrationName, madeAt: Timestamp, file: String, conditions: [StageCondition]) {
        self.id = id
        self.migration = migration
        self.madeAt = madeAt
        self.file = file
        self.conditions = conditions
    }

    /// Reads a plan as the API shows it.
    /// - Returns: nil if it is not finished, or not for a migration.
    package init?(_ plan: JSONValue) {
        guard let id = plan["id"]?.string, let name = plan["migration"]?.string,
            let madeAt = plan["created_at"]?.string.flatMap({ Timestamp(rfc3339: $0) }),
            let file = plan["routes_in_force_digest"]?.string,
            let found = plan["result"]?["migration"]?["conditions"], found.kind == .array
        else { return nil }
        let conditions = found.elements.compactMap { condition -> StageCondition? in
            guard let name = condition["name"]?.string, let text = condition["text"]?.string,
                let color = condition["color"]?.string.flatMap(StageCondition.Color.init)
            else { return nil }
            return StageCondition(name, color, text)
        }
        self.init(id: id, migration: MigrationName(name), madeAt: madeAt, file: file, conditions: conditions)
    }
}
