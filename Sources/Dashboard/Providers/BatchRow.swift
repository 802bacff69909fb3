/// How many requests carried about as many events.
struct BatchRow: Sendable {
    let events: String
    let requests: String
    /// Of all requests, from 0 to 100.
    let percent: Int

    /// One row for each doubling.
    static func rows(_ sizes: [(most: Int, requests: Int)]) -> [BatchRow] {
        let total = sizes.reduce(0.0) { $0 + Double(max(0, $1.requests)) }
        return sizes.map { size in
            BatchRow(
                events: label(size.most),
                requests: PlainNumbers.count(size.requests),
                // Safe: from 0 to 100.
                percent: total > 0 ? Int((100 * Double(max(0, size.requests)) / total).rounded()) : 0
            )
        }
    }

    /// `1`, `2`, `3 to 4`, `5 to 8`.
    private static func label(_ most: Int) -> String {
        most <= 2 ? "\(most)" : "\(PlainNumbers.count(most / 2 + 1)) to \(PlainNumbers.count(most))"
    }
}
