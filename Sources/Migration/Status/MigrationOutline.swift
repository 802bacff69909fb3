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

/// The gates of a migration, and which of them are measured.
package struct MigrationGates: Sendable {
    package let settings: GateSettings
    /// Whether the file says how amounts are compared: only then is there a gate of them.
    package let comparesUsage: Bool
    /// Whether delivered events are read back from the new provider: only then is there a gate of those that it has lost.
    package let verifies: Bool

    package init(_ settings: GateSettings, comparesUsage: Bool, verifies: Bool = false) {
        self.settings = settings
        self.comparesUsage = comparesUsage
        self.verifies = verifies
    }

    /// Whether the configuration has a gate measured.
    func measures(_ gate: Gate) -> Bool {
        switch gate {
        case .usage: comparesUsage
        case .lost: verifies
        case .unexplained, .rejected, .uncertain, .backlogAge: true
        }
    }
}

/// What stages and gates depend on of a migration's configuration.
package struct MigrationOutline: Sendable {
    package let name: MigrationName
    package let route: RouteName
    /// The accounts of the two providers themselves: metrics have names at these alone, so that only their amounts are compared.
    package let ownAccounts: AccountPair
    /// The accounts at both providers between which events move, each pair once: those of the providers, and those of tenants with an
    /// account of their own at one of them. Comparisons must be made of each.
    package let accounts: [AccountPair]
    /// What the new provider gets by `routes.json`; nil if nothing.
    package let delivery: MigrationEntry.Delivery?
    package let gates: MigrationGates
    package let boundaries: BillingBoundaries
    /// How long the old provider gets everything after a customer's move.
    package let keepFor: Duration

    /// - Parameters:
    ///   - providers: that the customers leave, and that they move to.
    ///   - accounts: empty: those of the providers alone.
    package init(
        name: MigrationName,
        route: RouteName,
        between providers: AccountPair,
        accounts: [AccountPair] = [],
        delivery: MigrationEntry.Delivery?,
        gates: MigrationGates,
        boundaries: BillingBoundaries,
        keepFor: Duration
    ) {
        self.name = name
        self.route = route
        ownAccounts = providers
        self.accounts = accounts.isEmpty ? [providers] : accounts
        self.delivery = delivery
        self.gates = gates
        self.boundaries = boundaries
        self.keepFor = keepFor
    }

    /// The provider that the customers leave.
    package var from: ProviderName { ownAccounts.from }
    /// The provider that they move to.
    package var to: ProviderName { ownAccounts.to }

    /// The accounts of the new provider to which events move, tenants' own included, each once.
    package var newAccounts: [ProviderName] {
        var known: Set<ProviderName> = []
        return accounts.map(\.to).filter { known.insert($0).inserted }
    }

    /// The names of all accounts that comparisons must be made of, each once.
    var comparedAccounts: [String] {
        var known: Set<ProviderName> = []
        return accounts.flatMap { [$0.from, $0.to] }.filter { known.insert($0).inserted }.map(\.rawValue)
    }

    /// Whether a comparison says something about the migration.
    package func isCompared(by run: ParityRun) -> Bool {
        (accounts + [ownAccounts]).contains { $0.isCompared(by: run) }
    }
}
