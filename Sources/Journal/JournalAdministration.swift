package import Events

/// What operators change in the journal, and what is removed as time passes.
package protocol JournalAdministration: RetryScheduling {
    /// How many deliveries a revision would change now. Changes nothing.
    func count(_ revision: DeliveryRevision) async throws(StoreError) -> RevisionCount

    /// Changes deliveries, and records who did it and when with the first of them. When it returns, everything is on disk.
    ///
    /// Retried deliveries become `retrying` and are due at once; their history is kept. Those of which certainly nothing has reached the
    /// vendor are sent with the settings that ``DeliveryRevision/amending`` gives them: deliveries that could not be translated and were
    /// never sent, and deliveries of events accepted since the store was opened that no request has carried which the vendor may have
    /// looked at. All others keep their settings. ``Delivery/amendments`` lists the changes. Discarded deliveries become `discarded`. A
    /// delivery that is claimed by any process is not changed, and is counted as busy.
    func revise(_ revision: DeliveryRevision) async throws(StoreError) -> RevisionCount

    /// The recorded revisions, newest first.
    func revisions(of tenant: TenantID, limit: Int) async throws(StoreError) -> [RecordedRevision]

    /// Records that an operator holds a provider, which survives restarts; nil lifts the hold.
    func hold(_ provider: ProviderName, byOperator hold: OperatorHold?) async throws(StoreError)

    /// Removes chunks whose events were all accepted before `moment` and are all settled everywhere (delivered, discarded or skipped).
    /// Unsettled events are never removed. Each chunk is judged by its own times, wherever in the journal it is: events that were
    /// accepted while the clock was ahead do not keep others.
    /// - Returns: how many events were removed.
    func removeSettled(acceptedBefore moment: Timestamp) async throws(StoreError) -> Int

    /// Records what time it is believed to be, in place of the previous record. A clock that jumps ahead does not change it, unlike the
    /// times of events, so that the next start can judge its clock by it.
    func note(_ time: Timestamp) async throws(StoreError)
}
