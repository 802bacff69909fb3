import Access
import Events
import JSON
import Journal
import Routing

/// `GET /v1/client`: the caller's client, its permissions, and the journal that its events go to.
struct ClientHandler: Sendable {
    private let journalID: String
    private let bodyLimitBytes: Int

    init(_ services: EndpointServices) {
        journalID = services.given.journal.journalID
        bodyLimitBytes = services.settings.bodyLimitBytes
    }

    func respond(to call: EndpointCall) -> EndpointResponse {
        let client = call.client
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.member("name", string: client.name.rawValue)
        writer.member("tenant", string: client.tenant.rawValue)
        writer.key("scopes")
        writer.beginArray()
        for scope in Scope.allCases where client.may(scope) { writer.string(scope.rawValue) }
        writer.endArray()
        writer.member("journal", string: journalID)
        writer.key("limits")
        writer.beginObject()
        writer.member("body_bytes", integer: bodyLimitBytes)
        writer.endObject()
        writer.endObject()
        return .json(writer.bytes)
    }
}
