package import Events
import GRDB
package import Journal
import JournalFormat

extension SQLiteEventStore {
    package func events(after position: JournalPosition, of tenant: TenantID, limit: Int) async throws(StoreError)
        -> FollowedEvents
    {
        let (reader, names) = (parts.reader, parts.names.current)
        let (newest, limitBytes) = (parts.newest.value, parts.settings.pageBytes)
        let after = position.number().rawValue
        return try await readPoint { db in
            let deliveries = DeliveryAssembly(db: db, names: names)
            let rows = try JournalReader.rows(from: after + 1, in: db)
            var found: [FollowedEvents.Followed] = []
            var (through, looked, bytes) = (after, 0, 0)
            while looked < limit, bytes < limitBytes {
                guard let row = try rows.next().map(ChunkRow.init), row.first <= newest else {
                    // What is missing in between was removed, and never comes again.
                    through = max(through, newest)
                    break
                }
                let chunk = try reader.events(of: row)
                for place in max(row.first, through + 1)...max(row.last, through + 1)
                where place <= row.last && looked < limit && bytes < limitBytes {
                    looked += 1
                    through = place
                    guard let event = chunk.flatMap({ StoredEvent(place, in: $0) })?.event, event.tenant == tenant
                    else {
                        continue
                    }
                    let all = try deliveries.all(of: event, at: place)
                    let archived = ArchivedEvent(sequence: SequenceNumber(place), event: event, deliveries: all)
                    bytes += archived.approximateBytes
                    found.append(
                        FollowedEvents.Followed(event: archived, position: JournalPosition(SequenceNumber(place)))
                    )
                }
            }
            return FollowedEvents(events: found, through: JournalPosition(SequenceNumber(through)))
        }
    }
}
