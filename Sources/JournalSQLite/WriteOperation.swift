import Events
import Journal
import JournalFormat

/// What callers hand to the writer, with the continuation that waits for the commit.
enum WriteOperation: Sendable {
    typealias Answer<Value: Sendable> = CheckedContinuation<Result<Value, StoreError>, Never>

    case append(PreparedAppend, Answer<[AppendResult]>)
    /// Gives an account to a new holder, and answers with the lease. Where it must be free and is not, the answer is
    /// ``StoreError/leaseLost``.
    case lease(AccountLease, onlyIfFree: Bool, Answer<AccountLease>)
    /// Withdraws intents and ends the lease.
    case giveBack(AccountLease, unsent: [Int64], Answer<Void>)
    case settle(PreparedSettlement, AccountLease, Answer<Void>)
    case intend([Int64], AccountLease, Answer<Void>)
    /// One step of retention.
    case removeSettled(RetentionStep, Answer<RetentionStep.Progress>)
    /// One step of a person's decision about deliveries.
    case revise(RevisionStep, Answer<RevisionStep.Result>)
    /// A look at a vendor; answers whether it was added.
    case lookup(LookupStep, Answer<Bool>)
    /// Something about a lane; under its lease if one is given.
    case lane(LaneStep, AccountLease?, Answer<LaneStep.Result>)
    /// Discards so many deliveries of a cancelled lane that wait for another attempt; answers how many there were.
    case discardRetries(AccountLease, limit: Int, Answer<Int>)
    /// Notes what time it is.
    case note(Timestamp, Answer<Void>)
    /// Changes what retention leaves.
    case pins(PinStep, Answer<Void>)
    /// Resets the counts of a provider's shadow deliveries.
    case forgetShadowCounts(ProviderName, Answer<Void>)
    /// Writes or lifts a provider's hold.
    case hold(ProviderHold?, AccountLease, Answer<Void>)
    /// Adds an entry to the audit log.
    case audit(AuditEntry, Answer<Void>)
    /// Adds an act to a migration's log, together with an entry of the audit log; answers whether its number was the next one.
    case appendAct(MigrationAct, AuditEntry, Answer<Bool>)
    /// Removes old entries of the audit log; answers how many.
    case removeAudit(before: Timestamp, Answer<Int>)
    /// Writes or lifts an operator's hold of a provider.
    case holdByOperator(ProviderName, OperatorHold?, Answer<Void>)
    /// Makes so many retries of a provider due that are not; answers how many it found.
    case makeRetriesDue(ProviderName, beyond: Timestamp, Timestamp, limit: Int, Answer<Int>)
    /// Brings the times of so many retries after a sequence number forward; the answer is the last of them.
    case bringForward(AccountLease, after: Int64, by: Duration, limit: Int, Answer<Int64?>)

    /// How many bytes of events the operation holds while it waits.
    var bytes: Int {
        if case .append(let append, _) = self { append.encoded.frames.count } else { 0 }
    }

    /// The lease without which nothing of the operation is done; nil if it needs none.
    var lease: AccountLease? {
        switch self {
        case .giveBack(let lease, _, _), .settle(_, let lease, _), .intend(_, let lease, _), .hold(_, let lease, _),
            .bringForward(let lease, _, _, _, _), .discardRetries(let lease, _, _):
            lease
        case .lane(_, let lease, _): lease
        case .append, .lease, .removeSettled, .revise, .audit, .removeAudit, .holdByOperator, .makeRetriesDue, .pins,
            .note, .forgetShadowCounts, .appendAct, .lookup:
            nil
        }
    }

    /// Tells the caller that nothing of the operation was done.
    func fail(_ error: StoreError) {
        switch self {
        case .append(_, let answer): answer.resume(returning: .failure(error))
        case .lease(_, _, let answer): answer.resume(returning: .failure(error))
        case .settle(_, _, let answer), .intend(_, _, let answer), .giveBack(_, _, let answer),
            .hold(_, _, let answer), .audit(_, let answer), .holdByOperator(_, _, let answer),
            .pins(_, let answer), .note(_, let answer), .forgetShadowCounts(_, let answer):
            answer.resume(returning: .failure(error))
        case .lane(_, _, let answer): answer.resume(returning: .failure(error))
        case .appendAct(_, _, let answer): answer.resume(returning: .failure(error))
        case .lookup(_, let answer): answer.resume(returning: .failure(error))
        case .removeAudit(_, let answer): answer.resume(returning: .failure(error))
        case .discardRetries(_, _, let answer): answer.resume(returning: .failure(error))
        case .makeRetriesDue(_, _, _, _, let answer): answer.resume(returning: .failure(error))
        case .removeSettled(_, let answer): answer.resume(returning: .failure(error))
        case .bringForward(_, _, _, _, let answer): answer.resume(returning: .failure(error))
        case .revise(_, let answer): answer.resume(returning: .failure(error))
        }
    }
}

/// A request's events, ready for the writer.
struct PreparedAppend: Sendable {
    let encoded: EncodedEvents
    /// The hash of each event's identity.
    let identities: [EventIdentity]
    let policy: AppendRequest.Policy
    /// What it must be compared with, if the writer has asked for that.
    var lookup: IdentityLookup?

    init(_ request: AppendRequest, names: JournalNames) {
        let numbers = names.numbers(for: request.events)
        encoded = EncodedEvents(request.events, origins: numbers.origins, plans: numbers.plans)
        identities = numbers.identities
        policy = request.policy
    }
}

/// A settlement, ready for the writer.
struct PreparedSettlement: Sendable {
    let provider: ProviderName
    let runs: [SettledRun]
    let exceptions: [SettledDelivery]
    let shadow: [ShadowTally]
    /// The origin's number of each exception's event; 0 where the event cannot be read.
    let origins: [UInt32]
}

/// Events with one outcome, of which the first and the last number are kept.
struct SettledRun: Sendable {
    /// Ascending, at least one.
    let sequences: [SequenceNumber]
    let at: Timestamp
    /// The attempt that delivered them; nil if they were translated only.
    let attempt: Attempt?

    var status: DeliveryStatus { attempt == nil ? .skipped : .delivered }
}
