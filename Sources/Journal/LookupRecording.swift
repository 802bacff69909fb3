package import Events

/// Records what a look at a vendor has shown of a delivery whose outcome was unknown.
package protocol LookupRecording: Sendable {
    /// Adds a look to the attempts of a delivery that is `uncertain` or `rejected`; it gets the status of the attempt. A delivery in
    /// another state stays as it is: somebody has decided about it meanwhile. When this returns, it is on disk.
    /// - Returns: whether it was added.
    func record(_ lookup: RecordedLookup) async throws(StoreError) -> Bool
}

/// A look at a vendor.
package struct RecordedLookup: Sendable, Equatable {
    package let sequence: SequenceNumber
    /// The account that the delivery is of: a provider's, or a lane's.
    package let account: ProviderName
    /// With the status that the delivery gets, `delivered`, `uncertain` or `rejected`, and a fault that says what was seen.
    package let attempt: Attempt

    package init(sequence: SequenceNumber, account: ProviderName, attempt: Attempt) {
        precondition(attempt.isLookup, "only a look at the vendor is recorded so")
        self.sequence = sequence
        self.account = account
        self.attempt = attempt
    }
}
