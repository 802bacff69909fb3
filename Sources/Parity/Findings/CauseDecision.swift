package import Events

/// Decides the cause of a difference between the journal and a vendor's list.
package struct CauseDecision: Sendable {
    /// When the vendor was read.
    package let readAt: Timestamp
    /// How long the vendor may take to show an event.
    package let lag: Duration
    /// Whether a part of the journal cannot be read, so that an event that seems foreign may be in it.
    package let isJournalDamaged: Bool

    package init(readAt: Timestamp, lag: Duration, isJournalDamaged: Bool) {
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
    package var extra: Cause { isJournalDamaged ? .unreadable : .foreign }
}
