package import Events
package import OfRecord
package import Routing

/// Looks at a migration's recorded events: which names and customers the new provider must know, who would be on two bills in one period, and
/// how many events came too late for a vendor that bills by receipt. Nothing is sent or stored; memory is bounded.
///
/// It is about the provider's own account; tenants with accounts of their own there are not examined.
package struct MigrationPreview {
    /// Whom the new provider bills for a customer's events, as the vendor calls him.
    struct Owner: Equatable {
        let customerID: String?
        /// Where the vendor bills by subscription.
        let subscriptionID: String?
    }

    /// How often a name occurs, and what the new provider gets it as.
    struct Name: Equatable {
        var events = 0
        let sent: String
    }

    package static let mostNames = 1000
    package static let mostCustomers = 100_000

    let migration: MigrationConfiguration
    let log: MigrationLog
    /// The provider that customers move to; nil if the routes do not have it.
    package let newProvider: ProviderConfiguration?
    /// The provider that they leave; nil if the routes do not have it.
    package let oldProvider: ProviderConfiguration?
    private let recipients: BackfillRoutes?
    private var translator: Translator?
    private let now: Timestamp
    private(set) var events = 0
    private(set) var names: [ExactText: Name] = [:]
    private(set) var customers: [CustomerID: Owner?] = [:]
    /// Whether there are more names than are examined.
    private(set) var hasMoreNames = false
    /// Whether there are more customers than are examined.
    private(set) var hasMoreCustomers = false
    private(set) var late: LateUsage?
    /// Whether the vendor could be sent the events' ids in a property of their own, and is not.
    private(set) var lacksIDProperty = false

    /// The setting of destinations by which a vendor that does not show ids gets them as a property.
    static let idProperty = "id_property"

    /// - Parameters:
    ///   - routes: with the new provider getting all events.
    ///   - log: of what was ordered.
    ///   - now: when the preview is made.
    package init(of migration: MigrationConfiguration, in routes: Routes, log: MigrationLog, at now: Timestamp) {
        self.migration = migration
        self.log = log
        self.now = now
        oldProvider = routes.providers.first { $0.name == migration.from }
        newProvider = routes.providers.first { $0.name == migration.to }
        recipients = newProvider.flatMap { BackfillRoutes(of: $0, in: routes, withShadow: true) }
        translator = newProvider.map { Translator($0.adapter) }
        if oldProvider?.traits.billing.clock == .receipt { late = LateUsage() }
    }

    /// Whether there are more names or customers than are examined.
    var isExceeded: Bool { hasMoreNames || hasMoreCustomers }

    /// Adds the next event.
    package mutating func add(_ event: AcceptedEvent) {
        guard event.plan.route == migration.route, let owner = event.customerID ?? event.subscriptionID else { return }
        events += 1
        let customer = CustomerID(owner)
        let (cycle, now) = (migration.boundaries.cycle(of: customer), now)
        late?.add(event, cycle: cycle, at: now)
        guard let destination = recipients?.destination(of: event) else { return }
        let isFirst = names.isEmpty
        count(event, destination)
        if isFirst, newProvider?.traits.settings.contains(where: { $0.name == Self.idProperty }) ?? false {
            lacksIDProperty = destination.settings.text(Self.idProperty) == nil
        }
        guard customers[customer] == nil else { return }
        guard customers.count < Self.mostCustomers else {
            hasMoreCustomers = true
            return
        }
        let billed = self.owner(of: event, destination)
        customers[customer] = .some(billed)
    }

    private mutating func count(_ event: AcceptedEvent, _ destination: Destination) {
        let name = event.name.exact
        if names[name] == nil {
            guard names.count < Self.mostNames else {
                hasMoreNames = true
                return
            }
            names[name] = Name(sent: destination.name(for: event.name))
        }
        names[name]?.events += 1
    }

    /// - Returns: nil for an event that cannot be translated, which is counted elsewhere.
    private mutating func owner(of event: AcceptedEvent, _ destination: Destination) -> Owner? {
        do throws(Untranslatable) {
            guard let translated = try translator?.translate(event, for: destination),
                let sent = newProvider?.adapter.reader?.echo(of: translated)
            else { return nil }
            return Owner(customerID: sent.customerID, subscriptionID: sent.subscriptionID)
        } catch {
            return nil
        }
    }

    /// Which lists of the new provider's tell whether it knows the customers.
    package var needs: (customers: Bool, subscriptions: Bool) {
        let owners = customers.values.compactMap(\.self)
        return (
            owners.contains { $0.customerID != nil },
            owners.contains { $0.customerID == nil && $0.subscriptionID != nil }
        )
    }

    /// Customers whose provider of record changes in the middle of a billing period, so that both bill a part of it.
    var twiceOfRecord: [CustomerID] {
        customers.keys.filter { customer in
            let cycle = migration.boundaries.cycle(of: customer)
            return migration.changes(of: customer, by: log).contains { change in
                cycle.boundary(after: change + .milliseconds(-1)) != change
            }
        }.sorted()
    }
}
