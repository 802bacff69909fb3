package import Events
package import Journal

/// The figures of all gateways of a journal, added up step by step. Pure: it is told the time.
package struct FiguresHistory: Sendable {
    /// How long after its end a step is shown: by then all gateways have left their figures.
    package static let delay = Duration.seconds(12)
    /// A gateway without figures for so long does not report.
    package static let silence = Duration.seconds(45)
    /// A gateway that has not reported for longer than this has gone.
    package static let memory = Duration.seconds(600)

    /// Starts of steps, in milliseconds since 1970, with which no sum overflows.
    private static let range: ClosedRange<Int64> = 0...(1 << 53)

    private struct Step: Sendable {
        var whole = PackedPoint.empty
        var providers: [ProviderName: PackedPoint] = [:]
    }

    private var steps: [StatisticsStep: [Int64: Step]] = [:]
    private var gateways: [Int64: (name: String, last: Timestamp)] = [:]

    package init() {}

    /// Takes figures of all gateways: those of each step are all that there are of it.
    package mutating func put(_ rows: [KeptFigures], of length: StatisticsStep) {
        let known = rows.filter { Self.range.contains($0.figures.start.milliseconds) }
        for (number, rows) in Dictionary(grouping: known, by: { Self.number(length, $0.figures.start) }) {
            put(rows.compactMap { GatewayFigures(json: $0.figures.content) }, of: length, at: number)
            for row in rows {
                let last = row.figures.start + length.duration
                if last > gateways[row.gateway]?.last ?? Timestamp(milliseconds: .min) {
                    gateways[row.gateway] = (row.gatewayName, last)
                }
            }
        }
    }

    /// Takes figures of this gateway that the others cannot have read yet; they count until those of all gateways are there.
    package mutating func put(own figures: StepFigures) {
        guard let length = StatisticsStep(rawValue: figures.seconds) else { return }
        let number = Self.number(length, figures.start)
        guard steps[length]?[number] == nil, let own = GatewayFigures(json: figures.content) else { return }
        put([own], of: length, at: number)
    }

    private mutating func put(_ figures: [GatewayFigures], of length: StatisticsStep, at number: Int64) {
        let sum = GatewayFigures.sum(figures)
        var step = Step()
        step.whole.add(sum.whole)
        for (name, point) in sum.providers.sorted(by: { $0.key < $1.key }).prefix(StatisticsRing.mostProviders) {
            var packed = PackedPoint.empty
            packed.add(point)
            step.providers[name] = packed
        }
        steps[length, default: [:]][number] = step
    }

    /// Forgets what nobody can ask for any more.
    package mutating func forget(at now: Timestamp) {
        for length in StatisticsStep.allCases {
            let oldest = Self.number(length, now) - Int64(length.count) - 2
            steps[length] = steps[length]?.filter { $0.key >= oldest }
        }
        gateways = gateways.filter { now - $0.value.last <= Self.memory }
    }

    private static func number(_ length: StatisticsStep, _ time: Timestamp) -> Int64 {
        time.milliseconds / (Int64(length.rawValue) * 1000)
    }

    /// The steps that a query wants: the newest ones for which all gateways have had the time to report.
    package func report(_ query: StatisticsQuery, at now: Timestamp) -> StatisticsReport {
        let kept = steps[query.step] ?? [:]
        let end = Self.number(query.step, now + (.zero - Self.delay))
        let numbers = (end - Int64(query.count))..<end
        let names = Set(numbers.flatMap { kept[$0].map { Array($0.providers.keys) } ?? [] })
        let length = Int64(query.step.rawValue) * 1000
        let oldest = steps.compactMap { length, steps in
            steps.keys.min().map { $0 * Int64(length.rawValue) * 1000 }
        }
        return StatisticsReport(
            since: oldest.min().map { Timestamp(milliseconds: $0) } ?? now,
            from: Timestamp(milliseconds: numbers.lowerBound * length),
            step: query.step,
            whole: numbers.map { kept[$0]?.whole.point },
            providers: names.sorted().map { name in
                StatisticsReport.Series(provider: name, points: numbers.map { kept[$0]?.providers[name]?.point })
            },
            gateways: reports(at: now)
        )
    }

    /// One entry a name: a gateway that was started again is the same to people.
    private func reports(at now: Timestamp) -> [StatisticsReport.Gateway] {
        var latest: [String: Timestamp] = [:]
        for gateway in gateways.values {
            latest[gateway.name] = max(latest[gateway.name] ?? gateway.last, gateway.last)
        }
        return latest.sorted { $0.key < $1.key }.map { name, last in
            StatisticsReport.Gateway(name: name, lastReport: last, isSilent: now - last > Self.silence)
        }
    }
}
