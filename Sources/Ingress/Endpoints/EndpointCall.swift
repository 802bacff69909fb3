import Access
import DeliveryEngine
import HTTPTypes
import Hummingbird
import Routing
import Telemetry

/// A request for an endpoint's handler.
struct EndpointCall: Sendable {
    let request: Request
    /// The text at the variable part of the path; empty if it has none.
    let parameter: String
    let body: RequestBody
    /// Maximum size of the body in bytes.
    let bodyLimitBytes: Int
    /// Nil if no key was presented, which only some endpoints allow.
    let visitor: Caller?
    let trace: TraceContext?

    /// The caller, at an endpoint that needs a key.
    var caller: Caller {
        guard let visitor else { preconditionFailure("an endpoint for clients is called with a client") }
        return visitor
    }

    var client: Client { caller.client }

    /// Reads and parses the body; a large body is parsed on another thread than the event loop's.
    /// - Throws: ``Problem`` (411, 413, 415, 400, 503), and whatever `parse` throws.
    func parseBody<Value: Sendable>(_ parse: @escaping @Sendable ([UInt8]) throws -> Value) async throws -> Value {
        let bytes = try await body.read(limitBytes: bodyLimitBytes)
        return try await body.decoding.decode(isLarge: bytes.count >= LargeBodies.least) { try parse(bytes) }
    }

    /// The query, as the client wrote it.
    var query: Substring { request.uri.query.map { $0[...] } ?? "" }

    /// The query of a list.
    /// - Parameters:
    ///   - allowed: the parameters that the endpoint accepts.
    ///   - asksVendors: whether the query may also go to a vendor.
    /// - Throws: ``Problem`` for a parameter that it does not accept.
    func listQuery(_ allowed: Set<String>, asksVendors: Bool = true) throws(Problem) -> ListQuery {
        try ListQuery(
            query,
            allowed: asksVendors ? allowed.union([ListQuery.provider]) : allowed
        )
    }

    /// All values of a parameter of the query.
    func values(_ name: String) -> [String] {
        QueryText.pairs(query).filter { $0.name == name }.map(\.value)
    }

    /// A flag of the query.
    /// - Throws: ``Problem`` if it is neither true nor false.
    func flag(_ name: String) throws(Problem) -> Bool {
        switch QueryText.pairs(query).last(where: { $0.name == name })?.value {
        case nil, "false"?: return false
        case "true"?, ""?: return true
        default: throw .badParameter(name, "is true or false")
        }
    }
}
