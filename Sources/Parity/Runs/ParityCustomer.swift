package import Events

/// How many findings of a run are about one customer at one provider.
package struct ParityCustomer: Sendable, Equatable {
    /// Nil: events without a customer.
    package let customerID: String?
    package let provider: ProviderName
    package let findings: Int
    /// Those among them whose cause makes the customer's bill wrong: ``Cause/Urgency/money``.
    package let billed: Int

    package init(customerID: String?, provider: ProviderName, findings: Int, billed: Int) {
        self.customerID = customerID
        self.provider = provider
        self.findings = findings
        self.billed = billed
    }
}

extension Cause {
    /// The causes that make a bill wrong.
    package static let billing = allCases.filter { $0.urgency == .money }
}
