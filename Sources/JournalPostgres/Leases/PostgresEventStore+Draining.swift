extension PostgresEventStore {
    /// Whether an operator has asked this gateway to give back what it holds: it takes no account, and load balancers should send it nothing.
    package var isDraining: Bool { ledger.keeper.isDraining }
}
