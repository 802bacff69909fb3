package import Events

/// What operators, and the passing of time, change in the journal.
package protocol JournalAdministration: RetryScheduling {
    /// How many deliveries a revision would change now, and changes nothing.
    func count(_ revision: DeliveryRevision) async throws(StoreError) -> RevisionCount

    /// Changes deliveries, and records who did it and when with the first of them. When it returns, all is on disk.
    ///
    /// Retried deliveries become `retrying` and are due at once, with their history kept. Those of which certainly nothing has reached the
    /// vendor are sent with the settings that ``DeliveryRevision/amending`` gives them: what could not be translated and was never sent,
    /// and what was accepted since the store was opened and was never carried by a request that the vendor may have looked at. All others
    /// keep theirs. ``Delivery/amendments`` tells of it. Discarded deliveries become `discarded`. A delivery
    /// that is claimed now, by any process, is not touched, and is counted as busy.
    func revise(_ revision: DeliveryRevision) async throws(StoreError) -> RevisionCount

    /// The recorded revisions, newest first.
    func revisions(of tenant: TenantID, limit: Int) async throws(StoreError) -> [RecordedRevision]

    /// Writes down that an operator holds a provider, over restarts; nil lifts the hold.
    func hold(_ provider: ProviderName, byOperator hold: OperatorHold?) async throws(StoreError)

    /// Removes chunks all of whose events were accepted before `moment` and are settled everywhere (delivered, discarded or
    /// skipped). What is not settled is never removed. Each chunk's own times count, wherever in the journal it is: events that were
    /// accepted while the clock was ahead do not keep others.
    /// - Returns: how many events were removed.
    func removeSettled(acceptedBefore moment: Timestamp) async throws(StoreError) -> Int

    /// Notes what time it is, as far as that is believed, in place of what was noted before. A clock that jumps ahead does not change
    /// it, unlike the times of events, so that the next start can judge its clock by it.
    func note(_ time: Timestamp) async throws(StoreError)
}
