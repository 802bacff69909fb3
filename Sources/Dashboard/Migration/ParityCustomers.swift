import Events
package import Parity

/// The customers that findings of a comparison are about.
package struct ParityCustomers: Sendable {
    let heads: [ColumnHead]
    let rows: [Row]
    let hasRows: Bool
    /// Whether the vendor tells amounts, so that there is a column for them.
    let hasMoney: Bool
    /// Whether there may be more than are shown.
    let isCut: Bool
    let count: String
    /// Describes the order.
    let first: String

    /// One customer at one provider.
    struct Row: Sendable {
        let id: String
        /// The findings of the customer; nil for events without one.
        let findingsHref: String?
        let provider: String
        /// By how much the bill is wrong.
        let money: String
        let billed: String
        let isBilledWrong: Bool
        let findings: String
    }

    /// Maximum number of rows.
    package static let most = 50

    /// - Parameters:
    ///   - customers: at most ``most``, sorted.
    ///   - order: what they are sorted by.
    ///   - address: of the page with another order; nil where the order cannot be chosen.
    package init(
        _ customers: [ParityCustomer],
        of run: ParityRun,
        by order: ParityCustomer.Order = .money,
        address: ((ParityCustomer.Order) -> String)? = nil
    ) {
        let path = "/dashboard/migration/runs/\(run.id)"
        rows = customers.map { Self.row($0, path) }
        hasRows = !rows.isEmpty
        hasMoney = customers.contains { !$0.differences.isEmpty }
        isCut = customers.count >= Self.most
        count = PlainNumbers.count(Self.most)
        // Without amounts the next number decides.
        let current = order == .money && !hasMoney ? .wrongBills : order
        heads = Self.heads(current, hasMoney: hasMoney, address)
        first =
            switch current {
            case .money: "whose bills are wrong by the most money"
            case .wrongBills: "with the most wrong bills"
            case .findings: "with the most differences"
            }
    }

    private static func row(_ customer: ParityCustomer, _ path: String) -> Row {
        let filter: [(name: String, value: String?)] = [
            ("provider", customer.provider.rawValue), ("customer_id", customer.customerID),
        ]
        return Row(
            id: customer.customerID ?? "",
            findingsHref: customer.customerID.map { _ in PageLink.address(path, filter) + "#findings" },
            provider: customer.provider.rawValue,
            money: money(customer.differences),
            billed: PlainNumbers.count(customer.billed),
            isBilledWrong: customer.billed > 0,
            findings: PlainNumbers.count(customer.findings)
        )
    }

    /// `2.00 EUR too little, 3.50 EUR too much`.
    private static func money(_ differences: [BillDifference]) -> String {
        let parts = differences.flatMap { difference -> [String] in
            let sides = [(amount: difference.little, side: "too little"), (amount: difference.much, side: "too much")]
            return sides.filter { $0.amount.minor > 0 }.map { "\($0.amount.text) \(difference.currency) \($0.side)" }
        }
        return parts.isEmpty ? "-" : parts.joined(separator: ", ")
    }

    private static func heads(
        _ current: ParityCustomer.Order,
        hasMoney: Bool,
        _ address: ((ParityCustomer.Order) -> String)?
    ) -> [ColumnHead] {
        func head(_ label: String, _ order: ParityCustomer.Order) -> ColumnHead {
            ColumnHead(label, isNumber: true, sortHref: address?(order), isCurrent: order == current)
        }
        let money = hasMoney ? [head("Money, about", .money)] : []
        return [ColumnHead("Customer"), ColumnHead("Provider")] + money + [
            head("Billed wrong", .wrongBills), head("Differences", .findings),
        ]
    }
}
