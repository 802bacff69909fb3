import Events
import HTTPTypes
import JSON

/// `POST /v1/events/{id}/void` and `/adjust`: corrects an event at the vendors that have it.
struct CorrectionHandler: Sendable {
    private let desk: CorrectionDesk

    init(_ services: EndpointServices) {
        desk = CorrectionDesk(services)
    }

    /// Corrects the event, or only says what that would do in a dry run.
    func respond(to call: EndpointCall, _ kind: CorrectionID.Kind) async throws -> EndpointResponse {
        let body = try await call.parseBody { try CorrectionBody($0, for: kind) }
        let outcome = try await desk.correct(EventID(call.parameter), body, by: call.caller)
        let json = Self.json(outcome, kind, body)
        return .json(json, status: outcome.recorded > 0 ? .accepted : .ok)
    }

    private static func json(_ outcome: CorrectionDesk.Outcome, _ kind: CorrectionID.Kind, _ body: CorrectionBody)
        -> [UInt8]
    {
        let plan = outcome.plan
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.member("id", string: plan.event.id.rawValue)
        writer.member("operation", string: kind.rawValue)
        writer.member("dry_run", bool: body.isDryRun)
        writer.member("recorded", integer: outcome.recorded)
        writer.key("destinations")
        writer.beginArray()
        for (index, part) in plan.parts.enumerated() {
            writer.beginObject()
            writer.member("provider", string: part.delivery.provider.rawValue)
            writer.member("adapter", string: part.delivery.adapter.rawValue)
            writer.member("outcome", string: part.result.name)
            writer.member("reason", stringOrNull: part.result.reason)
            writer.member("correction", stringOrNull: plan.correction(ofPart: index)?.rawValue)
            writer.member("note", stringOrNull: part.result.isSent ? part.note : nil)
            writer.endObject()
        }
        writer.endArray()
        writer.key("corrections")
        writer.beginArray()
        for (event, _) in plan.corrections {
            writer.beginObject()
            EventWriter.writeMembers(of: event, to: &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
