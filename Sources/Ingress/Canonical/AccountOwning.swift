package import Events
package import Journal

/// Knows which gateway delivers to an account, if several share a journal.
package protocol AccountOwning: Sendable {
    /// The last report of another gateway that delivers to the account, a few seconds old; nil if this gateway delivers, or none does.
    func reportElsewhere(on provider: ProviderName) -> AccountReport?
}
