import Access
import Events
import HTTPTypes
import Hummingbird
import Journal
import Routing

/// A vendor's API, as far as all requests to it are alike: the key where the vendor's SDKs put it, and refusals in the vendor's format.
struct FacadeSurface: Surface {
    let dialect: any Dialect
    /// The request as the dialect sees it, without its body.
    let request: DialectRequest
    /// Header fields that the vendor adds to every response.
    private let common: [String: String]
    /// Maximum size of a body in bytes.
    let bodyLimitBytes: Int
    /// Maximum number of a client's reads in flight.
    private let readsPerClient: Int
    /// The name of a key field that occurs more than once.
    private let repeatedKeyField: String?

    /// - Parameter rest: the path below the facade's prefix, still percent-encoded.
    init(_ dialect: any Dialect, _ request: Request, at rest: String, within settings: IngressSettings) {
        self.dialect = dialect
        self.request = DialectRequest(
            method: request.method == .head ? "GET" : request.method.rawValue,
            path: rest,
            query: QueryText.pairs(request.uri.query.map { $0[...] } ?? ""),
            headers: request.headers.map { (name: $0.name.rawName, value: $0.value) },
            eventLimit: settings.eventLimit
        )
        common = dialect.headers(for: self.request)
        bodyLimitBytes = min(dialect.bodyLimitBytes, settings.bodyLimitBytes)
        readsPerClient = settings.capacity.readsPerClient
        repeatedKeyField = request.repeatedKeyField
    }

    /// - Throws: ``RequestError`` if there is no key where the vendor's clients put it.
    func presentedKey() throws(RequestError) -> String {
        if let repeatedKeyField { throw .repeatedKeyField(repeatedKeyField) }
        guard let key = dialect.presentedKey(in: request) else { throw .noKey }
        return key
    }

    /// In the vendor's own words, so that its clients understand it.
    func response(to error: RequestError, requestID: String) -> EndpointResponse {
        if case .noKey = error { return response(dialect.answer(withoutKey: request)) }
        return response(dialect.answer(to: refusal(error)))
    }

    /// The response for a method that a path does not have, or for an address that is not served, with the one that was probably meant.
    /// - Parameter path: the request's whole path.
    func unserved(at path: String) -> EndpointResponse {
        // What is posted below an event's path is for a call of the vendor's, such as `/events/usage`, not for an event of this ID.
        let allowed = request.method == "POST" ? [] : dialect.methods(at: request.path)
        guard allowed.isEmpty else {
            return response(dialect.answer(to: .wrongMethod(allowed: allowed.joined(separator: ", "))))
        }
        return response(dialect.answer(to: .unserved(advice: UnservedPath.advice(request.method, path, of: dialect))))
    }

    /// A response of the dialect, with the header fields that all responses have; the response's own take precedence.
    func response(_ answer: DialectAnswer) -> EndpointResponse {
        let headers = answer.headers.merging(common, uniquingKeysWith: { own, _ in own })
        return EndpointResponse(
            status: HTTPResponse.Status(code: answer.status),
            contentType: answer.contentType,
            fields: headers.map { name, value in
                guard let name = HTTPField.Name(name) else {
                    preconditionFailure("a dialect's header has a name by RFC 9110")
                }
                return HTTPField(name: name, value: value)
            },
            body: .bytes(answer.body)
        )
    }

    /// A response of the vendor itself, with those of these header fields that it lacks.
    func completed(_ response: EndpointResponse) -> EndpointResponse {
        var response = response
        for (name, value) in common
        where !response.fields.contains(where: { $0.name.canonicalName == name.lowercased() }) {
            guard let name = HTTPField.Name(name) else {
                preconditionFailure("a dialect's header has a name by RFC 9110")
            }
            response.fields.append(HTTPField(name: name, value: value))
        }
        return response
    }

    /// The refusal in the terms that dialects know. A missing key and an unknown one look the same.
    private func refusal(_ error: RequestError) -> DialectRefusal {
        switch error {
        case .noKey, .repeatedKeyField, .refusedKey: .unauthorized
        case .missingScope(let scope): .forbidden(scope: scope.rawValue)
        case .rateLimited(let error):
            .rateLimited(limit: error.limit.requests, retryAfterSeconds: error.retryAfterSeconds)
        case .store(let error): DialectRefusal(error)
        case .problem(let problem):
            switch problem.status {
            case .contentTooLarge: .tooLarge(limitBytes: bodyLimitBytes)
            case .serviceUnavailable: .unavailable(retryAfterSeconds: 1)
            case .tooManyRequests: .rateLimited(limit: readsPerClient, retryAfterSeconds: 1)
            default: .undecodable
            }
        case .failed: .failed
        }
    }
}

extension DialectRefusal {
    /// Nothing was acknowledged, and a retry may succeed, except of a read that exceeds its limits.
    init(_ error: StoreError) {
        switch error {
        case .full(let retryAfter), .busy(let retryAfter), .unreachable(_, let retryAfter):
            self = .unavailable(retryAfterSeconds: max(1, Int(retryAfter.components.seconds)))
        case .closed: self = .unavailable(retryAfterSeconds: 1)
        case .folderInUse, .newerFormat, .unusable, .failed, .leaseLost: self = .unavailable(retryAfterSeconds: 5)
        case .unfinishedRead:
            self = .readTooLarge(
                advice: "the read could not be completed within the gateway's limits of time and size; narrow it"
            )
        }
    }
}
