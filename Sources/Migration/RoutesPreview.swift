import Access
package import Events
package import OfRecord
package import Routing

/// Applies new routes to recorded events, and counts what would be different. Nothing is sent or stored.
///
/// Each event gets the plan that it would get if it were accepted now, and is translated for its destinations. It is compared with the
/// plan that it was accepted with. Memory is bounded, however many events there are.
package struct RoutesPreview {
    private let table: RoutingTable
    private let clients: [ClientName: Client]
    private let vendors: PreviewVendors
    /// How many of the events are translated, in percent.
    private let sample: Double
    /// What two plans make of each destination, by the identity of the plans, which many events share.
    private var comparisons: [PlanPair: PlanComparison] = [:]
    /// The last one, which mostly is that of the next event too.
    private var latest: (pair: PlanPair, comparison: PlanComparison)?
    /// Finds the plans of the client whose event came last.
    private var finder: PlanFinder?
    private var customers = CustomerNumbers()
    private var counts = RoutesPreviewReport()
    private var destinations: [DestinationTally] = []
    /// The index in ``destinations``.
    private var places: [ProviderName: Int] = [:]

    /// Beyond it the comparisons are made again, so that memory does not grow with the number of plans in a journal.
    private static let mostComparisons = 10_000

    /// - Parameters:
    ///   - routes: the new routes.
    ///   - logs: what was ordered in migrations.
    ///   - adapters: of all vendors.
    ///   - sample: percent of the events that are translated. All of them are routed and counted.
    package init(of routes: Routes, logs: MigrationLogs = .none, adapters: [any Adapter], sample: Double = 100) {
        table = RoutingTable(routes, logs: logs)
        clients = Dictionary(routes.clients.map { ($0.name, $0) }) { first, _ in first }
        vendors = PreviewVendors(providers: routes.providers, adapters: adapters)
        self.sample = sample
        for provider in routes.providers { _ = place(of: provider.name) }
    }

    /// The result so far.
    package var report: RoutesPreviewReport {
        var report = counts
        report.destinations = destinations.filter(\.isUsed).map(\.preview)
        return report
    }

    /// Adds the next event.
    package mutating func add(_ event: AcceptedEvent) {
        let customer = customers.number(of: event.customerID ?? event.subscriptionID ?? "")
        counts.count(event, customer: customer)
        let plan = plan(of: event)
        let isSampled = sample >= 100 || CustomerShare.point(of: event.id.rawValue) < sample
        if isSampled { counts.translated += 1 }
        for change in comparison(of: event.plan, with: plan).destinations {
            destinations[change.place].add(event, change, customer: customer, isSampled: isSampled)
        }
    }

    /// The plan that the event would get now; nil if it would be refused.
    private mutating func plan(of event: AcceptedEvent) -> Plan? {
        if finder?.client != event.client {
            finder = PlanFinder(in: table, for: event.client, as: clients[event.client])
        }
        switch finder?.find(event) {
        case .plan(let plan): return plan
        case .unrouted: counts.unrouted.add(event.id, to: event.name.exact)
        case .forbidden(let reason):
            counts.forbidden.add(
                event.id,
                to: ForbiddenEvents(client: event.client, name: event.name.exact, reason: reason)
            )
        case nil: break
        }
        return nil
    }

    private mutating func comparison(of old: Plan, with new: Plan?) -> PlanComparison {
        let pair = PlanPair(old: ObjectIdentifier(old), new: new.map(ObjectIdentifier.init))
        if let latest, latest.pair == pair { return latest.comparison }
        let comparison = comparisons[pair] ?? makeComparison(pair, old, new)
        latest = (pair, comparison)
        return comparison
    }

    private mutating func makeComparison(_ pair: PlanPair, _ old: Plan, _ new: Plan?) -> PlanComparison {
        if comparisons.count >= Self.mostComparisons { comparisons = [:] }
        let comparison = PlanComparison(old: old, new: new, translatedBy: vendors) { place(of: $0) }
        comparisons[pair] = comparison
        return comparison
    }

    private mutating func place(of provider: ProviderName) -> Int {
        if let known = places[provider] { return known }
        let place = destinations.count
        places[provider] = place
        destinations.append(DestinationTally(provider: provider, configuration: vendors.providers[provider]))
        return place
    }
}

/// Two plans by their identity.
private struct PlanPair: Hashable {
    let old: ObjectIdentifier
    let new: ObjectIdentifier?
}
