import HTTPTypes

/// What OpenMeter's clients are told of events that they have sent.
enum OpenMeterResponse {
    /// OpenMeter responds with 204 to accepted events, and its clients accept nothing else as success. A refusal is a problem, as there.
    static func response(_ response: EndpointResponse) -> EndpointResponse {
        guard response.status == .accepted else { return response }
        var empty = EndpointResponse(status: .noContent, contentType: nil, body: .bytes([]))
        (empty.accepted, empty.ids) = (response.accepted, response.ids)
        return empty
    }
}
