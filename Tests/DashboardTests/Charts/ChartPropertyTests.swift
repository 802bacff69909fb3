import Events
import Randomness
import Testing

@testable import Dashboard

/// What holds for charts of any values.
@Suite struct ChartPropertyTests {
    private static func values(_ random: inout SplitMix) -> [Double?] {
        let count = Int.random(in: 0...1500, using: &random)
        let gaps = Int.random(in: 2...20, using: &random)
        return (0..<count).map { _ in
            Int.random(in: 0..<gaps, using: &random) == 0 ? nil : Double(Int.random(in: 0...50, using: &random))
        }
    }

    @Test(arguments: 1...40)
    func `a thinned series keeps its peak and its dip, and draws only what was measured, in order`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let values = Self.values(&random)
        let stretches = Thinning.stretches(values)
        let drawn = stretches.flatMap(\.self)
        #expect(drawn.count <= 300 && zip(drawn, drawn.dropFirst()).allSatisfy { $0 < $1 })
        #expect(stretches.allSatisfy { !$0.isEmpty })
        let shown = drawn.compactMap { values[$0] }
        let known = values.compactMap(\.self)
        #expect(shown.count == drawn.count && shown.max() == known.max() && shown.min() == known.min())
        guard values.count <= 300 else { return }
        // Nothing is left out of a short series, and no line is drawn over a gap.
        #expect(shown == known)
        for stretch in stretches {
            let first = stretch.first ?? 0
            #expect(stretch == Array(first..<(first + stretch.count)))
            #expect(first == 0 || values[first - 1] == nil)
        }
    }

    @Test(arguments: 1...40)
    func `the extremes of a piece are its first lowest and its first highest value`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let values = Self.values(&random)
        for _ in 0..<50 {
            let start = Int.random(in: 0...max(values.count, 1), using: &random)
            let piece = start..<(start + Int.random(in: 0...40, using: &random))
            let inside = piece.filter { values.indices.contains($0) && values[$0] != nil }
            let found = Thinning.extremes(values, in: piece)
            let low = inside.min { (values[$0] ?? 0, $0) < (values[$1] ?? 0, $1) }
            let high = inside.max { (values[$0] ?? 0, -$0) < (values[$1] ?? 0, -$1) }
            #expect(found?.low == low && found?.high == high)
        }
    }

    @Test(arguments: 1...40)
    func `an axis reaches above all values with at most three lines, on integers where things are counted`(seed: UInt64)
    {
        var random = SplitMix(seed: seed)
        for unit in [ChartUnit.count, .perSecond, .milliseconds, .seconds] {
            for _ in 0..<50 {
                let exponent = Double(Int.random(in: -4...19, using: &random))
                let highest = Double.random(in: 0...10, using: &random) * pow10(exponent)
                let axis = ValueAxis(highest: highest, unit: unit)
                #expect((1...3).contains(axis.lines) && axis.step > 0)
                #expect(axis.top >= min(highest, 1e18) * 0.999_999)
                #expect(axis.ticks.count == axis.lines + 1 && axis.ticks.first == 0 && axis.ticks.last == axis.top)
                // No line is needless: below the last one, something is higher.
                #expect(axis.lines == 1 || axis.step * Double(axis.lines - 1) < highest)
                if unit == .count { #expect(axis.step == axis.step.rounded()) }
            }
        }
        for odd in [nil, 0, -5, -.infinity] as [Double?] {
            #expect(ValueAxis(highest: odd, unit: .count).ticks == [0, 1])
        }
    }

    private func pow10(_ exponent: Double) -> Double {
        (0..<Int(exponent.magnitude)).reduce(1.0) { power, _ in exponent < 0 ? power / 10 : power * 10 }
    }

    @Test(arguments: 1...40)
    func `the times along a chart are round, in order, and within it`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for _ in 0..<30 {
            let start = Timestamp(milliseconds: Int64.random(in: -100_000_000_000...2_000_000_000_000, using: &random))
            let step = Duration.seconds([1, 10, 60, 3600, 86_400].randomElement(using: &random) ?? 1)
            let times = ChartTimes(start: start, step: step, count: Int.random(in: 2...1500, using: &random))
            let ticks = TimeAxis(times).ticks
            #expect(ticks.count <= 7)
            #expect(ticks.allSatisfy { (0...1).contains($0.share) })
            #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0.share < $1.share })
            #expect(ticks.allSatisfy { [5, 8].contains($0.label.utf8.count) })
            // Between two ticks there is the same time everywhere.
            let gaps = zip(ticks, ticks.dropFirst()).map { $1.share - $0.share }
            if let least = gaps.min(), let most = gaps.max() { #expect(most - least < 1e-9) }
        }
    }

    @Test(arguments: 1...40)
    func `a stretched scale keeps the order of times, from 0 to 1`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var times = (0..<Int.random(in: 2...30, using: &random)).map { _ in
            Timestamp(
                milliseconds: Int64.random(in: 0...(1 << Int64.random(in: 1...40, using: &random)), using: &random)
            )
        }
        times += times.prefix(3)
        if seed % 5 == 0 { times += [Timestamp(milliseconds: .min), Timestamp(milliseconds: .max)] }
        let scale = StretchedTime(times.shuffled(using: &random))
        #expect(scale.times == Set(times).sorted() && scale.shares.count == scale.times.count)
        guard scale.times.count > 1 else { return }
        #expect(scale.shares.first == 0 && scale.shares.last == 1)
        #expect(zip(scale.shares, scale.shares.dropFirst()).allSatisfy { $0 < $1 })
        for (time, share) in zip(scale.times, scale.shares) { #expect(scale.share(time) == share) }
        // Any other time lies between its neighbours.
        let points = Array(zip(scale.times, scale.shares))
        for _ in 0..<50 {
            let time = Timestamp(milliseconds: Int64.random(in: -10...(1 << 41), using: &random))
            let share = scale.share(time)
            let before = points.last { $0.0 <= time }?.1 ?? 0
            let after = points.first { $0.0 >= time }?.1 ?? 1
            #expect(share >= before - 1e-12 && share <= after + 1e-12)
        }
    }

    @Test(arguments: [Int.min, -9, -1, 0, 7, 8, Int.max])
    func `a series has one of eight slots, and only values that can be drawn`(slot: Int) {
        let series = ChartSeries(
            name: "a",
            slot: slot,
            values: [nil, .nan, .infinity, -.infinity, -1, 0, 5, 1e300, 5, nil]
        )
        #expect((0..<8).contains(series.slot))
        #expect(series.values == [nil, nil, nil, nil, 0, 0, 5, 1e18, 5, nil])
        #expect(series.latest == nil && series.peak?.index == 7 && series.peak?.value == 1e18)
        #expect(ChartSeries(name: "a", slot: slot, values: []).latest == nil)
    }
}
