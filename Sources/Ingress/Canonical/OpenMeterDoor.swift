import Access
import HTTPTypes
import Hummingbird

/// `POST /api/v1/events` with a CloudEvent: where OpenMeter's clients send, which take a host and add the path themselves. Lago's
/// facade has the same path, for bodies of JSON.
enum OpenMeterDoor {
    /// Whether a request is a CloudEvent, or several, at OpenMeter's address.
    static func takes(_ request: Request) -> Bool {
        guard request.method == .post, request.uri.path == "/api/v1/events" else { return false }
        if request.headers.contains(where: { $0.name.canonicalName == "ce-specversion" }) { return true }
        let type = request.headers[.contentType]?.prefix { $0 != ";" }.lowercased() ?? ""
        return type.hasPrefix("application/cloudevents+") || type.hasPrefix("application/cloudevents-batch+")
    }

    static let endpoint = Endpoint(
        .post,
        "/api/v1/events",
        for: .client,
        needing: Endpoint.write.scope,
        countedAs: Endpoint.write.metricsClass
    ) { answer(try await Endpoint.write.handler($0, $1)) }

    /// OpenMeter responds with 204 to accepted events, and its clients accept nothing else as success. A refusal is a problem, as there.
    private static func answer(_ response: EndpointResponse) -> EndpointResponse {
        guard response.status == .accepted else { return response }
        var empty = EndpointResponse(status: .noContent, contentType: nil, body: .bytes([]))
        (empty.accepted, empty.ids) = (response.accepted, response.ids)
        return empty
    }
}
