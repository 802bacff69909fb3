import Events

/// What a vendor says that an event would cost, or why it does not say.
struct EstimateView: Sendable {
    let total: String?
    let charges: [Charge]
    let hasCharges: Bool
    let refusal: String?

    /// One charge.
    struct Charge: Sendable {
        let name: String
        let units: String
        let each: String
        let amount: String
        let taxes: String
        let total: String
    }

    init(_ result: Result<Estimate, EstimateRefusal>) {
        switch result {
        case .success(let estimate):
            total = estimate.total.map { "\($0.amount.text) \($0.currency)" }
            charges = estimate.charges.map { charge in
                Charge(
                    name: charge.name ?? "-",
                    units: charge.units ?? "-",
                    each: charge.unitAmount ?? "-",
                    amount: charge.amount.text,
                    taxes: charge.taxes.text,
                    total: "\(charge.total.text) \(charge.currency)"
                )
            }
            refusal = nil
        case .failure(let reason): (total, charges, refusal) = (nil, [], reason.message)
        }
        hasCharges = !charges.isEmpty
    }
}

/// Why there is no estimate.
package struct EstimateRefusal: Error, Sendable, Equatable {
    /// One sentence for people.
    package let message: String

    package init(_ message: String) {
        self.message = message
    }
}
