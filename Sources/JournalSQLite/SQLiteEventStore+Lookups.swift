import Events
package import Journal

extension SQLiteEventStore {
    package func record(_ lookup: RecordedLookup) async throws(StoreError) -> Bool {
        guard let number = parts.names.number(of: lookup.account) else { return false }
        let step = LookupStep(lookup: lookup, providerNumber: number, lane: parts.names.lane(number)?.lane)
        return try await commit { .lookup(step, $0) }
    }
}
