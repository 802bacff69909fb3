package import Events
import JSON

/// A preview of new routes that was asked for: its basis and its result.
package struct RoutesPlan: Sendable {
    /// How far it is.
    package enum State: Sendable {
        case waiting
        /// So many events were examined.
        case running(events: Int)
        /// - Parameter migration: if the plan was made for one.
        case done(RoutesPreviewReport, migration: MigrationForecast? = nil, unreadable: UnreadableRanges)
        /// Why there is no result, for people.
        case failed(String)
    }

    /// Everything that decides about the result, as hexadecimal digits.
    package let id: String
    package let basis: PlanBasis
    package let createdAt: Timestamp
    package let createdBy: ClientName
    /// What the file would change, one line each.
    package let changes: [String]
    package var state = State.waiting

    package init(id: String, basis: PlanBasis, createdAt: Timestamp, createdBy: ClientName, changes: [String]) {
        self.id = id
        self.basis = basis
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.changes = changes
    }

    /// How long a plan is kept.
    package static let lifetime = Duration.seconds(7 * 86_400)

    /// The plan as JSON, in the API's names.
    package var json: [UInt8] {
        var writer = JSONWriter(capacity: 4096)
        writer.beginObject()
        writer.member("id", string: id)
        writer.member("status", string: state.name)
        writer.member("created_at", string: createdAt.rfc3339)
        writer.member("created_by", string: createdBy.rawValue)
        writer.member("expires_at", string: (createdAt + Self.lifetime).rfc3339)
        basis.writeMembers(to: &writer)
        writer.member("routes_changes", strings: changes)
        state.writeMembers(to: &writer)
        writer.endObject()
        return writer.bytes
    }
}

extension RoutesPlan.State {
    fileprivate var name: String {
        switch self {
        case .waiting: "waiting"
        case .running: "running"
        case .done: "done"
        case .failed: "failed"
        }
    }

    fileprivate func writeMembers(to writer: inout JSONWriter) {
        var (events, reason): (Int?, String?)
        switch self {
        case .waiting: events = 0
        case .running(let count): events = count
        case .done(let report, _, _): events = report.events
        case .failed(let text): reason = text
        }
        writer.key("events_read")
        if let events { writer.integer(events) } else { writer.null() }
        writer.member("error", stringOrNull: reason)
        writer.key("result")
        guard case .done(let report, let migration, let unreadable) = self else { return writer.null() }
        writer.beginObject()
        report.writeMembers(to: &writer)
        writer.key("migration")
        if let migration { migration.write(to: &writer) } else { writer.null() }
        unreadable.writeMembers(to: &writer)
        writer.endObject()
    }
}
