package import Events

/// How many of a run's findings have the same provider, day, cause and name. Findings that are only counted are not among them.
package struct FindingDay: Sendable, Equatable {
    package let provider: ProviderName
    /// The midnight, UTC, before the findings' own times.
    package let day: Timestamp
    package let cause: Cause
    /// The events' name.
    package let name: String
    package let count: Int

    package init(provider: ProviderName, day: Timestamp, cause: Cause, name: String, count: Int) {
        self.provider = provider
        self.day = day
        self.cause = cause
        self.name = name
        self.count = count
    }

    /// Maximum number of them that are read of one run, in the order of provider, day, cause and name.
    package static let most = 20_000
}
