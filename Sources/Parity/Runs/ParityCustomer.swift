package import Events

/// How many findings of a run are about one customer at one provider.
package struct ParityCustomer: Sendable, Equatable {
    /// What a list of customers is sorted by, the most first.
    package enum Order: String, Sendable, CaseIterable {
        /// What the differences of the bill cost.
        case money
        case wrongBills = "wrong_bills"
        case findings
    }

    /// Nil: events without a customer.
    package let customerID: String?
    package let provider: ProviderName
    package let findings: Int
    /// Those among them whose cause makes the customer's bill wrong: ``Cause/Urgency/money``.
    package let billed: Int
    /// What they cost, by currency; none where the vendor tells no amounts.
    package var differences: [BillDifference]

    package init(
        customerID: String?,
        provider: ProviderName,
        findings: Int,
        billed: Int,
        differences: [BillDifference] = []
    ) {
        self.customerID = customerID
        self.provider = provider
        self.findings = findings
        self.billed = billed
        self.differences = differences
    }

    /// Sorts customers, each of which comes in the order of wrong bills.
    ///
    /// Amounts of several currencies are not converted: a customer with several counts by the largest number.
    package static func sorted(_ customers: [ParityCustomer], by order: Order) -> [ParityCustomer] {
        func keys(_ customer: ParityCustomer) -> [Int64] {
            let money = customer.differences.map(\.millionths).max() ?? 0
            return switch order {
            case .money: [money, Int64(customer.billed), Int64(customer.findings)]
            case .wrongBills: [Int64(customer.billed), Int64(customer.findings)]
            case .findings: [Int64(customer.findings), Int64(customer.billed)]
            }
        }
        let keyed = customers.enumerated().map { (place: $0.offset, keys: keys($0.element), customer: $0.element) }
        return keyed.sorted { left, right in
            for (one, other) in zip(left.keys, right.keys) where one != other { return one > other }
            return left.place < right.place
        }.map(\.customer)
    }
}

/// What one finding says of the money that a bill is wrong by.
package struct MoneyFinding: Sendable, Equatable {
    package let customerID: String?
    package let provider: ProviderName
    /// Some of them with the kind ``ContentDifference/Kind/money``.
    package let differences: [ContentDifference]

    package init(customerID: String?, provider: ProviderName, differences: [ContentDifference]) {
        self.customerID = customerID
        self.provider = provider
        self.differences = differences
    }
}

extension ParityCustomer {
    /// The customers with what their bills are wrong by.
    package static func adding(_ findings: [MoneyFinding], to customers: [ParityCustomer]) -> [ParityCustomer] {
        struct Bill: Hashable {
            let customer: ExactText?
            let provider: ProviderName
        }
        let bills = Dictionary(grouping: findings) { Bill(customer: $0.customerID?.exact, provider: $0.provider) }
        return customers.map { customer in
            var customer = customer
            let found = bills[Bill(customer: customer.customerID?.exact, provider: customer.provider)] ?? []
            customer.differences = BillDifference.sums(found.flatMap(\.differences))
            return customer
        }
    }
}

extension Cause {
    /// The causes that make a bill wrong.
    package static let billing = allCases.filter { $0.urgency == .money }
}
