import Foundation
import HTTPTypes

/// What a request asks for.
enum Endpoint: Equatable {
    case writeEvents
    case listEvents
    case eventNames
    case estimate
    case streamEvents
    case event(id: String)
    case deliveries
    case retryDeliveries
    case discardDeliveries
    case deliveryActions
    case providers
    case client
    case holdProvider(name: String)
    case resumeProvider(name: String)
    case reloadRoutes
    case checkRoutes
    case auditLog
    case health
    case readiness
    case metrics
    case description

    /// Finds the endpoint of a method and a path.
    /// - Parameter path: still percent-encoded, so that an encoded slash stays part of an id.
    static func find(_ method: HTTPRequest.Method, _ path: String) throws(Problem) -> Endpoint {
        let methods = self.methods(at: path)
        guard !methods.isEmpty else { throw .unknownPath(path, near: nearest(to: path)) }
        if let endpoint = methods[method] { return endpoint }
        // Not a wrong method: nobody posts to a single event, but many to /v1/events/batch.
        if method == .post, case .event? = methods[.get] {
            throw .unknownPath(path, near: "/v1/events, which takes one event or several")
        }
        if method == .head, let endpoint = methods[.get] { return endpoint }
        throw .wrongMethod(method.rawValue, allowed: methods.keys.map(\.rawValue).sorted())
    }

    /// The path that is meant by one with a slash too many; nil if there is none.
    private static func nearest(to path: String) -> String? {
        let bare = "/" + path.split(separator: "/").joined(separator: "/")
        return bare != path && !methods(at: bare).isEmpty ? bare : nil
    }

    private static func methods(at path: String) -> [HTTPRequest.Method: Endpoint] {
        switch path {
        case "/v1/events": return [.post: .writeEvents, .get: .listEvents]
        case "/v1/events/names": return [.get: .eventNames]
        case "/v1/events/stream": return [.get: .streamEvents]
        case "/v1/events/estimate": return [.post: .estimate]
        case "/v1/deliveries": return [.get: .deliveries]
        case "/v1/deliveries/retry": return [.post: .retryDeliveries]
        case "/v1/deliveries/discard": return [.post: .discardDeliveries]
        case "/v1/deliveries/actions": return [.get: .deliveryActions]
        case "/v1/providers": return [.get: .providers]
        case "/v1/client": return [.get: .client]
        case "/v1/config/reload": return [.post: .reloadRoutes]
        case "/v1/config/check": return [.post: .checkRoutes]
        case "/v1/log": return [.get: .auditLog]
        case "/healthz": return [.get: .health]
        case "/readyz": return [.get: .readiness]
        case "/metrics": return [.get: .metrics]
        case "/openapi.json": return [.get: .description]
        default: break
        }
        if let methods = providerMethods(at: path) { return methods }
        let prefix = "/v1/events/"
        guard path.hasPrefix(prefix) else { return [:] }
        let encoded = path.dropFirst(prefix.count)
        guard !encoded.isEmpty, !encoded.contains("/"), let id = encoded.removingPercentEncoding else { return [:] }
        return [.get: .event(id: id)]
    }

    /// What is served at `/v1/providers/NAME/…`; nil if nothing is.
    private static func providerMethods(at path: String) -> [HTTPRequest.Method: Endpoint]? {
        let prefix = "/v1/providers/"
        guard path.hasPrefix(prefix) else { return nil }
        let parts = path.dropFirst(prefix.count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let name = parts[0].removingPercentEncoding, !name.isEmpty else { return nil }
        switch parts[1] {
        case "hold": return [.post: .holdProvider(name: name)]
        case "resume": return [.post: .resumeProvider(name: name)]
        default: return nil
        }
    }

    /// Whether it is for operators, who may have an address of their own for it.
    var isAdministrative: Bool {
        switch self {
        case .retryDeliveries, .discardDeliveries, .deliveryActions, .providers, .holdProvider, .resumeProvider,
            .reloadRoutes, .checkRoutes, .auditLog, .metrics:
            true
        case .writeEvents, .listEvents, .eventNames, .estimate, .streamEvents, .event, .deliveries, .client, .health,
            .readiness, .description:
            false
        }
    }

    /// Whether anybody may ask, whatever the request and the settings.
    var isOpen: Bool { self == .health || self == .description }
}
