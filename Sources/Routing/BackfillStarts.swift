package import Events
package import OfRecord

/// From when on a backfill takes the events of each customer.
package struct BackfillStarts: Sendable, Equatable {
    /// By the customer's id, or the subscription's where events have no other.
    package let customers: [CustomerID: Timestamp]
    /// Of all others; nil: nothing of theirs is taken.
    package let otherwise: Timestamp?

    /// Customers with starts of their own, at most.
    package static let most = 10_000

    package init(customers: [CustomerID: Timestamp], otherwise: Timestamp? = nil) {
        self.customers = customers
        self.otherwise = otherwise
    }

    /// The starts of the billing periods that run.
    /// - Returns: nil if more than ``most`` customers have periods of their own.
    package init?(ofPeriodsAt now: Timestamp, in boundaries: BillingBoundaries) {
        guard boundaries.count <= Self.most else { return nil }
        var starts: [CustomerID: Timestamp] = [:]
        for customer in boundaries.customers {
            starts[customer] = Self.start(of: boundaries.cycle(of: customer), at: now)
        }
        self.init(customers: starts, otherwise: Self.start(of: boundaries.otherwise, at: now))
    }

    private static func start(of cycle: BillingCycle, at now: Timestamp) -> Timestamp {
        cycle.boundary(through: now) ?? Timestamp(milliseconds: Timestamp.range.lowerBound)
    }

    /// Of a customer of whom nothing is taken although others have a start.
    package static let never = Timestamp(milliseconds: Timestamp.range.upperBound)

    /// The first of all; nil if there is none.
    package var earliest: Timestamp? {
        let first = customers.values.filter { $0 < Self.never }.min()
        return otherwise.map { min($0, first ?? $0) } ?? first
    }

    /// Customers of whom nothing is taken.
    package var leftOut: Int { customers.values.count { $0 == Self.never } }

    /// Those of some customers alone.
    /// - Parameter ids: of the customers; empty: all.
    package func limited(to ids: [String]) -> BackfillStarts {
        guard !ids.isEmpty else { return self }
        let ids = ids.map { CustomerID($0) }
        let own = Dictionary(ids.compactMap { id in customers[id].map { (id, $0) } }) { first, _ in first }
        // Whoever has no start of his own has that of all others.
        return BackfillStarts(customers: own, otherwise: ids.allSatisfy { own[$0] != nil } ? nil : otherwise)
    }

    /// Whose starts lie before a time; nil if none does.
    package func incomplete(before time: Timestamp) -> IncompletePeriods? {
        let early = customers.filter { $0.value < time }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        let others = otherwise.flatMap { $0 < time ? $0 : nil }
        guard !early.isEmpty || others != nil else { return nil }
        return IncompletePeriods(
            customers: early.count,
            examples: early.prefix(IncompletePeriods.mostExamples).map {
                IncompletePeriods.Example(customerID: $0.key.rawValue, start: $0.value)
            },
            others: others,
            earliest: time
        )
    }

    /// The same without the customers whose starts lie before a time.
    package func leavingOut(before time: Timestamp) -> BackfillStarts {
        BackfillStarts(
            customers: customers.mapValues { $0 < time ? Self.never : $0 },
            otherwise: otherwise.flatMap { $0 < time ? nil : $0 }
        )
    }

    /// Whether an event is taken.
    func takes(_ event: AcceptedEvent) -> Bool {
        let customer = event.customerID ?? event.subscriptionID
        let start = customer.flatMap { customers[CustomerID($0)] } ?? otherwise
        return start.map { $0 <= event.timestamp } ?? false
    }
}

/// Customers whose running billing period began before the oldest events that the journal has, so that a backfill would leave their bills
/// incomplete.
package struct IncompletePeriods: Sendable, Equatable {
    /// One of the customers.
    package struct Example: Sendable, Equatable {
        package let customerID: String
        /// Of the period.
        package let start: Timestamp

        package init(customerID: String, start: Timestamp) {
            self.customerID = customerID
            self.start = start
        }
    }

    /// How many customers with periods of their own.
    package let customers: Int
    /// Some of them, those first whose periods began first; empty for a client that must not see them.
    package let examples: [Example]
    /// When the period of all customers without one of their own began, if that is too early as well.
    package let others: Timestamp?
    /// From when on the journal has events.
    package let earliest: Timestamp

    static let mostExamples = 5

    package init(customers: Int, examples: [Example], others: Timestamp?, earliest: Timestamp) {
        self.customers = customers
        self.examples = examples
        self.others = others
        self.earliest = earliest
    }

    /// Whose periods they are, as text, such as `the running billing periods of 2 customers (c1 from …, c2 from …)`.
    package var subject: String {
        var parts: [String] = []
        if customers > 0 {
            let named = examples.map { "\($0.customerID.prefix(60)) from \($0.start.rfc3339)" }
            let more = customers > examples.count ? ", and \(customers - examples.count) more" : ""
            let names = named.isEmpty ? "" : " (\(named.joined(separator: ", "))\(more))"
            parts.append("\(customers) customer\(customers == 1 ? "" : "s")\(names)")
        }
        if let others { parts.append("all customers without a period of their own (from \(others.rfc3339))") }
        return parts.joined(separator: " and of ")
    }
}
