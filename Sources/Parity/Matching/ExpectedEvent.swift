package import Events

/// An event of the journal that was planned for a provider, as a comparison sees it.
///
/// An object, so that lists of thousands of them are handed on with one reference an event.
package final class ExpectedEvent: Sendable {
    package let sequence: SequenceNumber
    package let event: AcceptedEvent
    /// As the vendor would show what it was sent; nil if it cannot be said any more.
    package let sent: VendorEvent?
    package let state: LedgerState

    /// Whether the gateway sent it by itself, as a test.
    package var isCanary: Bool { event.plan.isOfCanaries }

    package init(sequence: SequenceNumber, event: AcceptedEvent, sent: VendorEvent?, state: LedgerState) {
        self.sequence = sequence
        self.event = event
        self.sent = sent
        self.state = state
    }
}

/// The outcome of an event at a provider, according to the journal.
package enum LedgerState: Sendable, Equatable {
    /// `deduplicated`: the vendor had it before the first request that carried it. `at`: when the request left with which it came, as far
    /// as the attempts tell.
    case delivered(deduplicated: Bool, at: Timestamp?)
    /// Pending or retrying.
    case waiting(next: Timestamp?)
    case rejected(DeliveryErrorCode?)
    case uncertain
    case discarded
    /// A shadow delivery, or none at all.
    case notPlanned

    /// The state of a delivery; a shadow delivery counts as none.
    package init(_ delivery: Delivery?) {
        guard let delivery, delivery.mode != .shadow else {
            self = .notPlanned
            return
        }
        switch delivery.status {
        case .pending, .retrying: self = .waiting(next: delivery.nextAttemptAt)
        case .delivered:
            // A repeat that the vendor recognizes is most often of an earlier attempt of ours whose answer was lost.
            let wasThere = delivery.deduplicated && delivery.attempts <= 1
            self = .delivered(deduplicated: wasThere, at: delivery.arrivedAt)
        case .rejected: self = .rejected(delivery.fault?.code)
        case .uncertain: self = .uncertain
        case .discarded: self = .discarded
        case .skipped: self = .notPlanned
        }
    }

    /// Whether the vendor has confirmed the event.
    package var isDelivered: Bool {
        if case .delivered = self { true } else { false }
    }
}

extension Delivery {
    /// When the request left with which the vendor got the event; nil if none has a record. What a look at the vendor found, and a repeat
    /// that it recognized, came with an earlier request, whose answer was lost.
    fileprivate var arrivedAt: Timestamp? {
        // Most deliveries have one request, or none: this is asked of every event at every provider.
        guard let last = history.last(where: { !$0.isLookup }) else { return nil }
        guard last.deduplicated || history.last?.isLookup == true else { return last.at }
        return (history.first { !$0.isLookup && ($0.fault?.code.leavesOpen ?? false) } ?? last).at
    }
}
