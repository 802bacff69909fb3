/// What the requests in flight carry, and how long retries give way to new events.
struct InFlight: Sendable {
    private(set) var requests = 0
    private(set) var bytes = 0
    /// How many of the requests carry retries.
    private(set) var retries = 0
    /// How many carry events for which the account was refused.
    private(set) var accused = 0
    /// While new events wait, no retry leaves before this time: one that failed slowly has used its share of the time.
    private var retriesRestUntil: ContinuousClock.Instant?

    mutating func left(_ batch: DeliveryBatch) {
        count(batch, 1)
    }

    mutating func ended(_ batch: DeliveryBatch) {
        count(batch, -1)
    }

    /// A retry has failed after this time: at a vendor that hangs on it, one such request can cost as much time as hundreds of others.
    mutating func failed(_ batch: DeliveryBatch, after latency: Duration, at now: ContinuousClock.Instant) {
        guard batch.standing != .fresh else { return }
        retriesRestUntil = now + latency
    }

    /// Whether a request may leave. New events have one slot of their own, which retries that left before the limit was lowered cannot
    /// occupy.
    /// - Parameter ceiling: the limit that is never exceeded.
    func hasPlace(within allowed: Int, of ceiling: Int) -> Bool {
        requests < allowed || (requests == retries && requests < ceiling)
    }

    /// Whether a retry may leave while new events wait: these keep one of the allowed requests, and half of the time if only one is
    /// allowed.
    func allowsRetries(within allowed: Int, at now: ContinuousClock.Instant) -> Bool {
        guard allowed == 1 else { return retries < allowed - 1 }
        return retriesRestUntil.map { $0 <= now } ?? true
    }

    private mutating func count(_ batch: DeliveryBatch, _ change: Int) {
        requests += change
        bytes += change * batch.bytes
        switch batch.standing {
        case .fresh: break
        case .repeated, .suspect: retries += change
        case .accused:
            retries += change
            accused += change
        }
    }
}
