import Events
import Journal

/// How an event travels, by what is known of it.
enum Standing: Sendable, CaseIterable {
    /// Never tried.
    case fresh
    /// Tried, in company with others.
    case repeated
    /// Made the vendor fail while it was sent alone; goes alone.
    case suspect
    /// Was in a request for which the account was refused; goes with others of its kind only.
    case accused
}

/// One event on its way through a pipeline: translated once, and cheap to move.
struct DeliveryItem: Sendable, Equatable {
    let sequence: SequenceNumber
    let id: EventID
    let acceptedAt: Timestamp
    let translated: TranslatedEvent
    /// How many requests carried it before it was claimed.
    let attemptsBefore: Int
    /// When the first request left that the vendor may have looked at; nil if none did.
    private(set) var reachedAt: Timestamp?
    /// The requests that carried it since, oldest first.
    private(set) var newAttempts: [Attempt] = []
    /// Its index among the first attempts of this pipeline; nil for a retry. Neighbours in the journal have neighbouring
    /// indexes, so that a run of delivered ones can be kept as first and last.
    var place: Int?
    var standing = Standing.fresh
    /// How often it failed, or was refused, alone.
    var blame = 0

    init(
        sequence: SequenceNumber,
        id: EventID,
        acceptedAt: Timestamp,
        translated: TranslatedEvent,
        attemptsBefore: Int = 0,
        reachedAt: Timestamp? = nil,
        place: Int? = nil
    ) {
        self.sequence = sequence
        self.id = id
        self.acceptedAt = acceptedAt
        self.translated = translated
        self.attemptsBefore = attemptsBefore
        self.reachedAt = reachedAt
        self.place = place
    }

    /// How many requests carried it in all.
    var attempts: Int { attemptsBefore + newAttempts.count }

    /// How many bytes it holds in memory, roughly.
    var bytes: Int { translated.bytes.count + 200 }

    /// Notes a request that carried it.
    /// - Parameter reached: whether the vendor may have looked at the event.
    mutating func note(_ attempt: Attempt, reached: Bool) {
        newAttempts.append(attempt)
        if reached, reachedAt == nil { reachedAt = attempt.at }
    }

    /// Whether this was its first request ever and it may be part of a ``DeliveredRun``.
    var isFirstAttempt: Bool { place != nil && attemptsBefore == 0 && newAttempts.isEmpty }
}

/// Events that go in one request.
struct DeliveryBatch: Sendable, Equatable {
    var items: [DeliveryItem]
    /// Whether the events come from a batch that was split to find the one that fails.
    var isBisected: Bool
    /// How its events travel: they all have the same standing when it is made.
    var standing: Standing
    /// Tells requests that left before something happened from those that left after it.
    var ticket = 0
    /// Of a backfill: the turn that it leaves with.
    var turn: BackfillTraffic.Turn?

    init(items: [DeliveryItem], isBisected: Bool = false, standing: Standing? = nil) {
        precondition(!items.isEmpty, "a request carries at least one event")
        self.items = items
        self.isBisected = isBisected
        self.standing = standing ?? items[0].standing
    }

    /// How many bytes it holds in memory, roughly.
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
