package import Events
package import Journal

/// What an outcome means for one event: settle it, or send it again.
///
/// Pure rules, in one place: how old an event may get, what may be repeated, and what becomes of an attempt that nobody knows about.
package struct OutcomeRules: Sendable {
    /// What to do with an event after an attempt.
    package enum Decision: Equatable, Sendable {
        /// Delivered at the first attempt, with nothing worth a row of its own.
        case simplyDelivered
        case settle(SettledDelivery)
        /// Send it again at once.
        case sendAgain
    }

    private let settings: PipelineSettings

    package init(settings: PipelineSettings) {
        self.settings = settings
    }

    /// The decision for `item`, whose latest request is `attempt` in facts (its status and fault are replaced by what is decided).
    /// - Parameter isCulprit: whether a failure inside the vendor speaks against the event itself, because it was sent alone and the
    ///   vendor takes others.
    package func decide(
        _ outcome: Outcome,
        for item: DeliveryItem,
        isCulprit: Bool,
        attempt: AttemptFacts,
        at now: Timestamp,
        using random: inout some RandomNumberGenerator
    ) -> Decision {
        switch outcome {
        case .delivered(let deduplicated):
            // A first attempt that the vendor says it had already is kept in a row, for a person to look at.
            if item.isFirstAttempt, !deduplicated { return .simplyDelivered }
            return settle(item, .delivered, attempt, deduplicated: deduplicated)
        case .resend:
            return item.newAttempts.count < 10
                ? .sendAgain
                : retry(item, attempt, fault: Self.endlessResend, notBefore: nil, at: now, using: &random)
        case .retry(let fault, let after):
            return retry(item, attempt, fault: fault, notBefore: notBefore(after, now), at: now, using: &random)
        case .park(let fault):
            // When the provider is tried again is not the event's affair: it is due as soon as that is.
            return settings.retry.hasGivenUp(acceptedAt: item.acceptedAt, at: now)
                ? settle(item, .rejected, attempt, fault: fault)
                : settle(item, .retrying, attempt, nextAttemptAt: now, fault: fault)
        case .reject(let fault):
            return settle(item, .rejected, attempt, fault: fault)
        case .ambiguous(let fault, let after):
            let notBefore = notBefore(after, now)
            return ambiguous(item, isCulprit, attempt, fault: fault, notBefore: notBefore, at: now, using: &random)
        }
    }

    private func notBefore(_ after: RetryAfter?, _ now: Timestamp) -> Timestamp? {
        after?.moment(from: now, atMost: settings.longestWait)
    }

    /// What becomes of a delivery that a crash interrupted: like an ambiguous attempt, but with no request to show for it.
    package func decideInterrupted(_ sequence: SequenceNumber, at now: Timestamp) -> SettledDelivery {
        switch settings.onUncertain {
        case .hold:
            SettledDelivery(sequence: sequence, status: .uncertain, fault: Self.interrupted)
        case .retry:
            SettledDelivery(sequence: sequence, status: .retrying, nextAttemptAt: now, fault: Self.interrupted)
        case .accept:
            SettledDelivery(sequence: sequence, status: .delivered, fault: Self.interrupted)
        }
    }

    private func ambiguous(
        _ item: DeliveryItem,
        _ isCulprit: Bool,
        _ attempt: AttemptFacts,
        fault: DeliveryFault,
        notBefore: Timestamp?,
        at now: Timestamp,
        using random: inout some RandomNumberGenerator
    ) -> Decision {
        switch settings.deduplication {
        case .byIdentity(let memory):
            if let memory, now - firstSent(item, attempt) >= memory {
                return settle(item, .uncertain, attempt, fault: fault)
            }
            if isCulprit, fault.code == .vendorError, item.attempts + 1 >= settings.retry.loneFailures {
                return settle(item, .rejected, attempt, fault: fault)
            }
            return retry(item, attempt, fault: fault, notBefore: notBefore, at: now, using: &random)
        case .none:
            switch settings.onUncertain {
            case .hold: return settle(item, .uncertain, attempt, fault: fault)
            case .accept: return settle(item, .delivered, attempt, fault: fault)
            case .retry: return retry(item, attempt, fault: fault, notBefore: notBefore, at: now, using: &random)
            }
        }
    }

    /// When the vendor may have seen the event first; for one that was sent before it was claimed, at the earliest possible moment.
    private func firstSent(_ item: DeliveryItem, _ attempt: AttemptFacts) -> Timestamp {
        item.attemptsBefore > 0 ? item.acceptedAt : item.newAttempts.first?.at ?? attempt.at
    }

    private func retry(
        _ item: DeliveryItem,
        _ attempt: AttemptFacts,
        fault: DeliveryFault,
        notBefore: Timestamp?,
        at now: Timestamp,
        using random: inout some RandomNumberGenerator
    ) -> Decision {
        if settings.retry.hasGivenUp(acceptedAt: item.acceptedAt, at: now) {
            return settle(item, .rejected, attempt, fault: fault)
        }
        let next = settings.retry.next(after: item.attempts + 1, at: now, notBefore: notBefore, using: &random)
        return settle(item, .retrying, attempt, nextAttemptAt: next, fault: fault)
    }

    private func settle(
        _ item: DeliveryItem,
        _ status: DeliveryStatus,
        _ facts: AttemptFacts,
        deduplicated: Bool = false,
        nextAttemptAt: Timestamp? = nil,
        fault: DeliveryFault? = nil
    ) -> Decision {
        let attempt = facts.attempt(status: status, deduplicated: deduplicated, fault: fault)
        return .settle(
            SettledDelivery(
                sequence: item.sequence,
                status: status,
                newAttempts: item.newAttempts + [attempt],
                nextAttemptAt: nextAttemptAt,
                fault: fault
            )
        )
    }

    private static let interrupted = DeliveryFault(
        code: .connectionFailed,
        message: "the gateway stopped while the request was under way, so nobody knows whether the vendor has the event"
    )

    private static let endlessResend = DeliveryFault(
        code: .vendorError,
        message: "the vendor refused the batch ten times for other events than this one"
    )
}

/// What is known of one request, whatever it meant for each event.
package struct AttemptFacts: Sendable, Equatable {
    /// When the request left.
    package let at: Timestamp
    package let latency: Duration
    /// Status of the answer; nil if none came.
    package let httpStatus: Int?

    package init(at: Timestamp, latency: Duration, httpStatus: Int?) {
        self.at = at
        self.latency = latency
        self.httpStatus = httpStatus
    }

    func attempt(status: DeliveryStatus, deduplicated: Bool = false, fault: DeliveryFault? = nil) -> Attempt {
        Attempt(
            at: at,
            latency: latency,
            httpStatus: httpStatus,
            status: status,
            deduplicated: deduplicated,
            fault: fault
        )
    }
}

extension RetryAfter {
    /// The moment that is meant, seen from `now`; never later than `longest` from now, whatever a vendor says.
    func moment(from now: Timestamp, atMost longest: Duration) -> Timestamp {
        switch self {
        case .delay(let delay): now + min(delay, longest)
        case .moment(let moment): min(moment, now + longest)
        }
    }
}
