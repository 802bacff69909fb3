import Access
import Events
import JSON
import Journal

/// `GET /v1/events/{id}`: an event, its deliveries and every attempt.
struct EventHandler: Sendable {
    let archive: any EventArchive
    /// Of all vendors.
    let traits: [VendorTraits]

    /// The event as JSON. Of several events that share an id (a vendor's scope tells them apart), the oldest comes first and the others
    /// stand under `also`.
    func respond(to id: String, from client: Client) async throws -> [UInt8] {
        let events: [ArchivedEvent]
        do {
            events = try await archive.events(withID: EventID(id), of: client.tenant)
        } catch {
            throw Problem(error)
        }
        guard let first = events.first else { throw Problem.unknownEvent(id) }
        var writer = JSONWriter(capacity: 2048)
        writer.beginObject()
        EventWriter.writeMembers(of: first, traits: traits, to: &writer)
        EventWriter.writeTimeline(of: first, to: &writer)
        if events.count > 1 {
            writer.key("same_id")
            writer.beginArray()
            for event in events.dropFirst() {
                writer.beginObject()
                EventWriter.writeMembers(of: event, traits: traits, to: &writer)
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }
}
