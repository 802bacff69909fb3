package import Events
package import Journal
package import Parity

/// What the Overview is made of.
package struct OverviewFacts: Sendable {
    /// A part of the gateway, and whether it is ready.
    package struct Part: Sendable {
        package let name: String
        package let isReady: Bool
        package let detail: String
        package let isEssential: Bool
        /// The provider that it is about; nil if it is about none.
        package let provider: ProviderName?

        package init(
            name: String,
            isReady: Bool,
            detail: String,
            isEssential: Bool,
            provider: ProviderName? = nil
        ) {
            self.name = name
            self.isReady = isReady
            self.detail = detail
            self.isEssential = isEssential
            self.provider = provider
        }
    }

    /// A gateway whose figures are in the sums.
    package struct Gateway: Sendable {
        package let name: String
        package let lastReport: Timestamp
        /// Whether it should have reported since.
        package let isSilent: Bool

        package init(name: String, lastReport: Timestamp, isSilent: Bool) {
            self.name = name
            self.lastReport = lastReport
            self.isSilent = isSilent
        }
    }

    /// Nil if the client is not allowed to see any.
    package let providers: [ProviderFacts]?
    /// Of the gateway as a whole; nil for a client that sees only some providers.
    package let whole: RecentFigures?
    package let readiness: [Part]
    /// The time that the figures span.
    package let window: Window
    /// Since when figures are kept.
    package let since: Timestamp?
    /// Those whose figures are added up; nil if this one is alone.
    package let gateways: [Gateway]?
    /// The latest comparison of each provider that the client may see.
    package let comparisons: [ParityRun]
    /// Backfills that somebody has paused; those that the client may see.
    package let pausedBackfills: [Lane]

    /// The windows to choose from.
    package enum Window: String, Sendable, CaseIterable {
        case fiveMinutes = "5m"
        case hour = "1h"
        case day = "24h"

        package var duration: Duration {
            switch self {
            case .fiveMinutes: .seconds(300)
            case .hour: .seconds(3600)
            case .day: .seconds(86_400)
            }
        }

        package var label: String {
            switch self {
            case .fiveMinutes: "5 min"
            case .hour: "1 h"
            case .day: "24 h"
            }
        }
    }

    package init(
        providers: [ProviderFacts]?,
        whole: RecentFigures?,
        readiness: [Part],
        window: Window,
        since: Timestamp?,
        gateways: [Gateway]? = nil,
        comparisons: [ParityRun] = [],
        pausedBackfills: [Lane] = []
    ) {
        self.providers = providers
        self.whole = whole
        self.readiness = readiness
        self.window = window
        self.since = since
        self.gateways = gateways
        self.comparisons = comparisons
        self.pausedBackfills = pausedBackfills
    }

    var windowText: String { window.label }

    /// The figures that are counted for dead letters: of the whole, else of the providers that are seen.
    var lossFigures: (rejected: Int?, uncertain: Int?) {
        if let whole { return (RecentFigures.sum(whole.rejected), RecentFigures.sum(whole.uncertain)) }
        let figures = (providers ?? []).compactMap(\.figures)
        return (
            RecentFigures.sum(figures.map { RecentFigures.sum($0.rejected) }),
            RecentFigures.sum(figures.map { RecentFigures.sum($0.uncertain) })
        )
    }
}
