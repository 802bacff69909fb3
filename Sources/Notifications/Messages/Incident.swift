package import Events

/// A condition from its beginning to its end, as a message has it.
package struct Incident: Sendable, Equatable {
    /// What the message says of it.
    package enum Status: String, Sendable, CaseIterable {
        case started
        /// It still lasts, long after it was reported.
        case continues
        case resolved
    }

    package let condition: Condition
    package let status: Status
    package let since: Timestamp
    /// When it ended; nil while it lasts.
    package let ended: Timestamp?

    package init(_ condition: Condition, _ status: Status, since: Timestamp, ended: Timestamp? = nil) {
        self.condition = condition
        self.status = status
        self.since = since
        self.ended = ended
    }
}
