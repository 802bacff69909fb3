import Events
import Migration
import OfRecord

/// Whose provider of record changes next, and when.
struct MoveBoundaries: Sendable {
    let rows: [Row]
    let hasRows: Bool
    /// Why nobody moves; nil if somebody does.
    let reason: String?
    /// What is left out; nil if nothing is.
    let more: String?

    /// The customers who move at one time.
    struct Row: Sendable {
        let at: TimeText
        /// `in 3 h 20 min`.
        let until: String
        let to: String
        let who: String
    }

    /// Times that are listed.
    static let most = 10

    init(_ status: MigrationStatus) {
        let upcoming = status.upcoming(limit: Self.most)
        rows = upcoming.groups.map { Self.row($0, status) }
        hasRows = !rows.isEmpty
        reason = rows.isEmpty ? Self.reason(status) : nil
        var rest: [String] = []
        if upcoming.later > 0 { rest.append("\(PlainNumbers.count(upcoming.later, of: "later time"))") }
        if upcoming.notLookedAt > 0 {
            rest.append("\(PlainNumbers.count(upcoming.notLookedAt, of: "customer")) that were not looked at")
        }
        more = rest.isEmpty ? nil : rest.joined(separator: ", and ")
    }

    private static func row(_ group: UpcomingMoves.Group, _ status: MigrationStatus) -> Row {
        Row(
            at: TimeText(group.at),
            until: "in \(PlainNumbers.duration(group.at - status.now))",
            to: (group.to == .to ? status.outline.to : status.outline.from).rawValue,
            who: who(group, status)
        )
    }

    private static func who(_ group: UpcomingMoves.Group, _ status: MigrationStatus) -> String {
        let others =
            status.course.cut != nil || status.course.share >= 100 || group.to == .from
            ? "all customers without an anchor"
            : "customers without an anchor that are within \(MigrationEntry.Action.text(of: status.course.share))%"
        guard group.customers > 0 else { return others }
        let named = group.examples.map(\.rawValue).joined(separator: ", ")
        let rest = group.customers - group.examples.count
        let count = PlainNumbers.count(group.customers, of: "customer")
        return "\(count): \(named)\(rest > 0 ? ", …" : "")\(group.includesOthers ? "; and \(others)" : "")"
    }

    private static func reason(_ status: MigrationStatus) -> String {
        if status.stage == .closed { return "The migration is closed." }
        if status.hold != nil { return "Nobody moves while the migration is held." }
        if !status.course.isRamping { return "Nobody moves before a ramp or a cut is ordered." }
        return "Everybody whom the orders so far move has moved."
    }
}
