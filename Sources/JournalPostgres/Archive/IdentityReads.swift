import Events
import Journal
import JournalFormat

/// Finds events by their ids, in whatever scope.
struct IdentityReads {
    let parts: StoreParts
    let session: PostgresSession

    /// Where events with an id may be; ascending.
    ///
    /// An event has its second key only where its first one is taken, and so on: the search ends where nothing has a key.
    func sequences(withID id: EventID, of tenant: TenantID) throws(PostgresFailure) -> [Int64] {
        let known = IdentityParts(try session.run(.readIdentityParts, []))
        var found: Set<Int64> = []
        var ordinal = 0
        while true {
            let range = parts.keys.range(of: id, tenant, ordinal)
            let parameters: [Parameter] = [.int8(range.lowerBound), .int8(range.upperBound)]
            let rows = try session.run(.readIdentities(inAnyOf: known.all), parameters)
            guard !rows.isEmpty else { return found.sorted() }
            found.formUnion(rows.map { $0.integer(0) })
            ordinal += 1
        }
    }

    /// The events of a tenant with one of these ids, in journal order.
    func events(withIDs ids: [EventID], of tenant: TenantID) throws(PostgresFailure)
        -> [(sequence: Int64, event: AcceptedEvent)]
    {
        var sequences: Set<Int64> = []
        for id in ids { sequences.formUnion(try self.sequences(withID: id, of: tenant)) }
        let ordered = sequences.sorted()
        let events = try parts.reader.chosenEvents(at: ordered, session)
        return ordered.compactMap { sequence in
            guard let event = events[sequence], event.tenant.isSame(as: tenant),
                ids.contains(where: { event.id.isSame(as: $0) })
            else { return nil }
            return (sequence, event)
        }
    }
}

extension TenantID {
    fileprivate func isSame(as other: TenantID) -> Bool { rawValue.utf8.elementsEqual(other.rawValue.utf8) }
}

extension EventID {
    fileprivate func isSame(as other: EventID) -> Bool { rawValue.utf8.elementsEqual(other.rawValue.utf8) }
}
