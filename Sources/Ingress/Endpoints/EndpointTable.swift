import Access
import HTTPTypes

/// The endpoints that one listener serves, found by method and path.
struct EndpointTable: Sendable {
    /// An endpoint, and the text at the variable part of its path.
    struct Match: Sendable {
        let endpoint: Endpoint
        var parameter = ""
    }

    /// By path.
    private let fixed: [String: [Endpoint]]
    private let patterned: [Endpoint]
    /// Those that share their path with a facade.
    private let shared: [Endpoint]

    init(_ endpoints: [Endpoint] = Endpoint.all, on settings: IngressSettings) {
        let served = endpoints.filter { $0.audience != .administration || settings.servesAdministration }
            .map { settings.opensMetrics && $0.path == "/metrics" ? $0.unlocked : $0 }
        fixed = Dictionary(grouping: served.filter { $0.path.variable == nil }, by: \.path.description)
        patterned = served.filter { $0.path.variable != nil }
        shared = served.filter { $0.content != .any }
    }

    /// Finds the endpoint that takes a request before any facade does; nil if none does.
    func findShared(_ method: HTTPRequest.Method, _ path: String, _ fields: HTTPFields) -> Match? {
        shared.first { $0.method == method && $0.path.description == path && $0.content.includes(fields) }
            .map { Match(endpoint: $0) }
    }

    /// Finds the endpoint of a method and a path.
    /// - Parameters:
    ///   - path: still percent-encoded.
    ///   - fields: of the request.
    /// - Throws: ``Problem`` (404, 405).
    func find(_ method: HTTPRequest.Method, _ path: String, _ fields: HTTPFields = [:]) throws(Problem) -> Match {
        let served = matches(path, fields)
        guard let first = served.first else { throw .unknownPath(path, near: nearest(to: path, fields)) }
        if let match = served.first(where: { $0.endpoint.method == method }) { return match }
        // Not a wrong method: no client posts to a single event, but many to /v1/events/batch.
        if method == .post, first.endpoint.path == "/v1/events/{id}" {
            throw .unknownPath(path, near: "/v1/events, which accepts one event or several")
        }
        if method == .head, let match = served.first(where: { $0.endpoint.method == .get }) { return match }
        throw .wrongMethod(method.rawValue, allowed: Set(served.map(\.endpoint.method.rawValue)).sorted())
    }

    /// Endpoints whose path is the one asked for, then those whose pattern it fits: `GET /v1/events/estimate` is an event with this id,
    /// because the endpoint of this path has another method.
    private func matches(_ path: String, _ fields: HTTPFields) -> [Match] {
        let exact = fixed[path, default: []].filter { $0.content.includes(fields) }.map { Match(endpoint: $0) }
        return exact
            + patterned.compactMap { endpoint in
                endpoint.path.match(path).map { Match(endpoint: endpoint, parameter: $0) }
            }
    }

    /// The path that is meant by one with a slash too many; nil if there is none.
    private func nearest(to path: String, _ fields: HTTPFields) -> String? {
        let bare = "/" + path.split(separator: "/").joined(separator: "/")
        return bare != path && !matches(bare, fields).isEmpty ? bare : nil
    }
}
