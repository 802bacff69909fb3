import Access
import DeliveryEngine
import HTTPTypes
import Hummingbird
import Routing
import Telemetry

/// A request on its way to an endpoint's handler.
struct EndpointCall: Sendable {
    let request: Request
    /// The text that stands for the part of the path that varies; empty if none does.
    let parameter: String
    let body: RequestBody
    /// Maximum number of bytes of the body.
    let bodyLimitBytes: Int
    /// Nil if nobody has signed in, which only some endpoints allow.
    let visitor: Caller?
    let trace: TraceContext?

    /// Who asks, at an endpoint that needs a key.
    var caller: Caller {
        guard let visitor else { preconditionFailure("an endpoint for clients is called with a client") }
        return visitor
    }

    var client: Client { caller.client }

    /// Reads the body and parses it; a large body is parsed on another thread than the event loop's.
    /// - Throws: ``Problem`` (411, 413, 415, 400, 503), and whatever `parse` throws.
    func parseBody<Value: Sendable>(_ parse: @escaping @Sendable ([UInt8]) throws -> Value) async throws -> Value {
        let bytes = try await body.read(limitBytes: bodyLimitBytes)
        return try await body.decoding.decode(isLarge: bytes.count >= LargeBodies.least) { try parse(bytes) }
    }

    /// The query, as the client wrote it.
    var query: Substring { request.uri.query.map { $0[...] } ?? "" }

    /// The query of a list.
    /// - Parameters:
    ///   - allowed: the names that the endpoint takes.
    ///   - asksVendors: whether it may be asked of a vendor too.
    /// - Throws: ``Problem`` at a name that it does not take.
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
