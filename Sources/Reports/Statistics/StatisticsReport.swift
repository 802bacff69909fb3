package import Events

/// Figures of the recent past: of this process since its start, or of all gateways of a journal.
package protocol StatisticsReading: Sendable {
    /// The shortest steps that there are.
    var shortestStep: StatisticsStep { get }

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

    /// A gateway whose figures are in the sums.
    package struct Gateway: Sendable, Equatable {
        package let name: String
        /// The end of the newest step that it has reported.
        package let lastReport: Timestamp
        /// Whether it should have reported since.
        package let isSilent: Bool

        package init(name: String, lastReport: Timestamp, isSilent: Bool) {
            self.name = name
            self.lastReport = lastReport
            self.isSilent = isSilent
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
    /// By name, those that have reported in the last ten minutes; nil if the figures are those of this process alone.
    package let gateways: [Gateway]?

    package init(
        since: Timestamp,
        from: Timestamp,
        step: StatisticsStep,
        whole: [StatisticsPoint?]?,
        providers: [Series],
        omittedProviders: Int = 0,
        gateways: [Gateway]? = nil
    ) {
        self.gateways = gateways
        self.since = since
        self.from = from
        self.step = step
        self.whole = whole
        self.providers = providers
        self.omittedProviders = omittedProviders
    }
}
