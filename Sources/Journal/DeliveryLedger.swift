package import Events

/// What is still to be delivered, and the record of what was.
///
/// All of it is done under an ``AccountLease``. A *claim* hands events to the lease's holder: they are not handed out again until they
/// are settled or the lease ends. Whoever has the account next claims them again, but for those that were settled. So a settlement that
/// was lost costs a repeat and never an event; where a repeat costs money, ``intend(_:under:)`` comes first.
///
/// Each call that takes a lease throws ``StoreError/leaseLost``, and changes nothing, if the lease has ended. The claims made under it
/// are over then, and belong to somebody else.
package protocol DeliveryLedger: AccountLeasing, JournalGrowth, RetryScheduling {
    /// The next events of the account that nobody claimed yet, in the order of their streams: the first after all that was claimed or
    /// settled before. Only events whose plan names the provider are in it, shadow destinations included.
    ///
    /// A damaged chunk is skipped, logged and named by ``EventArchive/damage()``; it does not stop the rest.
    /// - Returns: nil if there is none now; ``JournalGrowth/waitForEvents(after:)`` tells when to ask again.
    func claimBlock(under lease: AccountLease, limit: BlockLimit) async throws(StoreError) -> DeliveryBlock?

    /// Deliveries with status `retrying` whose time has come, oldest event first, claimed. If it throws, none is.
    func claimDue(under lease: AccountLease, at now: Timestamp, limit: BlockLimit) async throws(StoreError)
        -> [ClaimedDelivery]

    /// When to ask ``claimDue(under:at:limit:)`` again: never later than the earliest retry is due that nobody has claimed; nil if
    /// there is none.
    ///
    /// The lease's holder knows it without I/O, and it is always true whatever is claimed, settled or revised meanwhile: ask
    /// when it is needed and keep nothing of it. It may be early, and the next claim at that time corrects it.
    func nextDue(for provider: ProviderName) -> Timestamp?

    /// Brings the times of all retries of the account forward, because the wall clock was set back by so much.
    func bringForward(under lease: AccountLease, by step: Duration) async throws(StoreError)

    /// Deliveries that were interrupted after ``departs(_:under:)`` (or ``intend(_:under:)``, if the system was restarted) and before
    /// their settlement, by a crash or because their lease was lost: it is unknown whether the vendor has them. They are claimed by this
    /// call and by no other under the lease; if it throws, none is. Call it before the first ``claimBlock(under:limit:)``.
    func claimInterrupted(under lease: AccountLease) async throws(StoreError) -> [ClaimedDelivery]

    /// Writes down that these events are about to be sent. When it returns, that is on disk: should the lease end after
    /// ``departs(_:under:)`` and before they are settled, ``claimInterrupted(under:)`` will name them to the next holder.
    nonisolated(nonsending) func intend(_ sequences: [SequenceNumber], under lease: AccountLease)
        async throws(StoreError)

    /// Notes that a request with these events leaves now, after their intent was made durable. Returns at once: the note outlives the
    /// process, though not the system. An intent without it was not sent, and ``claimInterrupted(under:)`` does not name it after a
    /// crash unless the system was restarted meanwhile.
    func departs(_ sequences: [SequenceNumber], under lease: AccountLease)

    /// Records outcomes, in one commit with whatever else is waiting. When it returns, they are on disk and their claims are over.
    /// Settling an event ends its intent too.
    nonisolated(nonsending) func settle(_ settlement: Settlement, under lease: AccountLease) async throws(StoreError)

    /// Keeps the provider from being called before a time, whoever holds the account; nil lifts it.
    func hold(_ hold: ProviderHold?, under lease: AccountLease) async throws(StoreError)

    /// What keeps the provider from being called; nil if nothing does.
    func hold(of provider: ProviderName) async throws(StoreError) -> ProviderHold?

    /// An operator's hold, as ``JournalAdministration/hold(_:byOperator:)`` has written it; nil if there is none. It may be over.
    func operatorHold(of provider: ProviderName) async throws(StoreError) -> OperatorHold?
}
