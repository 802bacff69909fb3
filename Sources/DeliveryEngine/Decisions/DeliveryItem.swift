import Events
import Journal

/// How an event may be batched, by what is known about it.
enum Standing: Sendable, CaseIterable {
    /// Never tried.
    case fresh
    /// Tried together with others.
    case repeated
    /// Made the vendor fail while it was sent alone; is always sent alone.
    case suspect
    /// Was in a request for which the account was refused; is only sent with others like it.
    case accused
}

/// One event inside a pipeline: translated once, and cheap to move.
struct DeliveryItem: Sendable, Equatable {
    let sequence: SequenceNumber
    let id: EventID
    let acceptedAt: Timestamp
    let translated: TranslatedEvent
    /// How many requests had carried it before it was claimed.
    let attemptsBefore: Int
    /// When the first request left that the vendor may have looked at; nil if there was none.
    private(set) var reachedAt: Timestamp?
    /// The requests that have carried it since, oldest first.
    private(set) var newAttempts: [Attempt] = []
    /// Its index among the first attempts of this pipeline; nil for a retry. Neighbours in the journal have neighbouring
    /// indexes, so that a run of delivered ones can be kept as first and last.
    var place: Int?
    var standing = Standing.fresh
    /// How often it failed, or was refused, alone.
    var blame = 0
    /// Whether a shadow delivery precedes it, so that it is not a neighbour of the delivery before.
    let followsShadow: Bool

    init(
        sequence: SequenceNumber,
        id: EventID,
        acceptedAt: Timestamp,
        translated: TranslatedEvent,
        attemptsBefore: Int = 0,
        reachedAt: Timestamp? = nil,
        followsShadow: Bool = false,
        place: Int? = nil
    ) {
        self.followsShadow = followsShadow
        self.sequence = sequence
        self.id = id
        self.acceptedAt = acceptedAt
        self.translated = translated
        self.attemptsBefore = attemptsBefore
        self.reachedAt = reachedAt
        self.place = place
    }

    /// How many requests have carried it in total.
    var attempts: Int { attemptsBefore + newAttempts.count }

    /// Approximate size in memory, in bytes.
    var bytes: Int { translated.bytes.count + 200 }

    /// Records a request that carried it.
    /// - Parameter reached: whether the vendor may have looked at the event.
    mutating func note(_ attempt: Attempt, reached: Bool) {
        newAttempts.append(attempt)
        if reached, reachedAt == nil { reachedAt = attempt.at }
    }

    /// Whether this was its first request ever and it may be part of a ``DeliveredRun``.
    var isFirstAttempt: Bool { place != nil && attemptsBefore == 0 && newAttempts.isEmpty }
}

/// Events that are sent in one request.
struct DeliveryBatch: Sendable, Equatable {
    var items: [DeliveryItem]
    /// Whether the events come from a batch that was split to find the one that fails.
    var isBisected: Bool
    /// The standing of its events, which all had the same one when the batch was made.
    var standing: Standing
    /// The request's number, by which it is known whether it left before or after something happened.
    var ticket = 0
    /// For a backfill: the turn that it leaves with.
    var turn: BackfillTraffic.Turn?

    init(items: [DeliveryItem], isBisected: Bool = false, standing: Standing? = nil) {
        precondition(!items.isEmpty, "a request carries at least one event")
        self.items = items
        self.isBisected = isBisected
        self.standing = standing ?? items[0].standing
    }

    /// Approximate size in memory, in bytes.
    var bytes: Int { items.reduce(0) { $0 + $1.bytes } }

    /// Two batches of half the events each; only for batches of two or more.
    var halves: [DeliveryBatch] {
        let middle = items.count / 2
        return [
            DeliveryBatch(items: Array(items[..<middle]), isBisected: true, standing: standing),
            DeliveryBatch(items: Array(items[middle...]), isBisected: true, standing: standing),
        ]
    }
}
