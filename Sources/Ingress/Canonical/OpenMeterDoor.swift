import Access
import HTTPTypes
import Hummingbird

/// `POST /api/v1/events` with a CloudEvent: OpenMeter's clients send there, because they take a host and add the path themselves. Lago's
/// facade has the same path, for JSON bodies.
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

    /// OpenMeter responds to accepted events with 204, and its clients accept nothing else as success. As there, a refusal is a problem
    /// document.
    private static func answer(_ response: EndpointResponse) -> EndpointResponse {
        guard response.status == .accepted else { return response }
        var empty = EndpointResponse(status: .noContent, contentType: nil, body: .bytes([]))
        (empty.accepted, empty.ids) = (response.accepted, response.ids)
        return empty
    }
}
