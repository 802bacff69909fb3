package import Events
package import OfRecord

/// From when on a backfill takes the events of each customer.
package struct BackfillStarts: Sendable, Equatable {
    /// By the customer's id, or the subscription's where events have no other.
    package let customers: [String: Timestamp]
    /// Of all others; nil: nothing of theirs is taken.
    package let otherwise: Timestamp?

    /// Customers with starts of their own, at most.
    package static let most = 10_000

    package init(customers: [String: Timestamp], otherwise: Timestamp? = nil) {
        self.customers = customers
        self.otherwise = otherwise
    }

    /// The starts of the billing periods that run.
    /// - Returns: nil if more than ``most`` customers have periods of their own.
    package init?(ofPeriodsAt now: Timestamp, in boundaries: BillingBoundaries) {
        guard boundaries.count <= Self.most else { return nil }
        var starts: [String: Timestamp] = [:]
        for customer in boundaries.customers {
            starts[customer.rawValue] = Self.start(of: boundaries.cycle(of: customer), at: now)
        }
        self.init(customers: starts, otherwise: Self.start(of: boundaries.otherwise, at: now))
    }

    private static func start(of cycle: BillingCycle, at now: Timestamp) -> Timestamp {
        cycle.boundary(through: now) ?? Timestamp(milliseconds: Timestamp.range.lowerBound)
    }

    /// The first of all; nil if there is none.
    package var earliest: Timestamp? {
        let first = customers.values.min()
        return otherwise.map { min($0, first ?? $0) } ?? first
    }

    /// Whether an event is taken.
    func takes(_ event: AcceptedEvent) -> Bool {
        let customer = event.customerID ?? event.subscriptionID
        let start = customer.flatMap { customers[$0] } ?? otherwise
        return start.map { $0 <= event.timestamp } ?? false
    }
}
