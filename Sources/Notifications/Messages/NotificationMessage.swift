package import Events

/// One message to one receiver: all that is new since the one before.
package struct NotificationMessage: Sendable, Equatable {
    /// The same for each attempt to send it, and no other message's: receivers recognize a repeated one by it.
    package let id: String
    package let at: Timestamp
    /// The name of the gateway, or of all that share a journal.
    package let gateway: String
    /// At most ``mostIncidents``; what started comes first, what is resolved last.
    package let incidents: [Incident]
    /// Incidents beyond them.
    package let omitted: Int
    /// Whether somebody only tries the receiver.
    package let isTest: Bool

    /// A message must be read by people, and fit what receivers accept.
    package static let mostIncidents = 50

    /// - Parameter incidents: all of them.
    package init(id: String, at time: Timestamp, gateway: String, incidents: [Incident], isTest: Bool = false) {
        self.id = id
        self.at = time
        self.gateway = gateway
        self.incidents = Array(incidents.prefix(Self.mostIncidents))
        omitted = max(0, incidents.count - Self.mostIncidents)
        self.isTest = isTest
    }

    /// A message that says nothing but that it came.
    package static func test(id: String, at time: Timestamp, gateway: String) -> NotificationMessage {
        NotificationMessage(id: id, at: time, gateway: gateway, incidents: [], isTest: true)
    }

    /// One line.
    package var title: String {
        if isTest { return "Tollgate \(gateway): test of notifications" }
        let parts = [(Incident.Status.started, "new"), (.continues, "continuing"), (.resolved, "resolved")].compactMap {
            status,
            word -> String? in
            let count = incidents.count { $0.status == status }
            return count > 0 ? "\(count) \(word)" : nil
        }
        return "Tollgate \(gateway): \(parts.joined(separator: ", "))"
    }

    /// One line for each incident, and for those that are left out.
    package var lines: [String] {
        if isTest { return ["This is a test. Nothing has happened."] }
        let lines = incidents.map { incident in
            let (condition, since) = (incident.condition, incident.since.rfc3339)
            return switch incident.status {
            case .started: "NEW \(condition.summary) \(condition.remedy)"
            case .continues: "STILL \(condition.summary) Since \(since). \(condition.remedy)"
            case .resolved:
                "RESOLVED \(condition.summary) From \(since) until \((incident.ended ?? at).rfc3339)."
            }
        }
        return lines + (omitted > 0 ? ["And \(omitted) more: see `tollgate providers`."] : [])
    }
}
