import Events
import Foundation

/// A time scale on which milliseconds and days can be seen beside each other: each stretch between two events is as wide as the
/// logarithm of its duration.
struct StretchedTime: Sendable, Equatable {
    /// Ascending, without duplicates.
    let times: [Timestamp]
    /// Share of the width of each time, 0 to 1.
    let shares: [Double]

    init(_ times: [Timestamp]) {
        let sorted = Set(times).sorted()
        var positions: [Double] = []
        var position = 0.0
        for (index, time) in sorted.enumerated() {
            if index > 0 {
                let milliseconds = Double(max((time - sorted[index - 1]).wholeMilliseconds, 0))
                position += 1 + log2(1 + milliseconds / 50)
            }
            positions.append(position)
        }
        self.times = sorted
        let width = position
        shares = positions.map { width > 0 ? $0 / width : 0 }
    }

    /// Where a time is: one of ``times``, or between its neighbours.
    func share(_ time: Timestamp) -> Double {
        guard let next = times.firstIndex(where: { $0 >= time }) else { return shares.last ?? 0 }
        guard times[next] != time, next > 0 else { return shares[next] }
        let whole = Double((times[next] - times[next - 1]).wholeMilliseconds)
        let part = Double((time - times[next - 1]).wholeMilliseconds)
        return shares[next - 1] + (shares[next] - shares[next - 1]) * part / whole
    }
}
