import Events
import Journal
import JournalFormat

/// Puts deliveries together from runs, rows, attempts and amendments: those of many events with a few statements.
struct DeliveryAssembly {
    let names: NameTable
    let session: PostgresSession

    /// Events whose deliveries are read at once.
    private static let most = 512

    private struct Key: Hashable {
        let account: Int32
        let sequence: Int64
    }

    /// The events with their deliveries, in the same order.
    func archived(_ events: [(sequence: Int64, event: AcceptedEvent)]) throws(PostgresFailure) -> [ArchivedEvent] {
        var archived: [ArchivedEvent] = []
        archived.reserveCapacity(events.count)
        var rest = events[...]
        while !rest.isEmpty {
            archived += try some(Array(rest.prefix(Self.most)))
            rest = rest.dropFirst(Self.most)
        }
        return archived
    }

    /// One delivery per destination of the event's plan, in the plan's order; then those that lanes have an outcome for.
    private func some(_ events: [(sequence: Int64, event: AcceptedEvent)]) throws(PostgresFailure) -> [ArchivedEvent] {
        var accounts: Set<Int32> = []
        for (_, event) in events {
            accounts.formUnion(event.plan.destinations.compactMap { names.accountNumbers[$0.provider] })
        }
        let outcomes = try DeliveryOutcomes(of: events.map(\.sequence), at: accounts, session)
        let known = try details(of: outcomes.allRows.map { Key(account: $0.account, sequence: $0.sequence) })
        return events.map { sequence, event in
            func delivery(_ account: Int32?, _ destination: Destination, of lane: LaneNumber? = nil) -> Delivery? {
                guard let account else { return nil }
                if let row = outcomes.row(sequence, account) {
                    return Delivery(row, to: destination, of: lane, details(account, sequence))
                }
                return outcomes.run(sequence, account).map {
                    Delivery(settledBy: $0.attempt, to: destination, of: lane)
                }
            }
            func details(_ account: Int32, _ sequence: Int64) -> Details {
                known[Key(account: account, sequence: sequence)] ?? Details()
            }
            let planned = event.plan.destinations.map { destination in
                delivery(names.accountNumbers[destination.provider], destination) ?? .pending(destination)
            }
            let byLanes = outcomes.lanes.compactMap { delivery($0.number, $0.destination, of: $0.lane) }
            return ArchivedEvent(
                sequence: SequenceNumber(sequence),
                event: event,
                deliveries: planned + byLanes
            )
        }
    }

    private func details(of keys: [Key]) throws(PostgresFailure) -> [Key: Details] {
        var found: [Key: Details] = [:]
        guard !keys.isEmpty else { return found }
        let parameters: [Parameter] = [.int4s(keys.map(\.account)), .int8s(keys.map(\.sequence))]
        for row in try session.run(.readAttempts, parameters) {
            let attempt = try Attempt(row, from: 2)
            found[Self.key(row), default: Details()].attempts.append(attempt)
        }
        for row in try session.run(.readAmendments, parameters) {
            guard let destination = PlanCoding.decode(row.bytes(5))?.destinations.first else {
                throw .refused(.dataException, message: "the settings of a retried delivery cannot be read")
            }
            let amendment = DeliveryAmendment(
                at: Timestamp(milliseconds: row.integer(2)),
                by: ClientName(row.text(3)),
                firstAttempt: Int(clamping: row.integer(4)),
                destination: destination
            )
            found[Self.key(row), default: Details()].amendments.append(amendment)
        }
        return found
    }

    private static func key(_ row: Row) -> Key {
        Key(account: Int32(clamping: row.integer(0)), sequence: row.integer(1))
    }
}

/// What there is of a delivery beside its row.
struct Details: Sendable {
    var attempts: [Attempt] = []
    var amendments: [DeliveryAmendment] = []
}

extension Delivery {
    fileprivate init(_ row: DeliveryRow, to destination: Destination, of lane: LaneNumber?, _ details: Details) {
        let last = details.attempts.last
        self.init(
            provider: destination.provider,
            adapter: destination.adapter,
            mode: destination.mode,
            lane: lane,
            status: row.status,
            attempts: row.attempts,
            deduplicated: last?.deduplicated ?? false,
            httpStatus: last?.httpStatus,
            latency: last?.latency,
            nextAttemptAt: row.nextAttemptAt,
            fault: row.faultIsLastAttempts ? last?.fault : row.fault,
            history: details.attempts,
            amendments: details.amendments
        )
    }
}
