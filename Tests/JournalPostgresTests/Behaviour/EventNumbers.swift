import Events
import Journal
import Synchronization

@testable import JournalPostgres

/// Translates the numbers of one slot into 1, 2, 3 and so on, in the order in which they were seen first, and back.
///
/// The behaviour suite counts events. A store over several gateways gives other numbers, which rise all the same.
final class EventNumbers: Sendable {
    private struct State {
        var counted: [Int64: Int64] = [:]
        var real: [Int64] = []
    }

    private let state = Mutex(State())

    /// The count of an event; one that is new is the next.
    func counted(_ sequence: SequenceNumber) -> SequenceNumber {
        guard sequence.rawValue > 0 else { return sequence }
        return state.withLock { state in
            if let known = state.counted[sequence.rawValue] { return SequenceNumber(known) }
            state.real.append(sequence.rawValue)
            state.counted[sequence.rawValue] = Int64(state.real.count)
            return SequenceNumber(Int64(state.real.count))
        }
    }

    /// The count of the last event up to a number, which need not be an event's.
    func countedPlace(_ sequence: SequenceNumber) -> SequenceNumber {
        state.withLock { state in
            if let known = state.counted[sequence.rawValue] { return SequenceNumber(known) }
            return SequenceNumber(Int64(state.real.count { $0 <= sequence.rawValue }))
        }
    }

    /// The number of an event by its count. What lies behind the last event has a number that no event has.
    func real(_ count: SequenceNumber) -> SequenceNumber {
        state.withLock { state in
            guard count.rawValue > 0 else { return count }
            if count.rawValue <= state.real.count { return SequenceNumber(state.real[Int(count.rawValue) - 1]) }
            let beyond = min(count.rawValue - Int64(state.real.count), 4000)
            return SequenceNumber((state.real.max() ?? 0) | 4095 + beyond)
        }
    }

    // MARK: Positions

    func counted(_ position: JournalPosition) -> JournalPosition {
        let furthest = position.streams.map { position.number(inStream: $0) }.max() ?? 0
        return JournalPosition(countedPlace(furthest))
    }

    func real(_ position: JournalPosition) -> JournalPosition {
        let number = real(position.number())
        return JournalPosition(number, inStream: UInt16(SlotNumbers.slot(of: number.rawValue)))
    }

    // MARK: What holds numbers

    func counted(_ event: ArchivedEvent) -> ArchivedEvent {
        ArchivedEvent(sequence: counted(event.sequence), event: event.event, deliveries: event.deliveries)
    }

    func counted(_ delivery: ClaimedDelivery) -> ClaimedDelivery {
        ClaimedDelivery(
            sequence: counted(delivery.sequence),
            event: delivery.event,
            destination: delivery.destination,
            attempts: delivery.attempts,
            reachedAt: delivery.reachedAt
        )
    }

    func counted(_ result: AppendResult) -> AppendResult {
        switch result {
        case .stored(let sequence): .stored(counted(sequence))
        case .duplicate(let sequence, let hasOtherTime): .duplicate(of: counted(sequence), hasOtherTime: hasOtherTime)
        case .conflict(let sequence, let fields): .conflict(with: counted(sequence), fields: fields)
        case .withheld: .withheld
        }
    }

    func counted(_ cursor: EventCursor) -> EventCursor {
        EventCursor(timestamp: cursor.timestamp, sequence: countedPlace(cursor.sequence))
    }

    func real(_ cursor: EventCursor) -> EventCursor {
        EventCursor(timestamp: cursor.timestamp, sequence: real(cursor.sequence))
    }

    func counted(_ cursor: DeliveryCursor) -> DeliveryCursor {
        DeliveryCursor(sequence: countedPlace(cursor.sequence), provider: cursor.provider)
    }

    func real(_ cursor: DeliveryCursor) -> DeliveryCursor {
        DeliveryCursor(sequence: real(cursor.sequence), provider: cursor.provider)
    }

    func counted(_ page: DeliveryPage) -> DeliveryPage {
        DeliveryPage(
            deliveries: page.deliveries.map { delivery in
                ArchivedDelivery(
                    cursor: DeliveryCursor(
                        sequence: counted(delivery.cursor.sequence),
                        provider: delivery.cursor.provider
                    ),
                    event: delivery.event,
                    delivery: delivery.delivery
                )
            },
            next: page.next.map { counted($0) }
        )
    }

    func counted(_ damage: ChunkDamage) -> ChunkDamage {
        ChunkDamage(first: countedPlace(damage.first), last: countedPlace(damage.last), reason: damage.reason)
    }

    func real(_ settlement: Settlement) -> Settlement {
        Settlement(
            provider: settlement.provider,
            delivered: settlement.delivered.map {
                DeliveredRun(sequences: $0.sequences.map { real($0) }, attempt: $0.attempt)
            },
            skipped: settlement.skipped.map { SkippedRun(sequences: $0.sequences.map { real($0) }, at: $0.at) },
            exceptions: settlement.exceptions.map { exception in
                SettledDelivery(
                    sequence: real(exception.sequence),
                    status: exception.status,
                    newAttempts: exception.newAttempts,
                    nextAttemptAt: exception.nextAttemptAt,
                    reachedAt: exception.reachedAt,
                    fault: exception.fault
                )
            },
            shadow: settlement.shadow.map { tally in
                ShadowTally(
                    tally.shadowClass,
                    field: tally.field,
                    events: tally.events,
                    samples: tally.samples.map { real($0) },
                    at: tally.at
                )
            }
        )
    }
}
