/// Leaves so many values that a screen can show, and none of the peaks.
enum Thinning {
    /// Maximum number of values drawn of a series.
    static let limit = 300

    /// Equal pieces of a series, of which each is drawn as its lowest and its highest value. One value per piece if there are few.
    /// - Parameter limit: maximum number of values drawn.
    static func pieces(of count: Int, limit: Int = Thinning.limit) -> [Range<Int>] {
        guard count > limit else { return (0..<max(count, 0)).map { $0..<($0 + 1) } }
        return pieces(of: count, into: limit / 2)
    }

    /// Equal pieces, of which each is drawn as one value.
    static func columns(of count: Int) -> [Range<Int>] {
        count > limit ? pieces(of: count, into: limit) : pieces(of: count)
    }

    private static func pieces(of count: Int, into number: Int) -> [Range<Int>] {
        (0..<number).map { ($0 * count / number)..<(($0 + 1) * count / number) }
    }

    /// The indices of the lowest and of the highest value of a piece, the first ones if there are several; nil in a gap.
    static func extremes(_ values: [Double?], in piece: Range<Int>) -> (low: Int, high: Int)? {
        var found: (low: Int, high: Int)?
        var (lowest, highest) = (0.0, 0.0)
        for index in piece.clamped(to: values.indices) {
            guard let value = values[index] else { continue }
            guard let known = found else {
                (found, lowest, highest) = ((index, index), value, value)
                continue
            }
            if value < lowest { (found, lowest) = ((index, known.high), value) }
            if value > highest { (found, highest) = ((known.low, index), value) }
        }
        return found
    }

    /// Indices of the values to draw, in stretches without gaps.
    /// - Parameter limit: maximum number of values drawn.
    static func stretches(_ values: [Double?], limit: Int = Thinning.limit) -> [[Int]] {
        var stretches: [[Int]] = []
        var current: [Int] = []
        for piece in pieces(of: values.count, limit: limit) {
            guard let (low, high) = extremes(values, in: piece) else {
                if !current.isEmpty { stretches.append(current) }
                current = []
                continue
            }
            // In their order; one if they are the same.
            current.append(min(low, high))
            if low != high { current.append(max(low, high)) }
        }
        return current.isEmpty ? stretches : stretches + [current]
    }
}
