package import Events

/// What comparisons of events found, by the day of the events: of each day and provider what the newest comparison says that covers most
/// of the day.
package struct ParityDays: Sendable, Equatable {
    /// One provider on one day.
    package struct Cell: Sendable, Equatable {
        package let provider: ProviderName
        /// The comparison that tells of it; nil if the day was not compared.
        package let run: Int64?
        /// Whether the comparison covers the whole day.
        package let isWhole: Bool
        /// Whether a part of it could not be compared.
        package let isUnreadable: Bool
        /// Findings that somebody has to do something about, or that will resolve themselves.
        package fileprivate(set) var open = 0
        /// Findings whose cause somebody has accepted.
        package fileprivate(set) var accepted = 0
    }

    /// One day.
    package struct Day: Sendable, Equatable {
        /// Its midnight, UTC.
        package let start: Timestamp
        /// In the order of ``ParityDays/providers``.
        package fileprivate(set) var cells: [Cell]
    }

    /// Those of the comparisons, by name.
    package let providers: [ProviderName]
    /// Newest first.
    package private(set) var days: [Day]

    /// How many days are told of.
    package static let count = 14
    private static let length = Duration.seconds(86_400)

    /// Chooses which comparison tells of which day; ``add(_:of:accepting:)`` is to be called for ``runs``.
    /// - Parameters:
    ///   - runs: newest first.
    ///   - now: the last day is that of this time.
    package init(of runs: [ParityRun], at now: Timestamp) {
        let finished = runs.filter { $0.state == .finished && [.full, .digest].contains($0.order.level) }
        let providers = Set(finished.flatMap(\.order.providers)).sorted()
        let today = now.milliseconds - (now.milliseconds % 86_400_000 + 86_400_000) % 86_400_000
        self.providers = providers
        days = (0..<Self.count).map { back in
            let start = Timestamp(milliseconds: today) + (.zero - Self.length * back)
            return Day(start: start, cells: providers.map { Self.cell(of: $0, start, finished) })
        }
    }

    private static func cell(of provider: ProviderName, _ start: Timestamp, _ runs: [ParityRun]) -> Cell {
        var best: (run: ParityRun, share: Duration)?
        for run in runs where run.order.providers.contains(provider) {
            let window = run.order.window
            let share = min(window.until, start + length) - max(window.from, start)
            if share > .zero, share > best?.share ?? .zero { best = (run, share) }
        }
        let report = best?.run.reports.first { $0.provider == provider }
        return Cell(
            provider: provider,
            run: best?.run.id,
            isWhole: best?.share == length,
            isUnreadable: report.map { $0.unreadable != nil || $0.causes.contains { $0.cause == .unreadable } } ?? false
        )
    }

    /// The comparisons that tell of a day.
    package var runs: Set<Int64> { Set(days.flatMap(\.cells).compactMap(\.run)) }

    /// Counts the findings of a comparison, on the days that it tells of.
    /// - Parameter acceptances: those that are valid.
    package mutating func add(_ findings: [FindingDay], of run: Int64, accepting acceptances: [Acceptance]) {
        for finding in findings where ![.benign, .unknown].contains(finding.cause.urgency) {
            guard let day = days.firstIndex(where: { $0.start == finding.day }),
                let cell = days[day].cells.firstIndex(where: { $0.provider == finding.provider && $0.run == run })
            else { continue }
            if acceptances.contains(where: { $0.covers(finding.cause, at: finding.provider, named: finding.name) }) {
                days[day].cells[cell].accepted += finding.count
            } else {
                days[day].cells[cell].open += finding.count
            }
        }
    }
}
