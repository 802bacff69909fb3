package import Events

/// What remains to be delivered, and the record of what was.
///
/// Everything happens under an ``AccountLease``. A *claim* hands events to the lease's holder: they are not handed out again until they
/// are settled or the lease ends. The next holder of the account claims them again, except those that were settled. So a lost settlement
/// costs a repeated request and never an event; where a repeat costs money, ``intend(_:under:)`` comes first.
///
/// Each call that takes a lease throws ``StoreError/leaseLost``, and changes nothing, if the lease has ended. Its claims have then ended
/// too, and belong to another holder.
package protocol DeliveryLedger: AccountLeasing, JournalGrowth, RetryScheduling {
    /// The account's next unclaimed events, in the order of their streams: the first ones after everything that was claimed or settled
    /// before. It has only events whose plan names the provider, shadow destinations included.
    ///
    /// A damaged chunk is skipped, logged and reported by ``EventArchive/damage()``; it does not stop the rest.
    /// - Returns: nil if there are none now; ``JournalGrowth/waitForEvents(after:)`` returns when it is time to ask again.
    func claimBlock(under lease: AccountLease, limit: BlockLimit) async throws(StoreError) -> DeliveryBlock?

    /// Claims deliveries with status `retrying` that are due, oldest event first. If it throws, none is claimed.
    func claimDue(under lease: AccountLease, at now: Timestamp, limit: BlockLimit) async throws(StoreError)
        -> [ClaimedDelivery]

    /// When to call ``claimDue(under:at:limit:)`` again: never later than the earliest unclaimed retry is due; nil if there is none.
    ///
    /// The lease's holder gets it without I/O, and it is always current, whatever is claimed, settled or revised: ask when it is needed
    /// and do not keep it. It may be too early; the next claim at that time corrects it.
    func nextDue(for provider: ProviderName) -> Timestamp?

    /// Makes all retries of the account due earlier by `step`, because the wall clock was set back by that much.
    func bringForward(under lease: AccountLease, by step: Duration) async throws(StoreError)

    /// Claims deliveries that were interrupted by a crash or a lost lease after ``departs(_:under:)`` (or after ``intend(_:under:)``, if
    /// the system was restarted) and before their settlement: it is unknown whether the vendor has them. No other call under the lease
    /// claims them; if it throws, none is claimed. Call it before the first ``claimBlock(under:limit:)``.
    func claimInterrupted(under lease: AccountLease) async throws(StoreError) -> [ClaimedDelivery]

    /// Records that these events are about to be sent. When it returns, that is on disk: if the lease ends after ``departs(_:under:)``
    /// and before they are settled, ``claimInterrupted(under:)`` returns them to the next holder.
    nonisolated(nonsending) func intend(_ sequences: [SequenceNumber], under lease: AccountLease)
        async throws(StoreError)

    /// Notes that a request with these events leaves now, after their intent was made durable. Returns at once: the note survives the
    /// process, but not the system. An intent without this note was not sent, and after a crash ``claimInterrupted(under:)`` does not
    /// return it unless the system was restarted.
    func departs(_ sequences: [SequenceNumber], under lease: AccountLease)

    /// Records outcomes, in one commit with whatever else is waiting. When it returns, they are on disk and their claims have ended.
    /// Settling an event ends its intent too.
    nonisolated(nonsending) func settle(_ settlement: Settlement, under lease: AccountLease) async throws(StoreError)

    /// Blocks calls to the provider until a time, whoever holds the account; nil lifts the hold.
    func hold(_ hold: ProviderHold?, under lease: AccountLease) async throws(StoreError)

    /// The hold that blocks calls to the provider; nil if there is none.
    func hold(of provider: ProviderName) async throws(StoreError) -> ProviderHold?

    /// An operator's hold, as written by ``JournalAdministration/hold(_:byOperator:)``; nil if there is none. It may have expired.
    func operatorHold(of provider: ProviderName) async throws(StoreError) -> OperatorHold?
}
