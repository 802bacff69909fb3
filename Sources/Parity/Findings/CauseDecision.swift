package import Events

/// Decides the cause of a difference between the journal and a vendor's list.
package struct CauseDecision: Sendable {
    /// When the vendor was read.
    package let readAt: Timestamp
    /// How long the vendor may take to show an event.
    package let lag: Duration
    /// Whether a part of the journal cannot be read, so that an event that seems foreign may be in it.
    package let isJournalDamaged: Bool
    /// When the newest event was accepted that retention has removed from the journal; nil if none was.
    package let removedThrough: Timestamp?
    /// By which the vendor's canaries are known; nil if none are sent.
    package let canaries: CanaryMark?

    /// How long before its own time an event may have been accepted.
    package static let earliestAcceptance = Duration.seconds(86_400)

    package init(
        readAt: Timestamp,
        lag: Duration,
        isJournalDamaged: Bool,
        removedThrough: Timestamp? = nil,
        canaries: CanaryMark? = nil
    ) {
        self.removedThrough = removedThrough
        self.canaries = canaries
        self.readAt = readAt
        self.lag = lag
        self.isJournalDamaged = isJournalDamaged
    }

    /// Why an event is not settled, whatever the vendor has; nil if it is delivered.
    package static func ledgerCause(of state: LedgerState) -> Cause? {
        switch state {
        case .delivered, .notPlanned: nil
        case .waiting: .waiting
        case .rejected(.untranslatable?): .untranslatable
        case .rejected: .rejected
        case .uncertain: .uncertain
        case .discarded: .discarded
        }
    }

    /// Why the vendor does not have an event that was delivered.
    package func missing(_ expected: ExpectedEvent, at delivered: Timestamp?, hasParent: Bool) -> Cause {
        guard expected.sent != nil else { return .unexplained }
        let latest = max(delivered ?? expected.event.acceptedAt, expected.event.acceptedAt)
        if latest + lag > readAt { return .notVisibleYet }
        return hasParent ? .parentUnresolved : .lostAfterAccept
    }

    /// Why the vendor has other values than were sent.
    package func different(isDeduplicated: Bool) -> Cause { isDeduplicated ? .collision : .content }

    /// Why the vendor has an event that was not sent.
    /// - Parameter time: the event's own.
    package func extra(at time: Timestamp) -> Cause {
        if isJournalDamaged { return .unreadable }
        guard let removedThrough, time < removedThrough + Self.earliestAcceptance else { return .foreign }
        return .removed
    }
}

/// What tells canaries from other events where the vendor alone has them: those that were sent before the journal was made, for example.
package struct CanaryMark: Sendable, Equatable {
    package let name: String
    package let customerID: String

    package init(name: String, customerID: String) {
        self.name = name
        self.customerID = customerID
    }

    /// Whether an event of the vendor is one. Some vendors show no customer.
    package func isOn(_ shown: VendorEvent) -> Bool {
        shown.name.exact == name.exact && (shown.customerID.map { $0.exact == customerID.exact } ?? true)
    }
}
