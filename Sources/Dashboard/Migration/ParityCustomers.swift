import Events
package import Parity

/// The customers that findings of a comparison are about, those with the most wrong bills first.
package struct ParityCustomers: Sendable {
    let rows: [Row]
    let hasRows: Bool
    /// Whether there may be more than are shown.
    let isCut: Bool
    let count: String

    /// One customer at one provider.
    struct Row: Sendable {
        let id: String
        /// The findings of the customer; nil for events without one.
        let findingsHref: String?
        let provider: String
        let billed: String
        let isBilledWrong: Bool
        let findings: String
    }

    /// Maximum number of rows.
    package static let most = 50

    /// - Parameter customers: at most ``most``.
    package init(_ customers: [ParityCustomer], of run: ParityRun) {
        let path = "/dashboard/migration/runs/\(run.id)"
        rows = customers.map { customer in
            let filter: [(name: String, value: String?)] = [
                ("provider", customer.provider.rawValue), ("customer_id", customer.customerID),
            ]
            return Row(
                id: customer.customerID ?? "",
                findingsHref: customer.customerID.map { _ in PageLink.address(path, filter) + "#findings" },
                provider: customer.provider.rawValue,
                billed: PlainNumbers.count(customer.billed),
                isBilledWrong: customer.billed > 0,
                findings: PlainNumbers.count(customer.findings)
            )
        }
        hasRows = !rows.isEmpty
        isCut = customers.count >= Self.most
        count = PlainNumbers.count(Self.most)
    }
}
