import ConfigurationFile
import OfRecord

extension MigrationConfiguration {
    /// What it says, in one sentence.
    package var summary: String {
        let record =
            fixed == nil
            ? "each at the beginning of a billing period (\(boundaryText))" : "at the times of the route's destinations"
        return "customers of \(route) move from \(from) to \(to), \(record); \(keepText); \(gatesText)"
    }

    private var boundaryText: String {
        let own =
            boundary.anchors.map {
                "\(boundaries.count) customer\(boundaries.count == 1 ? "" : "s") by \($0), others by "
            }
            ?? "by "
        return "\(own)\(boundary.interval.rawValue), \(boundary.timezone)"
    }

    private var keepText: String {
        switch keep {
        case .all: "\(from) gets everything for \(DurationText.write(keepFor)) after a customer's move"
        case .late: "\(from) gets only late events of customers that have moved"
        }
    }

    private var gatesText: String {
        let hold = autoHold ? "a gate that is not green holds it" : "its gates hold nothing"
        return autoReturn ? "\(hold); customers return if \(to) loses or rejects events" : hold
    }

    /// The fields of `routes.json` that differ; none if only the times of the destinations do, which are the change of a route.
    static func changedFields(_ old: MigrationConfiguration, _ new: MigrationConfiguration) -> [String] {
        let fields = [
            ("route", old.route != new.route), ("from", old.from != new.from), ("to", old.to != new.to),
            ("boundary", old.boundary != new.boundary || old.boundaries != new.boundaries),
            ("keep", old.keep != new.keep), ("keep_for", old.keepFor != new.keepFor),
            ("metrics", old.metrics != new.metrics), ("gates", old.gates != new.gates),
            ("auto_hold", old.autoHold != new.autoHold), ("auto_return", old.autoReturn != new.autoReturn),
        ]
        return fields.filter(\.1).map(\.0)
    }
}
