import Events
import Journal
import Routing

// The machine's inputs: the results of its steps, and what else happened.
extension PipelineMachine {
    /// Deliveries that a crash interrupted, at the start.
    mutating func interrupted(_ deliveries: [InterruptedDelivery], at now: ClockReading) {
        let time = OutcomeTime(now: now.wall, believed: steadyClock.believed(at: now))
        outbox.opened(deliveries.count)
        for delivery in deliveries { outbox.add(rules.decideInterrupted(delivery, at: time)) }
    }

    /// A claim from the journal returned events.
    /// - Parameter toTheEnd: whether it reached the newest event; otherwise there may be more.
    mutating func claimed(_ block: Claimed, toTheEnd: Bool = false, at now: ClockReading) {
        intake.claimedNew(toTheEnd: toTheEnd, isMuch: block.items.count >= settings.batch.events, at: now)
        take(block, isFirst: true)
    }

    /// A claim from the journal found nothing new.
    mutating func foundNothing() {
        intake.foundNothing()
    }

    /// A claim of due retries returned.
    mutating func claimedDue(_ retries: Claimed) {
        intake.claimedDue()
        take(retries, isFirst: false)
    }

    /// The journal could not be read; it is asked again after a pause.
    mutating func claimFailed(at now: ClockReading) {
        intake.claimFailed(at: now)
    }

    /// The journal has new events.
    mutating func eventsArrived(at now: ClockReading) {
        intake.eventsArrived(at: now)
    }

    /// The intent that ``Step/intend(_:)`` asked for is durable, or could not be made so.
    mutating func intended(_ succeeded: Bool) {
        for item in intents.end(succeeded: succeeded) {
            assembly.append(item)
            if hasCandidate { assembly.bringForward(freshAt: assembly.freshCount - 1) }
        }
        if !succeeded { hasCandidate = false }
    }

    /// The settlement that ``Step/settle(_:)`` asked for is on disk.
    mutating func settled(_ settlement: Settlement) {
        outbox.settled(settlement)
        counts.add(settlement)
    }

    /// What ``Step/save(_:)`` asked for is on disk, or could not be written.
    mutating func saved() {
        isSaving = false
    }

    /// What ``Step/bringForward(_:)`` asked for is done, or could not be done.
    mutating func broughtForward(_ succeeded: Bool, at now: ClockReading) {
        steadyClock.broughtForward(succeeded, at: now)
    }

    /// A client's read waits for its turn.
    mutating func readWaits() {
        waitingReads += 1
    }

    /// A client's read no longer waits.
    mutating func readGaveUp() {
        waitingReads = max(0, waitingReads - 1)
    }

    /// A client's read met the rate limit, which deliveries share.
    mutating func readWasLimited(_ fault: DeliveryFault, _ after: RetryAfter?, at now: ClockReading) {
        gates.readWasLimited(fault, after, at: now)
    }

    /// An operator holds the provider: nothing is sent before the hold's end.
    mutating func held(by order: OperatorHold, at now: ClockReading) {
        gates.hold(order, at: now)
    }

    /// An operator resumes the provider, and has made its retries due in the journal.
    mutating func resumed(at now: ClockReading) {
        gates.resume(at: now.instant)
    }

    /// The instant of ``Step/wake(at:)`` has been reached.
    mutating func woke() {
        scheduledWake = nil
    }

    /// Starts no new requests; those in flight may end.
    mutating func close() {
        isClosing = true
    }

    /// The grace period of a shutdown has ended: requests in flight are abandoned.
    ///
    /// Their outcome stays unknown, and the next start treats it like a crash: repeated if the vendor deduplicates, otherwise uncertain.
    /// - Returns: the events to return unsent.
    mutating func abandon() -> [SequenceNumber] {
        isClosing = true
        isFinished = true
        return removeUnsent()
    }

    private mutating func take(_ claimed: Claimed, isFirst: Bool) {
        outbox.opened(claimed.items.count + claimed.settled.count)
        outbox.add(claimed.skipped, claimed.shadow)
        for settled in claimed.settled { outbox.add(settled) }
        for var item in claimed.items {
            if isFirst {
                if item.followsShadow { nextPlace += 1 }
                item.place = nextPlace
                nextPlace += 1
            }
            suspects.mark(&item, isFresh: isFirst)
            if settings.needsIntent { intents.append(item) } else { assembly.append(item) }
        }
        // Between two claims there may be events that were settled before a restart.
        if isFirst { nextPlace += 1 }
        if isFirst, let last = claimed.items.last { lastClaimed = last.acceptedAt }
    }
}
