import Events
import Journal
import Routing

// What the machine is told: the reports on its steps, and what happened meanwhile.
extension PipelineMachine {
    /// Deliveries that a crash interrupted, at the start.
    mutating func interrupted(_ sequences: [SequenceNumber], at now: ClockReading) {
        outbox.opened(sequences.count)
        for sequence in sequences { outbox.add(rules.decideInterrupted(sequence, at: now.wall)) }
    }

    /// A claim from the journal brought events.
    /// - Parameter toTheEnd: whether it went up to the newest event; else there may be more.
    mutating func claimed(_ block: Claimed, toTheEnd: Bool = false, at now: ClockReading) {
        intake.claimedNew(toTheEnd: toTheEnd, isMuch: block.items.count >= settings.batch.events, at: now)
        take(block, isFirst: true)
    }

    /// A claim from the journal found nothing new.
    mutating func foundNothing() {
        intake.foundNothing()
    }

    /// A claim of due retries came back.
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

    /// A client's read waits no longer.
    mutating func readGaveUp() {
        waitingReads = max(0, waitingReads - 1)
    }

    /// A client's read was told that the rate limit is reached, which is that of deliveries too.
    mutating func readWasLimited(_ fault: DeliveryFault, _ after: RetryAfter?, at now: ClockReading) {
        gates.readWasLimited(fault, after, at: now)
    }

    /// An operator holds the provider: nothing is sent before the hold's end.
    mutating func held(by order: OperatorHold, at now: ClockReading) {
        gates.hold(order, at: now)
    }

    /// An operator wants the provider called now, and has made its retries due in the journal.
    mutating func resumed(at now: ClockReading) {
        gates.resume(at: now.instant)
    }

    /// The instant of ``Step/wake(at:)`` has come.
    mutating func woke() {
        scheduledWake = nil
    }

    /// No new request from here on; what is in flight is waited for.
    mutating func close() {
        isClosing = true
    }

    /// The grace time of a shutdown is over: what is in flight is not waited for any longer.
    ///
    /// Its outcome stays unknown, and the next start treats it like a crash: repeated where the vendor deduplicates, else uncertain.
    /// - Returns: the events to give back unsent.
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
