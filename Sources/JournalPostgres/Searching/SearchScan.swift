import Events
import Journal
import JournalFormat

/// Looks at every event of a tenant, some chunks at a time, and tells of those that a filter takes.
struct SearchScan: Sendable {
    private(set) var isDone = false
    private let parts: StoreParts
    private let filter: EventFilter
    private let tenant: TenantID
    /// Where the journal ended when the scan began.
    private var end: JournalPosition?
    private var through = JournalPosition.start

    private static let chunksPerRead = 16

    init(_ parts: StoreParts, _ filter: EventFilter, of tenant: TenantID) {
        self.parts = parts
        self.filter = filter
        self.tenant = tenant
    }

    /// Looks at the next chunks.
    /// - Returns: the events that the filter takes.
    mutating func step(_ session: PostgresSession) throws(PostgresFailure) -> [(sequence: Int64, event: AcceptedEvent)]
    {
        if end == nil { end = try readEnd(session) }
        let end = end ?? .start
        for stream in end.streams {
            let (place, last) = (through.number(inStream: stream).rawValue, end.number(inStream: stream).rawValue)
            guard place < last else { continue }
            let rows = try parts.reader.rows(
                after: place,
                in: Int16(clamping: stream),
                limit: Self.chunksPerRead,
                session
            )
            var found: [(Int64, AcceptedEvent)] = []
            for row in rows where row.first <= last { found += try events(of: row, session) }
            through = through.advanced(to: SequenceNumber(rows.last?.last ?? last), inStream: stream)
            return try filter.asksForDeliveries ? withDeliveries(found, session) : found
        }
        isDone = true
        return []
    }

    private func readEnd(_ session: PostgresSession) throws(PostgresFailure) -> JournalPosition {
        try session.run(.readEnds, []).reduce(.start) { position, row in
            position.advanced(to: SequenceNumber(row.integer(1)), inStream: UInt16(clamping: row.integer(0)))
        }
    }

    private func events(of row: ChunkRow, _ session: PostgresSession) throws(PostgresFailure) -> [(
        Int64, AcceptedEvent
    )] {
        let events = try parts.reader.read(row, session) { (names) throws(ChunkFault) in try row.events(names: names) }
        guard let events = events?.events else { return [] }
        return events.enumerated().compactMap { offset, event in
            event.tenant == tenant && filter.takes(event) ? (row.first + Int64(offset), event) : nil
        }
    }

    private func withDeliveries(
        _ found: [(Int64, AcceptedEvent)],
        _ session: PostgresSession
    ) throws(PostgresFailure) -> [(Int64, AcceptedEvent)] {
        let archived = try DeliveryAssembly(names: parts.names.current, session: session).archived(found)
        return archived.filter { $0.deliveries.contains(where: filter.takes) }.map { ($0.sequence.rawValue, $0.event) }
    }
}

extension EventFilter {
    /// Whether deliveries must be examined.
    var asksForDeliveries: Bool { provider != nil || !deliveryStatuses.isEmpty }

    func takes(_ delivery: Delivery) -> Bool {
        (provider.map { $0 == delivery.provider } ?? true)
            && (deliveryStatuses.isEmpty || deliveryStatuses.contains(delivery.status))
    }
}
