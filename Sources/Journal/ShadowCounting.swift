package import Events

/// Counts what shadow deliveries would have done.
package protocol ShadowCounting: Sendable {
    /// What shadow deliveries showed, by provider, class and field.
    func shadowCounts() async throws(StoreError) -> [ShadowCount]

    /// Resets the counts of a provider. When it returns, that is on disk.
    func forgetShadowCounts(of provider: ProviderName) async throws(StoreError)
}

/// What a shadow delivery showed.
package enum ShadowClass: String, Sendable, CaseIterable {
    /// It could have been sent.
    case translated
    /// It could not have been sent.
    case untranslatable
    /// It could have been sent, but with different content from what the primary received.
    case different
}

/// Shadow deliveries of one settlement with the same result.
package struct ShadowTally: Sendable, Equatable {
    package let shadowClass: ShadowClass
    /// The field that could not be translated, or that differs; empty for ``ShadowClass/translated``.
    package let field: String
    package let events: Int
    /// Some of the events.
    package let samples: [SequenceNumber]
    package let at: Timestamp

    package init(
        _ shadowClass: ShadowClass,
        field: String = "",
        events: Int,
        samples: [SequenceNumber] = [],
        at timestamp: Timestamp
    ) {
        self.shadowClass = shadowClass
        self.field = field
        self.events = events
        self.samples = samples
        at = timestamp
    }
}

/// All counted shadow deliveries with the same result.
package struct ShadowCount: Sendable, Equatable {
    /// Maximum number of samples, of which the newest are kept.
    package static let mostSamples = 10
    /// Maximum number of fields that are distinguished at a provider; further ones are counted as ``otherFields``.
    package static let mostFields = 200
    /// Stands for the fields after ``mostFields``.
    package static let otherFields = "*"

    package let provider: ProviderName
    package let shadowClass: ShadowClass
    /// The field that could not be translated, or that differs; empty for ``ShadowClass/translated``.
    package let field: String
    package let events: Int
    package let first: Timestamp
    package let last: Timestamp
    /// Some of the newest events.
    package let samples: [SequenceNumber]

    package init(
        provider: ProviderName,
        shadowClass: ShadowClass,
        field: String,
        events: Int,
        first: Timestamp,
        last: Timestamp,
        samples: [SequenceNumber]
    ) {
        self.provider = provider
        self.shadowClass = shadowClass
        self.field = field
        self.events = events
        self.first = first
        self.last = last
        self.samples = samples
    }
}
