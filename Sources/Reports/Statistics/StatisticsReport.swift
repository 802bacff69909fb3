package import Events

/// Figures of the recent past, kept in memory since the start of the process.
package protocol StatisticsReading: Sendable {
    /// The figures of all providers, without I/O. Who shows them to a client takes ``StatisticsReport/seen(by:in:)``.
    func statistics(_ query: StatisticsQuery) -> StatisticsReport
}

/// The figures of some steps, oldest first. Every series has as many points as there are steps.
package struct StatisticsReport: Sendable, Equatable {
    /// The figures of one provider.
    package struct Series: Sendable, Equatable {
        package let provider: ProviderName
        /// Nil where nothing was measured: the provider did not exist, or the process did not run.
        package let points: [StatisticsPoint?]

        package init(provider: ProviderName, points: [StatisticsPoint?]) {
            self.provider = provider
            self.points = points
        }
    }

    /// Since when figures are kept, by the wall clock of now: earlier steps have no points.
    package let since: Timestamp
    /// When the first step begins, by the wall clock of now. The others follow without a gap.
    package let from: Timestamp
    package let step: StatisticsStep
    /// Nil for a client that sees only some providers.
    package let whole: [StatisticsPoint?]?
    /// In the order of their names.
    package let providers: [Series]
    /// How many providers have no figures because there are too many.
    package let omittedProviders: Int

    package init(
        since: Timestamp,
        from: Timestamp,
        step: StatisticsStep,
        whole: [StatisticsPoint?]?,
        providers: [Series],
        omittedProviders: Int = 0
    ) {
        self.since = since
        self.from = from
        self.step = step
        self.whole = whole
        self.providers = providers
        self.omittedProviders = omittedProviders
    }
}
