import Access
import DeliveryEngine
import Events
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Routing
import Telemetry

/// Passes a request to the vendor whose API it uses, and the vendor's response back, both as streams.
struct PassHandler: Sendable {
    private let calls: PassedCalls
    private let routes: CurrentRoutes
    private let audit: AuditLog
    private let isSecure: Bool
    private let logger: Logger

    /// - Parameter isSecure: whether the listener speaks TLS.
    init(_ services: EndpointServices, isSecure: Bool, logger: Logger) {
        calls = services.given.vendors.passedCalls
        routes = services.given.routes
        audit = services.given.operations.audit
        self.isSecure = isSecure
        self.logger = logger
    }

    /// A request that may be passed on.
    struct Call {
        let request: Request
        let body: RequestBody
        let requestID: String
        let caller: Caller
        /// The client's key, as presented.
        let key: String
        let provider: ProviderConfiguration
        let path: NormalPath
        /// The facade's prefix in the request.
        let prefix: String
        let trace: TraceContext?
    }

    /// - Returns: nil for a request that the gateway itself handles.
    func respond(
        to request: Request,
        _ body: RequestBody,
        on surface: FacadeSurface,
        for caller: Caller,
        _ entry: RequestLogEntry
    ) async -> EndpointResponse? {
        let (dialect, rest) = (surface.dialect, surface.request.path)
        let decision = PassPolicy.decide(
            request.method.rawValue,
            rest,
            of: dialect,
            for: caller.client,
            in: routes.current.routes
        )
        switch decision {
        case .serve: return nil
        case .refuse(let refusal): return surface.response(dialect.answer(to: .notPassed(refusal)))
        case .pass(let provider, let path):
            let call = Call(
                request: request,
                body: body,
                requestID: entry.requestID,
                caller: caller,
                key: dialect.presentedKey(in: surface.request) ?? "",
                provider: provider,
                path: path,
                prefix: String(request.uri.path.dropLast(rest.count)),
                trace: entry.trace
            )
            do throws(PassRefusal) {
                return surface.completed(try await pass(call))
            } catch {
                return surface.response(dialect.answer(to: .notPassed(error)))
            }
        }
    }

    /// Passes the call on. Writes are recorded in the audit log before they leave.
    private func pass(_ call: Call) async throws(PassRefusal) -> EndpointResponse {
        let passed = try PassedRequest(call)
        if passed.method != "GET", passed.method != "HEAD" {
            await audit.writesVendor(call.caller, passed.method, call.path.text, at: call.provider.name)
        }
        let off = PassSwitch()
        let channel = call.body.channel
        ClientWatch.begin(off, on: channel)
        do {
            let answer = try await calls.call(
                passed,
                body: call.body.pieces,
                at: call.provider,
                for: call.caller.client.name,
                endedBy: off,
                in: call.trace
            )
            return response(answer, to: call)
        } catch {
            ClientWatch.end(on: channel)
            note(error, call)
            throw PassRefusal(error, at: call.provider.traits.vendor)
        }
    }

    /// An operator must fix a refused or missing credential, whatever the client sees.
    private func note(_ failure: PassFailure, _ call: Call) {
        guard case .credential(let status, let reason) = failure else { return }
        logger.warning(
            "the credential for a passed call was refused",
            metadata: [
                "provider": "\(call.provider.name)", "status": "\(status.map { "\($0)" } ?? "none")",
                "path": "\(call.path.text)",
                "reason": "\(reason)",
            ]
        )
    }

    /// The vendor's response, with its addresses rewritten for the client.
    private func response(_ answer: PassedCalls.Answer, to call: Call) -> EndpointResponse {
        let address = PassAddress(of: call.provider, gatewayOrigin: origin(of: call.request), prefix: call.prefix)
        let fields = PassFields.incoming(answer.headers, at: address).compactMap { name, value in
            // A name that is invalid by RFC 9110 does not pass the decoder.
            HTTPField.Name(name).map { HTTPField(name: $0, value: value) }
        }
        let channel = call.body.channel
        return EndpointResponse(
            status: HTTPResponse.Status(code: answer.status),
            contentType: nil,
            fields: fields,
            body: .streamed(
                ResponseBody { writer in
                    defer { ClientWatch.end(on: channel) }
                    while let piece = try await answer.call.next() { try await writer.write(piece) }
                    try await writer.finish(nil)
                }
            )
        )
    }

    /// The gateway's own address as the client called it. A proxy in front may have ended the client's TLS.
    private func origin(of request: Request) -> String? {
        guard let authority = request.head.authority else { return nil }
        let told = request.headers[values: .forwardedProto].last?.split(separator: ",").last
        let isSecure = isSecure || told?.filter({ !$0.isWhitespace }).lowercased() == "https"
        return "\(isSecure ? "https" : "http")://\(authority)"
    }
}

extension PassedRequest {
    fileprivate init(_ call: PassHandler.Call) throws(PassRefusal) {
        let request = call.request
        let fields = request.headers.map { (name: $0.name.rawName, value: $0.value) }
        self.init(
            method: request.method.rawValue,
            path: call.path.text,
            query: try PassQuery.outgoing(
                request.head.path ?? "",
                without: call.key,
                credential: call.provider.traits.api.credential
            ),
            headers: PassFields.outgoing(fields, without: call.key) + [("X-Request-Id", call.requestID)],
            body: Self.body(of: request)
        )
    }

    private static func body(of request: Request) -> Body {
        if request.headers[.transferEncoding] != nil { return .chunked }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }) {
            return length > 0 ? .length(length) : .none
        }
        // In HTTP/2 a body need not announce its length.
        return request.method == .get || request.method == .head ? .none : .chunked
    }
}

// Safe: a constant that is a token by RFC 9110.
extension HTTPField.Name {
    fileprivate static let forwardedProto = HTTPField.Name("X-Forwarded-Proto")!
}
