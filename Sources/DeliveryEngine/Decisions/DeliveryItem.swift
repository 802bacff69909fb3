package import Events
import Journal

/// One event on its way through a pipeline: translated once, and light enough to be moved about.
package struct DeliveryItem: Sendable, Equatable {
    package let sequence: SequenceNumber
    package let id: EventID
    package let acceptedAt: Timestamp
    package let translated: TranslatedEvent
    /// How many requests carried it before it was claimed.
    package let attemptsBefore: Int
    /// The requests that carried it since, oldest first.
    package private(set) var newAttempts: [Attempt] = []
    /// Its place among the first attempts of this pipeline; nil for one that comes back. Neighbours in the journal have neighbouring
    /// places, so that a run of delivered ones can be kept as first and last.
    package internal(set) var place: Int?

    package init(
        sequence: SequenceNumber,
        id: EventID,
        acceptedAt: Timestamp,
        translated: TranslatedEvent,
        attemptsBefore: Int = 0,
        place: Int? = nil
    ) {
        self.sequence = sequence
        self.id = id
        self.acceptedAt = acceptedAt
        self.translated = translated
        self.attemptsBefore = attemptsBefore
        self.place = place
    }

    /// How many requests carried it in all.
    package var attempts: Int { attemptsBefore + newAttempts.count }

    /// Notes a request that carried it without settling it.
    mutating func note(_ attempt: Attempt) {
        newAttempts.append(attempt)
    }

    /// Whether this was its first request ever and it may be part of a ``DeliveredRun``.
    var isFirstAttempt: Bool { place != nil && attemptsBefore == 0 && newAttempts.isEmpty }
}

/// Events that go in one request.
package struct DeliveryBatch: Sendable, Equatable {
    package var items: [DeliveryItem]
    /// Whether the events come from a batch that was cut in halves to find the one that fails.
    package var isBisected: Bool

    package init(items: [DeliveryItem], isBisected: Bool = false) {
        precondition(!items.isEmpty, "a request carries at least one event")
        self.items = items
        self.isBisected = isBisected
    }

    /// Two batches of half the events each; only for batches of two or more.
    package var halves: [DeliveryBatch] {
        let middle = items.count / 2
        return [
            DeliveryBatch(items: Array(items[..<middle]), isBisected: true),
            DeliveryBatch(items: Array(items[middle...]), isBisected: true),
        ]
    }
}
