package import Events

/// Finds the plans of one client's events, one after another.
///
/// Remembers the last one: most events of a request have the same name, and need no look into the table that all requests share.
package struct PlanFinder {
    private let table: RoutingTable
    private let client: ClientName
    private var last: (name: EventName, plan: Plan)?

    package init(in table: RoutingTable, for client: ClientName) {
        self.table = table
        self.client = client
    }

    /// What ``RoutingTable/plan(for:customerID:subscriptionID:client:)`` says.
    package mutating func plan(for name: String, customerID: String?, subscriptionID: String?) -> Plan? {
        if let last, !table.looksAtCustomers, last.name == EventName(name) { return last.plan }
        let plan = table.plan(for: name, customerID: customerID, subscriptionID: subscriptionID, client: client)
        last = plan.map { (EventName(name), $0) }
        return plan
    }
}

/// An event's name as routes tell it apart: byte for byte, as the globs do. `String` takes a composed letter and its decomposed form for
/// equal.
typealias EventName = Identifier<EventNameSubject>

/// Tells ``EventName`` from other identifiers.
enum EventNameSubject {}
