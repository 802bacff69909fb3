package import Events

/// Brings retries forward, when an operator resumes a provider, or a pipeline starts after the wall clock was set back.
package protocol RetryScheduling: Sendable {
    /// Makes those retries of a provider due at `now` that are due later than `limit`. When it returns, that is on disk.
    /// - Parameter limit: `now` or later.
    func makeRetriesDue(
        of provider: ProviderName,
        waitingBeyond limit: Timestamp,
        at now: Timestamp
    ) async throws(StoreError)
}
