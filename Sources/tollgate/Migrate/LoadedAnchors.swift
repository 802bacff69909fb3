import Events
import JSON
import Routing

/// The anchors of a vendor's subscriptions, as the gateway's pages have them, and the customers without one.
struct LoadedAnchors {
    private var known: [ExactText: AnchorProposal] = [:]
    private var order: [ExactText] = []
    /// Customers whose subscriptions have different periods.
    private var ambiguous: Set<ExactText> = []

    /// What tells no anchor, with the reason.
    private(set) var unknown: [String] = []

    /// One of each customer, in the order of the pages. A customer whose subscriptions have different periods has none: whichever were taken,
    /// the bill of another subscription would be split in the middle of its period.
    var anchors: [AnchorProposal] {
        order.filter { !ambiguous.contains($0) }.compactMap { known[$0] }
    }

    /// Whether a customer's subscriptions have different periods.
    func isAmbiguous(_ customer: String) -> Bool { ambiguous.contains(customer.exact) }

    /// Adds what a page of `GET /v1/migrations/NAME/anchors` lists.
    mutating func add(_ page: JSONValue) {
        for item in page.elements(of: "anchors") {
            guard let customer = item["customer_id"]?.string, let anchor = item["anchor"]?.string else { continue }
            let new = AnchorProposal(customer: customer, anchor: anchor, interval: item["interval"]?.string)
            guard let before = known[customer.exact] else {
                known[customer.exact] = new
                order.append(customer.exact)
                continue
            }
            guard before != new, ambiguous.insert(customer.exact).inserted else { continue }
            unknown.append("\(customer): the customer has subscriptions with different periods")
        }
        for item in page.elements(of: "unknown") {
            let who = item["customer_id"]?.string ?? "subscription \(item["subscription_id"]?.string ?? "")"
            unknown.append("\(who): \(item["reason"]?.string ?? "")")
        }
    }
}
