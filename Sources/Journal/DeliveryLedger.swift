package import Events

/// What is still to be delivered, and the record of what was.
///
/// A *claim* hands events to one pipeline: they are not handed out again until the claim is settled or released, or the process
/// ends. Claims live in memory: after a crash the same events are claimed again, but for those that were settled. So a settlement
/// that was lost costs a repeat and never an event; where a repeat costs money, ``intend(_:at:)`` comes first.
package protocol DeliveryLedger: Sendable {
    /// The next events for a provider that nobody claimed yet, in journal order: the first after all that was claimed or settled
    /// before. Only events whose plan names the provider are in it, shadow destinations included.
    ///
    /// A damaged chunk is skipped, logged and named by ``EventArchive/damage()``; it does not stop the rest.
    /// - Returns: nil if there is none now; ``events(after:)`` tells when to ask again.
    func claimBlock(for provider: ProviderName, limit: BlockLimit) async throws(StoreError) -> DeliveryBlock?

    /// Deliveries with status `retrying` whose time has come, oldest event first, claimed. If it throws, none is.
    func claimDue(for provider: ProviderName, at now: Timestamp, limit: BlockLimit) async throws(StoreError)
        -> [ClaimedDelivery]

    /// When to ask ``claimDue(for:at:limit:)`` again: never later than the earliest retry is due that nobody has claimed; nil if
    /// there is none.
    ///
    /// Known without I/O, and true at any time whatever is claimed, settled, released or revised meanwhile: ask when it is needed
    /// and keep nothing of it. It may be early, and the next claim at that time corrects it.
    func nextDue(for provider: ProviderName) -> Timestamp?

    /// Brings the times of all retries of a provider forward, because the wall clock was set back by so much.
    func bringForward(_ provider: ProviderName, by step: Duration) async throws(StoreError)

    /// Deliveries that a crash interrupted after ``departs(_:to:)`` (or ``intend(_:at:)``, if the system was started anew) and before
    /// their settlement: nobody knows whether the vendor has them. They are claimed by this call and by no other; if it throws, none is.
    /// Call it before the first ``claimBlock(for:limit:)``.
    func claimInterrupted(for provider: ProviderName) async throws(StoreError) -> [ClaimedDelivery]

    /// Writes down that these events are about to be sent to the provider. When it returns, that is on disk: should the process die
    /// after ``departs(_:to:)`` and before they are settled, ``claimInterrupted(for:)`` will name them.
    func intend(_ sequences: [SequenceNumber], at provider: ProviderName) async throws(StoreError)

    /// Notes that a request with these events leaves now, after their intent was made durable. Returns at once: the note outlives the
    /// process, though not the system. An intent without it was not sent, and ``claimInterrupted(for:)`` does not name it unless the
    /// system was started anew meanwhile.
    func departs(_ sequences: [SequenceNumber], to provider: ProviderName)

    /// Records outcomes, in one commit with whatever else is waiting. When it returns, they are on disk and their claims are over.
    /// Settling an event ends its intent too.
    func settle(_ settlement: Settlement) async throws(StoreError)

    /// Gives claimed events back unsent: they will be claimed again, and a pending intent for them is withdrawn.
    func release(_ sequences: [SequenceNumber], for provider: ProviderName) async throws(StoreError)

    /// Returns when an event after `sequence` is in the journal, at once if there is one already; also when the waiting task is
    /// cancelled or the store closes.
    func waitForEvents(after sequence: SequenceNumber) async

    /// The sequence number of the newest event; 0 if there never was one.
    var newestSequence: SequenceNumber { get }
}

/// How many events a block may hold; the first event always fits.
package struct BlockLimit: Sendable, Equatable {
    package let events: Int
    /// Sum of the events' stored sizes.
    package let bytes: Int

    package init(events: Int, bytes: Int) {
        precondition(events > 0 && bytes > 0, "a block of nothing never gets anywhere")
        self.events = events
        self.bytes = bytes
    }
}

/// Events in journal order on their way to one provider, claimed together.
package struct DeliveryBlock: Sendable {
    package let provider: ProviderName
    package let deliveries: [ClaimedDelivery]

    package init(provider: ProviderName, deliveries: [ClaimedDelivery]) {
        self.provider = provider
        self.deliveries = deliveries
    }
}

/// One event on its way to one provider.
package struct ClaimedDelivery: Sendable {
    package let sequence: SequenceNumber
    package let event: AcceptedEvent
    package let destination: Destination
    /// How many requests carried it already.
    package let attempts: Int
    /// ``SettledDelivery/reachedAt`` of its settlements; nil if none of these requests reached the vendor.
    package let reachedAt: Timestamp?

    package init(
        sequence: SequenceNumber,
        event: AcceptedEvent,
        destination: Destination,
        attempts: Int,
        reachedAt: Timestamp? = nil
    ) {
        self.sequence = sequence
        self.event = event
        self.destination = destination
        self.attempts = attempts
        self.reachedAt = reachedAt
    }
}

/// Outcomes to record for one provider.
package struct Settlement: Sendable, Equatable {
    package let provider: ProviderName
    /// First attempts that simply delivered: most of all, and cheap to keep.
    package let delivered: [DeliveredRun]
    /// All else: each has a row of its own.
    package let exceptions: [SettledDelivery]

    package init(provider: ProviderName, delivered: [DeliveredRun] = [], exceptions: [SettledDelivery] = []) {
        self.provider = provider
        self.delivered = delivered
        self.exceptions = exceptions
    }
}

/// Events that one request delivered at the first attempt.
///
/// `sequences` must be neighbours in their block: between the first and the last no event of this provider is missing, but for
/// those that have, or get in the same settlement, a row of their own. So first and last are all that is kept.
package struct DeliveredRun: Sendable, Equatable {
    /// Ascending, at least one.
    package let sequences: [SequenceNumber]
    package let attempt: Attempt

    package init(sequences: [SequenceNumber], attempt: Attempt) {
        precondition(!sequences.isEmpty, "a run has a first and a last event")
        self.sequences = sequences
        self.attempt = attempt
    }
}

/// One delivery that did not simply succeed, or succeeded after that.
package struct SettledDelivery: Sendable, Equatable {
    package let sequence: SequenceNumber
    package let status: DeliveryStatus
    /// The requests that carried the event since it was claimed, oldest first; empty if none did (untranslatable, shadow).
    package let newAttempts: [Attempt]
    /// When it goes again; given exactly if `status` is `retrying`.
    package let nextAttemptAt: Timestamp?
    /// When the first request left that the vendor may have looked at; nil if none did. Once written, it stays until a person sends
    /// the delivery again.
    package let reachedAt: Timestamp?
    /// Why it is not delivered; nil if it is.
    package let fault: DeliveryFault?

    package init(
        sequence: SequenceNumber,
        status: DeliveryStatus,
        newAttempts: [Attempt] = [],
        nextAttemptAt: Timestamp? = nil,
        reachedAt: Timestamp? = nil,
        fault: DeliveryFault? = nil
    ) {
        precondition((status == .retrying) == (nextAttemptAt != nil), "a retry has a time, and nothing else has")
        self.sequence = sequence
        self.status = status
        self.newAttempts = newAttempts
        self.nextAttemptAt = nextAttemptAt
        self.reachedAt = reachedAt
        self.fault = fault
    }
}
