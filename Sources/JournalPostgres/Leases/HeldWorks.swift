import Journal

/// The works of this node, one per account, found by account or by lease.
struct HeldWorks: Sendable {
    private var byAccount: [Int32: AccountWork] = [:]
    private var byLease: [AccountLease: AccountWork] = [:]

    /// All of them, in no order.
    var all: some Collection<AccountWork> { byAccount.values }

    /// The work under a lease; nil if another one has taken its place, or if there is none.
    subscript(lease: AccountLease) -> AccountWork? { byLease[lease] }

    /// The work for an account, which takes the place of the one before.
    subscript(account: Int32) -> AccountWork? {
        get { byAccount[account] }
        set {
            if let old = byAccount[account] { byLease[old.lease] = nil }
            byAccount[account] = newValue
            if let newValue { byLease[newValue.lease] = newValue }
        }
    }
}
