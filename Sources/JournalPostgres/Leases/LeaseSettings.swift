/// How long a node may be silent before others take what it holds, and what follows from it.
package struct LeaseSettings: Sendable, Equatable {
    package let lease: Duration

    /// - Parameter lease: cut to 2 to 60 seconds.
    package init(lease: Duration = .seconds(10)) {
        self.lease = min(max(lease, .seconds(2)), .seconds(60))
    }

    /// For tests, whose nodes may be in a hurry.
    init(unchecked lease: Duration) {
        self.lease = lease
    }

    /// How often a node says that it is there.
    var heartbeat: Duration { lease / 5 }
    /// How long before the end of the lease requests stop to leave: a request must be gone when others may take the account.
    var margin: Duration { lease / 5 }
}
