package import Events

/// Outcomes to record for one provider.
package struct Settlement: Sendable, Equatable {
    package let provider: ProviderName
    /// First attempts that succeeded: the vast majority, and cheap to store.
    package let delivered: [DeliveredRun]
    /// Shadow deliveries that were translated, or could not be: stored as cheaply as delivered ones.
    package let skipped: [SkippedRun]
    /// Everything else, each with its own row.
    package let exceptions: [SettledDelivery]
    /// What the shadow deliveries of the settlement showed, to be added to ``ShadowCounting/shadowCounts()``.
    package let shadow: [ShadowTally]

    package init(
        provider: ProviderName,
        delivered: [DeliveredRun] = [],
        skipped: [SkippedRun] = [],
        exceptions: [SettledDelivery] = [],
        shadow: [ShadowTally] = []
    ) {
        self.provider = provider
        self.delivered = delivered
        self.skipped = skipped
        self.exceptions = exceptions
        self.shadow = shadow
    }

    /// Whether there is nothing to record.
    package var isEmpty: Bool { delivered.isEmpty && skipped.isEmpty && exceptions.isEmpty && shadow.isEmpty }
}

/// Events that one request delivered at the first attempt.
///
/// `sequences` must be neighbours in their block: between the first and the last no event of this provider is missing, except those that
/// have a row of their own or get one in the same settlement. So only the first and the last are stored.
package struct DeliveredRun: Sendable, Equatable {
    /// Ascending, at least one.
    package let sequences: [SequenceNumber]
    package let attempt: Attempt

    /// - Precondition: `sequences` is not empty.
    package init(sequences: [SequenceNumber], attempt: Attempt) {
        precondition(!sequences.isEmpty, "a run has a first and a last event")
        self.sequences = sequences
        self.attempt = attempt
    }
}

/// Events that were only translated. `sequences` must be neighbours as in a ``DeliveredRun``.
package struct SkippedRun: Sendable, Equatable {
    /// Ascending, at least one.
    package let sequences: [SequenceNumber]
    package let at: Timestamp

    /// - Precondition: `sequences` is not empty.
    package init(sequences: [SequenceNumber], at timestamp: Timestamp) {
        precondition(!sequences.isEmpty, "a run has a first and a last event")
        self.sequences = sequences
        at = timestamp
    }
}

/// One delivery that did not succeed at the first attempt.
package struct SettledDelivery: Sendable, Equatable {
    package let sequence: SequenceNumber
    package let status: DeliveryStatus
    /// The requests that carried the event since it was claimed, oldest first; empty if none did (untranslatable, shadow).
    package let newAttempts: [Attempt]
    /// When it is sent again; given exactly if `status` is `retrying`.
    package let nextAttemptAt: Timestamp?
    /// When the first request left that the vendor may have looked at; nil if there was none. Once written, it stays until a person sends
    /// the delivery again.
    package let reachedAt: Timestamp?
    /// Why it is not delivered; nil if it is.
    package let fault: DeliveryFault?

    /// - Precondition: `nextAttemptAt` is given if, and only if, `status` is `retrying`.
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
