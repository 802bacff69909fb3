import Access
import Events
import Routing

/// Finds the plans that one client's events would get, with the checks of their acceptance in the same order.
struct PlanFinder {
    /// What would happen to an event.
    enum Result {
        case plan(Plan)
        /// No route takes it.
        case unrouted
        case forbidden(ForbiddenEvents.Reason)
    }

    let client: ClientName
    /// Nil if the routes do not have it.
    private let configured: Client?
    private var submissions: SubmissionFinder?

    init(in table: RoutingTable, for client: ClientName, as configured: Client?) {
        self.client = client
        self.configured = configured
        submissions = configured.map { SubmissionFinder(in: table, for: $0, at: Timestamp(milliseconds: 0)) }
    }

    mutating func find(_ event: AcceptedEvent) -> Result {
        guard let allowance = configured?.allowance else { return .forbidden(.noClient) }
        guard allowance.allows(name: event.name) else { return .forbidden(.name) }
        let submission = submissions?.submission(
            for: event.name,
            customerID: event.customerID,
            subscriptionID: event.subscriptionID,
            at: event.timestamp,
            acceptedAt: event.acceptedAt
        )
        guard let plan = submission?.plan else { return .unrouted }
        return allowance.allows(route: plan.route) ? .plan(plan) : .forbidden(.route)
    }
}
