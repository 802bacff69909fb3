/// What the requests carry that have left and have no result yet.
struct InFlight: Sendable {
    private(set) var requests = 0
    private(set) var bytes = 0
    /// How many of the requests carry an event that is known to fail.
    private(set) var suspects = 0
    /// How many carry events for which the account was refused.
    private(set) var accused = 0

    mutating func left(_ batch: DeliveryBatch) {
        count(batch, 1)
    }

    mutating func ended(_ batch: DeliveryBatch) {
        count(batch, -1)
    }

    private mutating func count(_ batch: DeliveryBatch, _ change: Int) {
        requests += change
        bytes += change * batch.bytes
        switch batch.standing {
        case .fresh, .repeated: break
        case .suspect: suspects += change
        case .accused: accused += change
        }
    }
}
