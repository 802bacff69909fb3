/// How a provider is read.
package struct ReadsSettings: Sendable, Equatable {
    /// Percent of the rate limit that reads and passed calls may take together.
    package let share: Double
    /// How long after its success the vendor may take to show an event. Before that, an event that is not shown is not missing.
    package let lag: Duration

    package init(share: Double, lag: Duration) {
        self.share = share
        self.lag = lag
    }
}
