import Access
import Events

/// The class under which a request is counted in the metrics.
enum EndpointClass: Hashable, Sendable {
    case write, read, deliveries, operations, dashboard
    /// A path or a method that is not served.
    case unknown
    /// A vendor's own API, for any path in it.
    case facade(AdapterName)

    var name: String {
        switch self {
        case .write: "write"
        case .read: "read"
        case .deliveries: "deliveries"
        case .operations: "operations"
        case .dashboard: "dashboard"
        case .unknown: "unknown"
        case .facade(let adapter): "facade_\(adapter.rawValue)"
        }
    }
}
