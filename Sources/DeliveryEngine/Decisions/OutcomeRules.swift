import Events
import Journal
import Routing

/// What an outcome means for one event: settle it, or send it again.
///
/// Pure rules, in one place: how old an event may get, what may be repeated, and what happens to an attempt with unknown outcome.
struct OutcomeRules: Sendable {
    /// What to do with an event after an attempt.
    enum Decision: Equatable, Sendable {
        /// Delivered at the first attempt, with nothing that needs a row of its own.
        case simplyDelivered
        case settle(SettledDelivery)
        /// Send it again at once.
        case sendAgain
    }

    private let settings: PipelineSettings

    init(settings: PipelineSettings) {
        self.settings = settings
    }

    /// The decision for `item`, whose latest request is `attempt` in facts (its status and fault are replaced by what is decided).
    /// - Parameter isCulprit: whether the event itself causes the failure or refusal, because it was sent alone and the vendor accepts
    ///   others.
    func decide(
        _ outcome: Outcome,
        for item: DeliveryItem,
        isCulprit: Bool,
        attempt: AttemptFacts,
        at time: OutcomeTime,
        using random: inout some RandomNumberGenerator
    ) -> Decision {
        switch outcome {
        case .delivered(let deduplicated):
            // A first attempt that the vendor calls a repeat gets a row, so that a person can look at it.
            if item.isFirstAttempt, !deduplicated { return .simplyDelivered }
            return settle(item, .delivered, attempt, outcome, deduplicated: deduplicated)
        case .resend:
            return item.newAttempts.count < 10
                ? .sendAgain
                : retry(item, attempt, outcome, Self.endlessResend, notBefore: nil, at: time, using: &random)
        case .retry(let fault, let after):
            return retry(item, attempt, outcome, fault, notBefore: notBefore(after, time.now), at: time, using: &random)
        case .park(let fault):
            return isCulprit
                ? refuse(item, attempt, outcome, fault, at: time, using: &random)
                : park(item, attempt, outcome, fault, at: time)
        case .reject(let fault):
            return settle(item, .rejected, attempt, outcome, fault: fault)
        case .ambiguous(let fault, let after):
            let notBefore = notBefore(after, time.now)
            return ambiguous(item, isCulprit, attempt, outcome, fault, notBefore: notBefore, at: time, using: &random)
        }
    }

    /// The account is refused to every event: the provider's pause decides when this one is sent again, so it is due as soon as the pause
    /// has ended.
    private func park(
        _ item: DeliveryItem,
        _ attempt: AttemptFacts,
        _ outcome: Outcome,
        _ fault: DeliveryFault,
        at time: OutcomeTime
    ) -> Decision {
        hasGivenUp(item, attempt, outcome, at: time)
            ? settle(item, .rejected, attempt, outcome, fault: fault)
            : settle(item, .retrying, attempt, outcome, nextAttemptAt: time.now, fault: fault)
    }

    /// The account is refused to this event alone.
    private func refuse(
        _ item: DeliveryItem,
        _ attempt: AttemptFacts,
        _ outcome: Outcome,
        _ fault: DeliveryFault,
        at time: OutcomeTime,
        using random: inout some RandomNumberGenerator
    ) -> Decision {
        // No vendor responds with 401 to one event because of its content, so this is not a dead letter yet.
        fault.code == .unauthorized
            ? retry(item, attempt, outcome, fault, notBefore: nil, at: time, using: &random)
            : settle(item, .rejected, attempt, outcome, fault: fault)
    }

    private func notBefore(_ after: RetryAfter?, _ now: Timestamp) -> Timestamp? {
        after?.timestamp(from: now, atMost: settings.retry.longestWait)
    }

    /// Decides about a delivery that a crash interrupted: like an ambiguous attempt, but without a request in its history.
    func decideInterrupted(_ delivery: InterruptedDelivery, at time: OutcomeTime) -> SettledDelivery {
        let status = statusOfInterrupted(delivery, at: time.believed)
        return SettledDelivery(
            sequence: delivery.sequence,
            status: status,
            nextAttemptAt: status == .retrying ? time.now : nil,
            // The vendor's memory is counted from here, however long the retry waits.
            reachedAt: settings.memory == nil ? nil : delivery.earliestSend,
            fault: Self.interrupted
        )
    }

    private func statusOfInterrupted(_ delivery: InterruptedDelivery, at time: Timestamp) -> DeliveryStatus {
        switch settings.deduplication {
        case .byIdentity: return isForgotten(since: delivery.earliestSend, at: time) ? .uncertain : .retrying
        case .none:
            switch settings.onUncertain {
            case .hold, .probe: return .uncertain
            case .retry: return .retrying
            case .accept: return .delivered
            }
        }
    }

    /// Whether the vendor may have the event and no longer recognizes a repeat, so that it is not sent: however it waited since, in the
    /// journal or here.
    /// - Parameter time: by which ages are judged, see ``OutcomeTime/believed``.
    func isForgotten(_ item: DeliveryItem, at time: Timestamp) -> Bool {
        item.reachedAt.map { isForgotten(since: $0, at: time) } ?? false
    }

    private func isForgotten(since reachedAt: Timestamp, at time: Timestamp) -> Bool {
        settings.memory.map { time + Self.transit - reachedAt >= $0 } ?? false
    }

    /// Decides about an event of ``isForgotten(_:at:)``.
    func decideForgotten(_ item: DeliveryItem) -> SettledDelivery {
        SettledDelivery(
            sequence: item.sequence,
            status: .uncertain,
            newAttempts: item.newAttempts,
            reachedAt: item.reachedAt,
            fault: Self.forgotten
        )
    }

    private func ambiguous(
        _ item: DeliveryItem,
        _ isCulprit: Bool,
        _ attempt: AttemptFacts,
        _ outcome: Outcome,
        _ fault: DeliveryFault,
        notBefore: Timestamp?,
        at time: OutcomeTime,
        using random: inout some RandomNumberGenerator
    ) -> Decision {
        let policy: PipelineSettings.UncertainPolicy
        switch settings.deduplication {
        case .byIdentity(let memory):
            if let memory, time.believed - firstSent(item, attempt) >= memory {
                return settle(item, .uncertain, attempt, outcome, fault: fault)
            }
            if isCulprit { return settle(item, .rejected, attempt, outcome, fault: fault) }
            policy = .retry
        case .none:
            policy = settings.onUncertain
        }
        switch policy {
        case .hold, .probe: return settle(item, .uncertain, attempt, outcome, fault: fault)
        case .accept: return settle(item, .delivered, attempt, outcome, fault: fault)
        case .retry: return retry(item, attempt, outcome, fault, notBefore: notBefore, at: time, using: &random)
        }
    }

    /// When the vendor may have seen the event first. If earlier requests are unknown, the earliest possible time.
    private func firstSent(_ item: DeliveryItem, _ attempt: AttemptFacts) -> Timestamp {
        item.reachedAt ?? (item.attemptsBefore > 0 ? item.acceptedAt : attempt.at)
    }

    /// Whether the event has been tried for long enough. An attempt that the vendor did not look at, because of a rate limit or because
    /// nothing was sent, never ends the retries.
    private func hasGivenUp(_ item: DeliveryItem, _ attempt: AttemptFacts, _ outcome: Outcome, at time: OutcomeTime)
        -> Bool
    {
        guard outcome.reachedVendor(attempt), let reachedAt = item.reachedAt else { return false }
        return settings.retry.hasGivenUp(since: reachedAt, at: time.believed)
    }

    private func retry(
        _ item: DeliveryItem,
        _ attempt: AttemptFacts,
        _ outcome: Outcome,
        _ fault: DeliveryFault,
        notBefore: Timestamp?,
        at time: OutcomeTime,
        using random: inout some RandomNumberGenerator
    ) -> Decision {
        if hasGivenUp(item, attempt, outcome, at: time) {
            return settle(item, .rejected, attempt, outcome, fault: fault)
        }
        var next = settings.retry.next(after: item.attempts + 1, at: time.now, notBefore: notBefore, using: &random)
        if item.standing == .suspect, notBefore != nil {
            // A delay that the vendor asks for holds all events; an event that fails alone waits longer each time, so that it rarely
            // holds them.
            let alone = settings.retry.next(after: item.attempts + 1, at: time.now, notBefore: nil, using: &random)
            next = max(next, alone)
        }
        return settle(item, .retrying, attempt, outcome, nextAttemptAt: next, fault: fault)
    }

    private func settle(
        _ item: DeliveryItem,
        _ status: DeliveryStatus,
        _ facts: AttemptFacts,
        _ outcome: Outcome,
        deduplicated: Bool = false,
        nextAttemptAt: Timestamp? = nil,
        fault: DeliveryFault? = nil
    ) -> Decision {
        var item = item
        let attempt = facts.attempt(status: status, deduplicated: deduplicated, fault: fault)
        item.note(attempt, reached: outcome.reachedVendor(facts))
        return .settle(
            SettledDelivery(
                sequence: item.sequence,
                status: status,
                newAttempts: item.newAttempts,
                nextAttemptAt: nextAttemptAt,
                reachedAt: item.reachedAt,
                fault: fault
            )
        )
    }

    /// The fault of a delivery that a crash interrupted.
    static let interrupted = DeliveryFault(
        code: .connectionFailed,
        message: "the gateway stopped while the request was in flight; the vendor may have the event"
    )

    /// The fault of a delivery whose repeat the vendor would not recognize.
    private static let forgotten = DeliveryFault(
        code: .timeout,
        message: "the vendor may have the event since an earlier attempt, and would no longer recognize a repeat; "
            + "look it up there, then retry or discard the delivery"
    )

    /// A request arrives at most so long after it was decided to send it.
    private static let transit = Duration.seconds(60)

    private static let endlessResend = DeliveryFault(
        code: .vendorError,
        message: "the vendor refused the batch ten times for other events than this one"
    )
}

/// A delivery that a crash interrupted: it is unknown whether the vendor has the event.
struct InterruptedDelivery: Sendable, Equatable {
    let sequence: SequenceNumber
    /// No request has carried the event before this time.
    let earliestSend: Timestamp

    init(sequence: SequenceNumber, earliestSend: Timestamp) {
        self.sequence = sequence
        self.earliestSend = earliestSend
    }

    init(_ delivery: ClaimedDelivery) {
        self.init(sequence: delivery.sequence, earliestSend: delivery.reachedAt ?? delivery.event.acceptedAt)
    }
}

/// The time of a decision.
struct OutcomeTime: Sendable, Equatable {
    /// The wall clock, which sets the next attempt.
    let now: Timestamp
    /// The time by which ages are judged: a clock that jumps ahead makes nothing old.
    let believed: Timestamp
}

/// The facts about one request, whatever it means for each event.
struct AttemptFacts: Sendable, Equatable {
    /// When the request left.
    let at: Timestamp
    let latency: Duration
    /// Status of the response; nil if there was none.
    let httpStatus: Int?

    init(at: Timestamp, latency: Duration, httpStatus: Int?) {
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
    /// The time of the next attempt, as seen from `now`; never later than `longest` from now, whatever a vendor asks for.
    func timestamp(from now: Timestamp, atMost longest: Duration) -> Timestamp {
        switch self {
        case .delay(let delay): now + min(delay, longest)
        case .at(let timestamp): min(timestamp, now + longest)
        }
    }
}

extension Outcome {
    /// Whether the vendor may have looked at the event: it did not if a limit refused the request, or if nothing was sent.
    func reachedVendor(_ facts: AttemptFacts) -> Bool {
        switch self {
        case .retry(let fault, _): facts.httpStatus != nil && fault.code != .rateLimited
        case .park: facts.httpStatus != nil
        case .delivered, .resend, .ambiguous, .reject: true
        }
    }
}
