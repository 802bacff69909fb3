package import Access
package import Events
package import OfRecord
package import Routing

/// Checks whether a backfill may begin, by the active routes.
package struct BackfillRequirements: Sendable {
    private let routes: Routes
    private let logs: MigrationLogs
    /// The journal may lack what was accepted before.
    private let earliest: Timestamp
    private let now: Timestamp

    /// A window that was computed by another clock, or just now, may begin too early by this much.
    private static let tolerance = Duration.seconds(60)

    /// - Parameters:
    ///   - logs: what was ordered in migrations.
    ///   - retention: how long events are kept.
    ///   - removedThrough: when the newest event was accepted that the journal has removed: retention may have been shorter before.
    package init(
        by routes: Routes,
        logs: MigrationLogs = .none,
        retention: Duration,
        removedThrough: Timestamp? = nil,
        at now: Timestamp
    ) {
        self.routes = routes.ordered(by: logs)
        self.logs = logs
        let kept = now + (.zero - retention)
        earliest = max(kept, removedThrough ?? kept)
        self.now = now
    }

    /// An account that is to be filled.
    package struct Account: Sendable {
        package let provider: ProviderConfiguration
        /// What the routes send to it.
        package let routes: BackfillRoutes
    }

    /// The order for those of its customers whose running billing period the journal has from its start on.
    /// - Returns: the order, and whom it leaves out; nil if nobody.
    /// - Throws: ``BackfillRefusal/incompletePeriods(_:)`` if somebody would have to be left out and the order does not ask for it.
    package func complete(_ order: BackfillOrder, for client: Client) throws(BackfillRefusal)
        -> (BackfillOrder, leftOut: IncompletePeriods?)
    {
        guard let all = order.starts else { return (order, nil) }
        // A client that is not allowed to fill the provider does not learn whose periods these are.
        let accounts = try candidates(order.provider, for: client)
        // Periods are known per customer of the vendor, not per tenant: one with an account of its own sees no other tenant's customers.
        let seesAll = client.may(.admin) || accounts.allSatisfy { $0.owner == nil }
        var order = order
        var starts = all.limited(to: order.customerIDs)
        let incomplete = starts.incomplete(before: earliest + (.zero - Self.tolerance))
        if let incomplete {
            let leftOut = IncompletePeriods(
                customers: incomplete.customers,
                examples: seesAll ? incomplete.examples : [],
                others: incomplete.others,
                earliest: earliest
            )
            guard order.withoutIncomplete else { throw .incompletePeriods(leftOut) }
            starts = starts.leavingOut(before: incomplete.earliest)
            guard let first = starts.earliest else { throw .allIncomplete(leftOut) }
            (order.starts, order.since) = (starts, first)
            return (order, leftOut)
        }
        (order.starts, order.since) = (starts, starts.earliest ?? order.since)
        return (order, nil)
    }

    /// The accounts that a backfill fills: the provider's, and those that tenants have of their own there.
    ///
    /// A client without the scope `admin` fills the account of its tenant, if no other tenant's events are there.
    /// - Parameter client: nil: the gateway itself, which fills all.
    package func accounts(_ order: BackfillOrder, for client: Client?) throws(BackfillRefusal) -> [Account] {
        let candidates = try candidates(order.provider, for: client)
        try checkWindow(order)
        for provider in candidates {
            if provider.traits.requests.deduplication == .none, !order.acceptsUnreadable {
                throw .unreadable(provider.name, vendor: provider.traits.vendor)
            }
            if let migration = routes.migration(billing: provider, by: logs) {
                throw .moved(provider.name, vendor: provider.traits.vendor, migration)
            }
        }
        let accounts = candidates.compactMap { provider in
            BackfillRoutes(of: provider, in: routes, withShadow: order.withoutLive).map { all in
                Account(provider: provider, routes: order.starts.map { all.limited(to: $0) } ?? all)
            }
        }
        if accounts.isEmpty {
            let isShadow = candidates.contains { BackfillRoutes(of: $0, in: routes, withShadow: true) != nil }
            throw isShadow ? .notLive(order.provider) : .noRoute(order.provider)
        }
        return accounts
    }

    /// What the backfill does to the bill.
    /// - Throws: ``BackfillRefusal/unconfirmed(effect:)`` if a person should confirm it and has not. A simulator on this machine bills
    ///   nobody.
    package func effect(_ order: BackfillOrder, on accounts: [Account]) throws(BackfillRefusal) -> String? {
        guard let account = accounts.first, let past = account.provider.adapter.pastUsage else { return nil }
        if past.needsConfirmation, !order.isConfirmed, !account.provider.isOnThisMachine {
            throw .unconfirmed(effect: past.effect)
        }
        return past.effect
    }

    private func candidates(_ name: ProviderName, for client: Client?)
        throws(BackfillRefusal) -> [ProviderConfiguration]
    {
        let isKnown = { (provider: ProviderConfiguration) in provider.name == name || provider.owner?.provider == name }
        guard routes.providers.contains(where: isKnown) else {
            let seen = client.flatMap { routes.providersSeen(by: $0) } ?? routes.providers
            throw .unknownProvider(name, known: seen.filter { $0.owner == nil }.map(\.name))
        }
        guard let client, !client.may(.admin) else { return routes.providers.filter(isKnown) }
        guard let own = routes.account(of: name, for: client.tenant), routes.mayRead(own.name, client) else {
            throw .sharedProvider(name)
        }
        return [own]
    }

    private func checkWindow(_ order: BackfillOrder) throws(BackfillRefusal) {
        if let until = order.until, until <= order.since { throw .emptyWindow(since: order.since, until: until) }
        if order.since > now { throw .futureWindow(since: order.since) }
        if order.since + Self.tolerance < earliest {
            throw .beforeRetention(since: order.since, earliest: earliest)
        }
    }
}
