package import Events
package import Journal

/// Makes steps that begin at the same times at all gateways of what the counters of one say. Pure: it is told the time.
package struct FiguresCollector: Sendable {
    /// The lengths of the steps that gateways share.
    package static let steps: [StatisticsStep] = [.tenSeconds, .minute]

    /// A step that is not over.
    private struct Open: Sendable {
        let length: StatisticsStep
        /// Its start, in steps since 1970.
        var number: Int64
        var begin: StatisticsSample
        var worst: [ProviderName: CircuitState] = [:]
    }

    private var open: [Open]
    private var latest = StatisticsSample()

    /// Begins now, when nothing is counted.
    package init(at now: Timestamp) {
        open = Self.steps.map { Open(length: $0, number: Self.number($0, now), begin: StatisticsSample()) }
    }

    private static func number(_ step: StatisticsStep, _ time: Timestamp) -> Int64 {
        // Down to the start of the step, also before 1970.
        let length = Int64(step.rawValue) * 1000
        let number = time.milliseconds / length
        return time.milliseconds % length < 0 ? number - 1 : number
    }

    /// Takes what the counters say.
    /// - Returns: the steps that have ended.
    package mutating func add(_ sample: StatisticsSample, at now: Timestamp) -> [StepFigures] {
        var over: [StepFigures] = []
        for index in open.indices {
            let number = Self.number(open[index].length, now)
            if number != open[index].number {
                over.append(Self.figures(of: open[index], until: latest))
                open[index] = Open(length: open[index].length, number: number, begin: latest)
            }
            for (name, counters) in sample.providers {
                guard let circuit = counters.circuit else { continue }
                open[index].worst[name] = max(open[index].worst[name] ?? circuit, circuit)
            }
        }
        latest = sample
        return over
    }

    /// The steps that are not over, as far as they are counted: the gateway ends.
    package mutating func finish() -> [StepFigures] {
        let last = open.map { Self.figures(of: $0, until: latest) }
        for index in open.indices { open[index].begin = latest }
        return last
    }

    private static func figures(of open: Open, until latest: StatisticsSample) -> StepFigures {
        let figures = GatewayFigures(from: open.begin, to: latest, worst: open.worst)
        let length = Int64(open.length.rawValue) * 1000
        let (start, overflows) = open.number.multipliedReportingOverflow(by: length)
        return StepFigures(
            seconds: open.length.rawValue,
            start: Timestamp(milliseconds: overflows ? 0 : start),
            content: figures.json
        )
    }
}
