import Events
import Journal
import JournalFormat

/// Finds events by their ids, in whatever scope.
struct IdentityReads {
    let parts: StoreParts
    let session: PostgresSession

    /// Ranges of keys that one statement looks up.
    private static let most = 500

    /// Where events with these ids may be; ascending.
    ///
    /// An event has its second key only where its first one is taken, and so on: the search for an id ends where nothing has a key.
    private func sequences(withIDs ids: [EventID], of tenant: TenantID) throws(PostgresFailure) -> [Int64] {
        let known = IdentityParts(try session.run(.readIdentityParts, []))
        var found: Set<Int64> = []
        var (rest, ordinal) = (ids, 0)
        while !rest.isEmpty {
            var taken: [EventID] = []
            for start in stride(from: 0, to: rest.count, by: Self.most) {
                let group = Array(rest[start..<min(start + Self.most, rest.count)])
                let ranges = group.map { parts.keys.range(of: $0, tenant, ordinal) }
                let rows = try session.run(
                    .readIdentities(inAnyOf: known.all),
                    [.int8s(ranges.map(\.lowerBound)), .int8s(ranges.map(\.upperBound))]
                )
                found.formUnion(rows.map { $0.integer(1) })
                taken += Set(rows.map { $0.integer(0) }).sorted().map { group[Int($0) - 1] }
            }
            (rest, ordinal) = (taken, ordinal + 1)
        }
        return found.sorted()
    }

    /// The events of a tenant with one of these ids, in journal order.
    func events(withIDs ids: [EventID], of tenant: TenantID) throws(PostgresFailure)
        -> [(sequence: Int64, event: AcceptedEvent)]
    {
        try events(withIDs: ids, of: tenant, limitBytes: .max) ?? []
    }

    /// The same; nil if the events are larger than the limit together. One alone never is.
    func events(withIDs ids: [EventID], of tenant: TenantID, limitBytes: Int) throws(PostgresFailure)
        -> [(sequence: Int64, event: AcceptedEvent)]?
    {
        let wanted = Dictionary(ids.map { (Array($0.rawValue.utf8), $0) }, uniquingKeysWith: { first, _ in first })
        let ordered = try sequences(withIDs: Array(wanted.values), of: tenant)
        guard let events = try parts.reader.chosenEvents(at: ordered, limitBytes: limitBytes, session) else {
            return nil
        }
        return ordered.compactMap { sequence in
            guard let event = events[sequence], event.tenant.isSame(as: tenant),
                wanted[Array(event.id.rawValue.utf8)] != nil
            else { return nil }
            return (sequence, event)
        }
    }
}

extension TenantID {
    fileprivate func isSame(as other: TenantID) -> Bool { rawValue.utf8.elementsEqual(other.rawValue.utf8) }
}
