import Events
import Journal

/// A message to a pipeline's loop, from a step's task or from outside.
enum PipelineReport: Sendable {
    /// - Parameter end: the end of the journal, if the claim reached it.
    case claimed(PipelineMachine.Claimed, end: JournalPosition?)
    case foundNothing(newest: JournalPosition)
    case claimedDue(PipelineMachine.Claimed)
    case claimFailed
    case intended(Bool)
    case called(DeliveryBatch, Verdict, AttemptFacts)
    /// The lease has ended, or was in doubt for too long, before the request could leave.
    case unsent(DeliveryBatch)
    case settled(Settlement)
    case saved
    case broughtForward(Bool)
    /// Deliveries became due, which the pipeline could not know.
    case nudged
    case ordered(OperatorOrder)
    case read(ReadAdmission.Wish)
    case backfill(BackfillAdmission.Wish)
    /// For a backfill: one of its requests may leave.
    case turn(BackfillTraffic.Turn)
    case eventsArrived
    case woke
    /// The pipeline must stop; another one of the provider may follow.
    case stopped
    /// The gateway shuts down.
    case shutdown
    /// The grace period of the shutdown has ended.
    case graceOver
    /// Another process wants the account, or has it.
    case leaseEnds(LeaseEnd)
}

extension PipelineMachine {
    /// Passes a report to the machine.
    mutating func take(_ report: PipelineReport, at now: ClockReading) {
        switch report {
        case .claimed(let claimed, let end): self.claimed(claimed, toTheEnd: end != nil, at: now)
        case .foundNothing: foundNothing()
        case .claimedDue(let claimed): claimedDue(claimed)
        case .claimFailed: claimFailed(at: now)
        case .intended(let succeeded): intended(succeeded)
        case .called(let batch, let verdict, let facts): called(batch, verdict, facts, at: now)
        case .unsent(let batch): unsent(batch)
        case .settled(let settlement): settled(settlement)
        case .saved: saved()
        case .ordered(.hold(let hold)): held(by: hold, at: now)
        case .ordered(.resume): resumed(at: now)
        case .read(.read): readWaits()
        case .read(.withdraw): readGaveUp()
        case .read(.limited(let fault, let after)): readWasLimited(fault, after, at: now)
        case .backfill(.join(let number, let percent)): backfillJoined(number, percent: percent, at: now)
        case .backfill(.leave(let number)): backfillLeft(number)
        case .backfill(.ask(let number)): backfillAsks(number)
        case .backfill(.end(let end)): backfillEnded(end, at: now)
        case .turn(let turn): turnCame(turn)
        case .broughtForward(let succeeded): broughtForward(succeeded, at: now)
        // The ledger knows what became due.
        case .nudged: break
        case .eventsArrived: eventsArrived(at: now)
        case .woke: woke()
        case .stopped, .shutdown, .leaseEnds(.wanted), .leaseEnds(.lost): close()
        case .graceOver, .leaseEnds(.unwatched): break
        }
    }
}
