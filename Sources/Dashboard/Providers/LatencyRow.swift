import Events

/// How many requests took about as long.
struct LatencyRow: Sendable {
    let below: String
    let requests: String
    /// Of all requests, from 0 to 100.
    let percent: Int

    /// One row for each doubling.
    static func rows(_ latencies: [(below: Duration, count: Int)]) -> [LatencyRow] {
        let total = latencies.reduce(0.0) { $0 + Double(max(0, $1.count)) }
        return latencies.map { below, count in
            LatencyRow(
                below: below < .milliseconds(1)
                    ? "\(below.wholeMicroseconds) µs" : PlainNumbers.duration(below),
                requests: PlainNumbers.count(count),
                // Safe: from 0 to 100.
                percent: total > 0 ? Int((100 * Double(max(0, count)) / total).rounded()) : 0
            )
        }
    }
}
