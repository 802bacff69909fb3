/// An event that was sent again to a provider that had confirmed it and lost it, as a comparison found.
///
/// The delivery stays settled: this is recorded beside its attempts.
package struct Resend: Sendable, Equatable {
    package let provider: ProviderName
    /// When the provider had confirmed it again.
    package let at: Timestamp
    /// The number of the comparison.
    package let comparison: Int64

    package init(provider: ProviderName, at timestamp: Timestamp, comparison: Int64) {
        self.provider = provider
        at = timestamp
        self.comparison = comparison
    }
}
