package import Events
package import Journal
import JournalFormat

extension PostgresEventStore {
    package func events(after position: JournalPosition, of tenant: TenantID, limit: Int) async throws(StoreError)
        -> FollowedEvents
    {
        let parts = parts
        return try await readPoint { (session) throws(PostgresFailure) in
            var walk = FollowingWalk(parts, from: position, of: tenant, limit: limit)
            return try walk.read(session)
        }
    }
}

/// Reads a piece of the journal, slot by slot.
private struct FollowingWalk {
    private let parts: StoreParts
    private let tenant: TenantID
    private let limit: Int
    private var through: JournalPosition
    private var found: [(sequence: Int64, event: AcceptedEvent, position: JournalPosition)] = []
    private var (looked, bytes) = (0, 0)

    /// Chunks that one statement reads, with up to a megabyte each.
    private static let chunksPerRead = 8

    init(_ parts: StoreParts, from position: JournalPosition, of tenant: TenantID, limit: Int) {
        self.parts = parts
        self.tenant = tenant
        self.limit = limit
        through = position
    }

    mutating func read(_ session: PostgresSession) throws(PostgresFailure) -> FollowedEvents {
        for end in try session.run(.readEnds, []) {
            let (slot, last) = (Int16(clamping: end.integer(0)), end.integer(1))
            while hasRoom, place(in: slot) < last {
                let after = place(in: slot)
                let rows = try parts.reader.rows(after: after, in: slot, limit: Self.chunksPerRead, session)
                for row in rows where hasRoom { try look(at: row, session) }
                // What is missing in between was removed, and never comes again.
                if rows.isEmpty { advance(slot, to: last) }
            }
        }
        let events = found.map { ($0.sequence, $0.event) }
        let archived = try DeliveryAssembly(names: parts.names.current, session: session).archived(events)
        return FollowedEvents(
            events: zip(archived, found).map { FollowedEvents.Followed(event: $0, position: $1.position) },
            through: through
        )
    }

    private var hasRoom: Bool { looked < limit && bytes < parts.settings.pageBytes }

    private func place(in slot: Int16) -> Int64 { through.number(inStream: UInt16(slot)).rawValue }

    private mutating func advance(_ slot: Int16, to number: Int64) {
        through = through.advanced(to: SequenceNumber(number), inStream: UInt16(slot))
    }

    private mutating func look(at row: ChunkRow, _ session: PostgresSession) throws(PostgresFailure) {
        guard let chunk = try parts.reader.events(of: row, session) else { return advance(row.slot, to: row.last) }
        let start = max(row.first, place(in: row.slot) + 1)
        guard start <= row.last else { return }
        for number in start...row.last where hasRoom {
            looked += 1
            advance(row.slot, to: number)
            guard let event = StoredEvent(number, in: chunk)?.event, event.tenant == tenant else { continue }
            bytes += event.approximateBytes + event.plan.destinations.count * 256
            found.append((number, event, through))
        }
    }
}
