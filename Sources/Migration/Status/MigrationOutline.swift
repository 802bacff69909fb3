package import Events
package import OfRecord
package import Parity

/// Where the events of some tenants go at a migration's two providers.
package struct AccountPair: Sendable, Hashable {
    package let from: ProviderName
    package let to: ProviderName

    package init(from: ProviderName, to: ProviderName) {
        self.from = from
        self.to = to
    }

    /// Whether a comparison includes both.
    package func isCompared(by run: ParityRun) -> Bool {
        [from, to].allSatisfy(run.order.providers.contains)
    }
}

/// What stages and gates depend on of a migration's configuration.
package struct MigrationOutline: Sendable {
    package let name: MigrationName
    package let route: RouteName
    /// The provider that the customers leave.
    package let from: ProviderName
    /// The provider that they move to.
    package let to: ProviderName
    /// The accounts at both providers between which events move, each pair once: those of the providers, and those of tenants with an
    /// account of their own at one of them. Comparisons must be made of each.
    package let accounts: [AccountPair]
    /// The accounts of the new provider to which events move, tenants' own included.
    package let newAccounts: [ProviderName]
    /// What the new provider gets by `routes.json`; nil if nothing.
    package let delivery: MigrationEntry.Delivery?
    package let gates: GateSettings
    /// Whether the file says how amounts are compared: only then is there a gate of them.
    package let comparesUsage: Bool
    /// Whether delivered events are read back from the new provider: only then is there a gate of those that it has lost.
    package let verifies: Bool
    package let boundaries: BillingBoundaries
    /// How long the old provider gets everything after a customer's move.
    package let keepFor: Duration

    /// The accounts of the two providers themselves: metrics have names at these alone, so that only their amounts are compared.
    package var ownAccounts: AccountPair { AccountPair(from: from, to: to) }

    /// The names of all accounts that comparisons must be made of, each once.
    var comparedAccounts: [String] {
        var known: Set<ProviderName> = []
        return accounts.flatMap { [$0.from, $0.to] }.filter { known.insert($0).inserted }.map(\.rawValue)
    }

    /// Whether a comparison says something about the migration.
    package func isCompared(by run: ParityRun) -> Bool {
        (accounts + [ownAccounts]).contains { $0.isCompared(by: run) }
    }

    /// Whether the configuration has a gate measured.
    func measures(_ gate: Gate) -> Bool {
        switch gate {
        case .usage: comparesUsage
        case .lost: verifies
        case .unexplained, .rejected, .uncertain, .backlogAge: true
        }
    }

    /// - Parameters:
    ///   - accounts: empty: those of the providers alone.
    ///   - newAccounts: empty: that of the new provider alone.
    package init(
        name: MigrationName,
        route: RouteName,
        from: ProviderName,
        to: ProviderName,
        accounts: [AccountPair] = [],
        newAccounts: [ProviderName] = [],
        delivery: MigrationEntry.Delivery?,
        gates: GateSettings,
        comparesUsage: Bool,
        verifies: Bool = false,
        boundaries: BillingBoundaries,
        keepFor: Duration
    ) {
        self.name = name
        self.route = route
        self.from = from
        self.to = to
        self.accounts = accounts.isEmpty ? [AccountPair(from: from, to: to)] : accounts
        self.newAccounts = newAccounts.isEmpty ? [to] : newAccounts
        self.delivery = delivery
        self.gates = gates
        self.comparesUsage = comparesUsage
        self.verifies = verifies
        self.boundaries = boundaries
        self.keepFor = keepFor
    }
}
