package import Events
package import Journal
import JournalFormat

extension PostgresEventStore {
    package var journalID: String { parts.meta.journalID }

    package func events(withIDs ids: [EventID], of tenant: TenantID) async throws(StoreError) -> [ArchivedEvent] {
        let (parts, limit) = (parts, parts.settings.pageBytes * 4)
        let events = try await readPoint { (session) throws(PostgresFailure) -> [ArchivedEvent]? in
            let reads = IdentityReads(parts: parts, session: session)
            // An id can be in many scopes: too many for one answer are refused, since the answer has no pages.
            guard let events = try reads.events(withIDs: ids, of: tenant, limitBytes: limit) else { return nil }
            return try DeliveryAssembly(names: parts.names.current, session: session).archived(events)
        }
        guard let events else { throw .unfinishedRead }
        return events
    }

    package func event(at sequence: SequenceNumber, of tenant: TenantID) async throws(StoreError) -> ArchivedEvent? {
        let (parts, number) = (parts, sequence.rawValue)
        return try await readPoint { (session) throws(PostgresFailure) in
            guard let event = try parts.reader.chosenEvents(at: [number], session)[number], event.tenant == tenant
            else { return nil }
            return try DeliveryAssembly(names: parts.names.current, session: session).archived([(number, event)]).first
        }
    }

    package func deliveries(of sequences: [SequenceNumber], in tenant: TenantID) async throws(StoreError)
        -> [SequenceNumber: [Delivery]]
    {
        let (parts, wanted) = (parts, Set(sequences.map(\.rawValue)).sorted())
        let archived = try await readPoint { (session) throws(PostgresFailure) -> [ArchivedEvent] in
            let events = try parts.reader.chosenEvents(at: wanted, session)
            let own = wanted.compactMap { sequence in
                events[sequence].flatMap { $0.tenant == tenant ? (sequence: sequence, event: $0) : nil }
            }
            return try DeliveryAssembly(names: parts.names.current, session: session).archived(own)
        }
        return Dictionary(uniqueKeysWithValues: archived.map { ($0.sequence, $0.deliveries) })
    }

    package func damage() async throws(StoreError) -> [ChunkDamage] {
        try await readPoint { (session) throws(PostgresFailure) in
            try session.run(.readDamage, []).map { row in
                ChunkDamage(
                    first: SequenceNumber(row.integer(0)),
                    last: SequenceNumber(row.integer(1)),
                    reason: row.text(2)
                )
            }
        }
    }

    package func newestAcceptance() async throws(StoreError) -> Timestamp? {
        try await readPoint { (session) throws(PostgresFailure) in
            // Of several slots, the one whose newest number is the highest has it.
            try session.run(.readEnds, []).filter { !$0.isNull(3) }.max { $0.integer(3) < $1.integer(3) }
                .map { Timestamp(milliseconds: $0.integer(2)) }
        }
    }

    package func notedTime() async throws(StoreError) -> Timestamp? {
        try await readPoint { (session) throws(PostgresFailure) in
            try session.run(.readNotedTime, []).first.flatMap { Int64($0.text(0)) }.map { Timestamp(milliseconds: $0) }
        }
    }
}
