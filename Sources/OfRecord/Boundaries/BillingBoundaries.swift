package import Events

/// A customer as events name it: by the customer's ID, or by the subscription's where they have no other.
package typealias CustomerID = Identifier<CustomerSubject>

/// Tells ``CustomerID`` from other identifiers.
package enum CustomerSubject {}

/// When the billing periods of all customers begin.
package struct BillingBoundaries: Sendable, Equatable {
    private let cycles: [CustomerID: BillingCycle]
    /// Of all others.
    package let otherwise: BillingCycle

    /// - Parameters:
    ///   - cycles: of the customers that have one of their own.
    ///   - otherwise: of all others.
    package init(_ cycles: [CustomerID: BillingCycle] = [:], otherwise: BillingCycle = BillingCycle()) {
        self.cycles = cycles
        self.otherwise = otherwise
    }

    /// The number of customers with periods of their own.
    package var count: Int { cycles.count }

    /// The customers with periods of their own, in no order.
    package var customers: some Collection<CustomerID> { cycles.keys }

    /// The periods of one customer.
    package func cycle(of customer: CustomerID) -> BillingCycle { cycles[customer] ?? otherwise }

    /// When the last customer's period begins that begins first at a time or after it; nil if one has none.
    package func lastBoundary(from time: Timestamp) -> Timestamp? {
        let before = time + .milliseconds(-1)
        guard var last = otherwise.boundary(after: before) else { return nil }
        for cycle in cycles.values {
            guard let boundary = cycle.boundary(after: before) else { return nil }
            last = max(last, boundary)
        }
        return last
    }
}
