package import Events

/// Records what a lookup at a vendor has shown about a delivery whose outcome was unknown.
package protocol LookupRecording: Sendable {
    /// Adds a lookup to the attempts of a delivery that is `uncertain` or `rejected`; it gets the status of the lookup. A delivery in
    /// another state is not changed, because someone has decided about it. When this returns, it is on disk.
    /// - Returns: whether it was added.
    func record(_ lookup: RecordedLookup) async throws(StoreError) -> Bool
}

/// A lookup at a vendor.
package struct RecordedLookup: Sendable, Equatable {
    package let sequence: SequenceNumber
    /// The account of the delivery: a provider's or a lane's.
    package let account: ProviderName
    /// Its status is the delivery's new one, `delivered`, `uncertain` or `rejected`, and its fault says what was found.
    package let attempt: Attempt

    /// - Precondition: the attempt is a lookup (``Attempt/isLookup``).
    package init(sequence: SequenceNumber, account: ProviderName, attempt: Attempt) {
        precondition(attempt.isLookup, "only a look at the vendor is recorded so")
        self.sequence = sequence
        self.account = account
        self.attempt = attempt
    }
}
