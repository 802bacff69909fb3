/// How fast a provider takes events, from its counter over the last minutes.
struct DeliveryPace: Sendable {
    private struct Mark {
        let instant: ContinuousClock.Instant
        let delivered: Int
    }

    /// Oldest first, at most ``mostMarks``.
    private var marks: [Mark] = []

    private static let spacing = Duration.seconds(30)
    private static let mostMarks = 20

    mutating func observe(_ delivered: Int, at now: ContinuousClock.Instant) {
        if let last = marks.last, delivered < last.delivered { marks = [] }
        if let last = marks.last, now - last.instant < Self.spacing { return }
        if marks.count == Self.mostMarks { marks.removeFirst() }
        marks.append(Mark(instant: now, delivered: delivered))
    }

    /// How long so many events take at this pace; nil if none is delivered, or that is not known yet.
    func time(for events: Int, _ delivered: Int, at now: ContinuousClock.Instant) -> Duration? {
        guard let first = marks.first, delivered > first.delivered, now > first.instant else { return nil }
        let perSecond = Double(delivered - first.delivered) / ((now - first.instant) / .seconds(1))
        // A century is as good as never, and far from an overflow.
        return .seconds(min(Double(events) / perSecond, 3_153_600_000))
    }
}
