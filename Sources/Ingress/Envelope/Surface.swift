import Access
import HTTPTypes
import Hummingbird
import Routing

/// One of the gateway's APIs, as far as it differs in what all requests need: where the key is, and the format of refusals.
protocol Surface: Sendable {
    /// The key that the request presents.
    func presentedKey() throws(RequestError) -> String

    /// The response to a request that is refused.
    func response(to error: RequestError, requestID: String) -> EndpointResponse
}

/// The canonical API: a key in `Authorization` or `x-api-key`, problems by RFC 9457.
struct CanonicalSurface: Surface {
    let authorization: String?
    let apiKey: String?
    /// The name of a key field that occurs more than once.
    var repeatedKeyField: String?

    func presentedKey() throws(RequestError) -> String {
        if let repeatedKeyField { throw .repeatedKeyField(repeatedKeyField) }
        guard let key = PresentedKey.of(authorization: authorization, apiKey: apiKey) else { throw .noKey }
        return key
    }

    func response(to error: RequestError, requestID: String) -> EndpointResponse {
        let problem = Problem(error)
        return EndpointResponse(
            status: problem.status,
            contentType: "application/problem+json",
            fields: Array(problem.headers),
            body: .bytes(problem.json(requestID: requestID))
        )
    }
}

extension CanonicalSurface {
    init(_ request: Request) {
        authorization = request.headers[.authorization]
        apiKey = request.headers[.apiKey]
        repeatedKeyField = request.repeatedKeyField
    }

    /// Whether the request has a field for a key, valid or not.
    var presentsKey: Bool { authorization != nil || apiKey != nil }
}

extension Request {
    /// The name of a key field that occurs more than once; nil if none does.
    var repeatedKeyField: String? {
        [.authorization, .apiKey].first { (name: HTTPField.Name) in headers[values: name].count > 1 }?.rawName
    }
}

extension Problem {
    fileprivate init(_ error: RequestError) {
        switch error {
        case .noKey: self = .unauthorized
        case .repeatedKeyField(let name): self = .repeatedField(name)
        case .refusedKey(let refusal): self.init(refusal)
        case .missingScope(let scope): self = .forbidden(scope.rawValue)
        case .rateLimited(let error): self.init(error)
        case .store(let error): self.init(error)
        case .problem(let problem): self = problem
        case .failed: self = .internalError
        }
    }
}
