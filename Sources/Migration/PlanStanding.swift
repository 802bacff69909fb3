package import JSON

/// Whether what a plan rests on is still so.
package enum PlanStanding: Sendable, Equatable {
    case current
    /// Other routes are in force than those that the plan compared.
    case routesChanged
    /// Something was ordered in a migration since.
    case logChanged

    /// - Parameters:
    ///   - plan: as it was made.
    ///   - file: the digest of the active file.
    ///   - log: the version of what was ordered in migrations.
    package init(of plan: JSONValue, file: String, log: Int64) {
        guard plan["routes_in_force_digest"]?.string == file else {
            self = .routesChanged
            return
        }
        self = Self.log(of: plan) == log ? .current : .logChanged
    }

    /// Whether an order may rest on the plan: the active routes are those that it was made for, or still those that it compared them with,
    /// and nothing was ordered since.
    package static func ofOrder(resting plan: JSONValue, file: String, log: Int64) -> PlanStanding {
        guard ["routes_digest", "routes_in_force_digest"].contains(where: { plan[$0]?.string == file }) else {
            return .routesChanged
        }
        return Self.log(of: plan) == log ? .current : .logChanged
    }

    /// Plans of older versions do not have it: then nothing could be ordered.
    private static func log(of plan: JSONValue) -> Int64 { plan["migration_log_version"]?.int64 ?? 0 }
}
