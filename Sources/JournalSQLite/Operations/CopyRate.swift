/// Keeps a copy to a rate, so that it leaves the disk to a gateway that runs. Told the time, it returns how long to wait.
struct CopyRate: Sendable, Equatable {
    /// Nil: as fast as possible.
    let bytesPerSecond: Int?
    private let start: ContinuousClock.Instant
    private var bytes = 0

    init(bytesPerSecond: Int?, from start: ContinuousClock.Instant) {
        precondition(bytesPerSecond.map { $0 > 0 } ?? true, "a copy without bytes never ends")
        self.bytesPerSecond = bytesPerSecond
        self.start = start
    }

    /// Notes that so much was copied.
    /// - Returns: how long to wait before more is.
    mutating func copied(_ count: Int, at now: ContinuousClock.Instant) -> Duration {
        guard let bytesPerSecond else { return .zero }
        bytes += count
        let due = start + .seconds(Double(bytes) / Double(bytesPerSecond))
        return max(.zero, due - now)
    }
}
