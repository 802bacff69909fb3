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

    /// The indices of the lowest and of the highest value of a piece, in their order; one if they are the same, none in a gap.
    static func extremes(_ values: [Double?], in piece: Range<Int>) -> [Int] {
        var (low, high): (Int?, Int?) = (nil, nil)
        for index in piece.clamped(to: values.indices) {
            guard let value = values[index] else { continue }
            if low.flatMap({ values[$0] }).map({ value < $0 }) ?? true { low = index }
            if high.flatMap({ values[$0] }).map({ value > $0 }) ?? true { high = index }
        }
        guard let low, let high else { return [] }
        return low == high ? [low] : [min(low, high), max(low, high)]
    }

    /// Indices of the values to draw, in stretches without gaps.
    /// - Parameter limit: maximum number of values drawn.
    static func stretches(_ values: [Double?], limit: Int = Thinning.limit) -> [[Int]] {
        var stretches: [[Int]] = []
        var current: [Int] = []
        for piece in pieces(of: values.count, limit: limit) {
            let indices = extremes(values, in: piece)
            if indices.isEmpty {
                if !current.isEmpty { stretches.append(current) }
                current = []
            } else {
                current += indices
            }
        }
        return current.isEmpty ? stretches : stretches + [current]
    }
}
