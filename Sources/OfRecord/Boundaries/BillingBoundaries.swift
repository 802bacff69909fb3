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

    /// The periods that customers have, each once.
    var distinctCycles: [BillingCycle] {
        var known: Set<BillingCycle.Key> = [otherwise.key]
        return [otherwise] + cycles.values.filter { known.insert($0.key).inserted }
    }
}
