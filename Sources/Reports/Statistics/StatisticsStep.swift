/// The lengths of a step that statistics are kept in, each for a time of its own.
package enum StatisticsStep: Int, Sendable, CaseIterable {
    case second = 1
    case tenSeconds = 10
    case minute = 60

    /// How many steps are kept.
    package var count: Int {
        switch self {
        case .second: 300
        case .tenSeconds: 720
        case .minute: 2880
        }
    }

    package var duration: Duration { .seconds(rawValue) }

    /// How far back the steps reach.
    package var reach: Duration { .seconds(rawValue * count) }
}

/// Which statistics are wanted: the newest steps of a length.
package struct StatisticsQuery: Sendable, Equatable {
    package let step: StatisticsStep
    /// How many steps; at least one, at most ``StatisticsStep/count``.
    package let count: Int

    /// - Parameter count: limited to what is kept.
    package init(_ step: StatisticsStep, count: Int) {
        self.step = step
        self.count = min(max(1, count), step.count)
    }

    /// The steps of a window, of the shortest length that reaches so far back.
    /// - Parameter shortest: the shortest length that there is.
    /// - Returns: nil if the window is not positive, or longer than 48 hours.
    package init?(window: Duration, notShorterThan shortest: StatisticsStep = .second) {
        let lengths = StatisticsStep.allCases.filter { $0.rawValue >= shortest.rawValue }
        guard let step = lengths.first(where: { window <= $0.reach }) else { return nil }
        self.init(window: window, step)
    }

    /// The steps of a window, rounded up.
    /// - Returns: nil if the window is not positive, or longer than the steps reach back.
    package init?(window: Duration, _ step: StatisticsStep) {
        guard window > .zero, window <= step.reach else { return nil }
        let seconds = window.components.seconds + (window.components.attoseconds > 0 ? 1 : 0)
        // Safe: the reach is at most two days.
        self.init(step, count: (Int(seconds) + step.rawValue - 1) / step.rawValue)
    }
}
