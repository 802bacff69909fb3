import Access
import DeliveryEngine
import Events
import JSON
import Journal
import Parity
import VendorReads

/// `GET /v1/events/{id}` and `/v1/events/id/{id}`: an event, its deliveries and every attempt.
struct EventHandler: Sendable {
    private let archive: any EventArchive
    private let vendors: VendorReadHandler
    private let comparisons: any ParityRunning
    /// Of all vendors.
    private let traits: [VendorTraits]

    init(_ services: EndpointServices) {
        archive = services.given.journal
        vendors = VendorReadHandler(services)
        comparisons = services.given.operations.parity
        traits = services.given.vendors.questions.traits
    }

    /// The event as the journal has it, or as a vendor has it.
    func respond(to call: EndpointCall) async throws -> EndpointResponse {
        if let provider = try call.listQuery([]).provider {
            return .json(try await vendors.event(call.parameter, at: provider, for: call.caller))
        }
        return .json(try await event(call.parameter, of: call.client))
    }

    /// The event as JSON. If several events share an id (with different scopes of a vendor), the oldest comes first and the others are in
    /// `same_id`.
    private func event(_ id: String, of client: Client) async throws -> [UInt8] {
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
        EventWriter.writeTimeline(of: first, resends: try await resends(of: first), to: &writer)
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

    /// When comparisons sent the event again; the timeline shows that beside the attempts.
    private func resends(of event: ArchivedEvent) async throws -> [Resend] {
        do { return try await comparisons.resends(of: event.sequence) } catch { throw Problem(error) }
    }
}
