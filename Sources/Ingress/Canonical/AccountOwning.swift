package import Events
package import Journal

/// Knows which gateway delivers to an account, where several share a journal.
package protocol AccountOwning: Sendable {
    /// What another gateway that delivers to the account has reported last; nil if this one delivers, or none does. A few seconds old.
    func reportElsewhere(on provider: ProviderName) -> AccountReport?
}
