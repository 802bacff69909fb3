/// The scale of a chart's values: from zero to a round number above the highest.
struct ValueAxis: Sendable, Equatable {
    /// The distance of two lines.
    let step: Double
    /// How many lines there are above zero.
    let lines: Int

    /// - Parameters:
    ///   - highest: the highest value; nil if there is none.
    ///   - unit: counts have no lines between integers.
    init(highest: Double?, unit: ChartUnit) {
        let highest = min(max(highest ?? 0, 0), 1e18)
        step = highest > 0 ? Self.steps(unit).first { $0 * 3 >= highest } ?? 1e18 : 1
        lines = highest == 0 ? 1 : max(1, Int(min((highest / step).rounded(.up), 3)))
    }

    /// 1, 2, 5, 10 …, of which the first is taken with which three lines are enough.
    private static func steps(_ unit: ChartUnit) -> [Double] {
        let fractions = unit == .count ? [] : [0.01, 0.02, 0.05, 0.1, 0.2, 0.5]
        var (steps, power) = (fractions, 1.0)
        while power < 1e18 {
            steps += [power, power * 2, power * 5]
            power *= 10
        }
        return steps
    }

    /// The value at the top.
    var top: Double { step * Double(lines) }

    /// The values of the lines, zero first.
    var ticks: [Double] { (0...lines).map { step * Double($0) } }
}
