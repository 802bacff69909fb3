import Events

/// What a connection has shown of a database that has, or may have, lost commits.
struct CommitLoss: Sendable {
    /// What was confirmed and is missing.
    let events: [AcceptedEvent]
    /// Whether something that was confirmed to this node is missing; otherwise others may have lost something.
    let isCertain: Bool
    /// The numbers under which this node held what it releases.
    let nodes: Set<Int64>
}

/// What this node holds or has lately held, as the database has confirmed it.
struct NodeHoldings: Sendable {
    /// A lease of an account.
    struct Account: Sendable {
        let provider: ProviderName
        let epoch: Int64
        /// Whether the lease has not ended.
        let isHeld: Bool
        /// The number of the lease's newest row of `flights`; 0: it has none.
        let flight: Int64
        /// Whether intents were written under the lease.
        let hasIntended: Bool
    }

    /// Its numbers: one that was buried may hold accounts for a moment still.
    var nodes: Set<Int64> = []
    var accounts: [Account] = []
}

/// What has to be written down after a loss of commits, before anything else is done with the database. It may be written twice.
struct LossRecovery: Sendable, Equatable {
    /// Accounts whose intents may be lost.
    var held: Set<ProviderName>
    /// Nodes whose leases end.
    var nodes: Set<Int64>

    func joined(with other: Self) -> Self {
        LossRecovery(held: held.union(other.held), nodes: nodes.union(other.nodes))
    }
}

/// Recovers from losses of commits.
protocol LossHandling: AnyObject, Sendable {
    var holdings: NodeHoldings { get }

    /// Discards everything in memory that may depend on lost commits.
    func giveUp(_ loss: CommitLoss)

    /// Writes down what follows.
    func write(_ recovery: LossRecovery, _ session: PostgresSession) throws(PostgresFailure)
}
