package import Events
import Foundation
import NIOCore
import NIOPosix
import Synchronization
package import Telemetry

/// Where one provider account is, and how to call it.
package struct VendorEndpoint: Sendable {
    /// The account's provider.
    package let provider: ProviderName
    /// Scheme, host and path prefix, without a trailing slash.
    package let baseURL: String
    /// Where the credential goes in a request.
    package let credential: CredentialPlacement
    /// Header fields of the account that are sent with every call.
    package let headers: [(name: String, value: String)]
    /// How long a call may take from its start to the last byte of the response.
    package let timeout: Duration
    /// Whether it is harmless to send a request twice.
    package let mayRepeat: Bool

    /// - Parameters: as the properties of the same names; a base URL may end with a slash.
    package init(
        provider: ProviderName,
        baseURL: String,
        credential: CredentialPlacement,
        headers: [(name: String, value: String)] = [],
        timeout: Duration,
        mayRepeat: Bool = true
    ) {
        self.mayRepeat = mayRepeat
        self.provider = provider
        var trimmed = baseURL
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.baseURL = trimmed
        self.credential = credential
        self.headers = headers
        self.timeout = timeout
    }
}

extension VendorEndpoint {
    /// The address of a request, and its header fields in order, except `Host` and `Content-Length`.
    /// - Parameters:
    ///   - credential: the credential, or a placeholder if a request is only shown.
    ///   - encoded: the same as it is written into a query.
    package func parts(of request: VendorRequest, with credential: String, inQuery encoded: @autoclosure () -> String)
        -> (address: String, fields: [(name: String, value: String)])
    {
        var address = baseURL + request.path
        var fields: [(name: String, value: String)] = [
            ("Content-Type", request.contentType), ("Accept", "application/json"), ("User-Agent", "tollgate"),
        ]
        fields += headers
        switch self.credential {
        case .header(let name, let prefix):
            fields.append((name, prefix + credential))
        case .query(let name):
            let separator = address.contains("?") ? "&" : "?"
            address += "\(separator)\(name)=\(encoded())"
        }
        return (address, fields)
    }
}

/// Calls vendors over HTTP.
///
/// Redirects are not followed, because a body that concerns money must go to the configured address only.
package struct HTTPVendorCaller: VendorCalling {
    private let client: VendorClient
    private let endpoint: VendorEndpoint
    private let credentials: any CredentialResolving
    private let latest = LatestHead()

    /// - Parameters:
    ///   - client: whose connections carry the calls.
    ///   - credentials: asked for each call, so that a credential may change.
    package init(client: VendorClient, endpoint: VendorEndpoint, credentials: any CredentialResolving) {
        self.client = client
        self.endpoint = endpoint
        self.credentials = credentials
    }

    /// The address of a request, without its query, which may contain the credential.
    package func address(of request: VendorRequest) -> String {
        "\(endpoint.baseURL)\(request.path.prefix { $0 != "?" })"
    }

    /// Sends the request once, and returns when the response is complete or cannot arrive any more.
    nonisolated(nonsending) package func call(_ request: VendorRequest, in trace: TraceContext? = nil) async
        -> CallResult
    {
        let secret: Secret
        do {
            secret = try await credentials.credential(of: endpoint.provider)
        } catch {
            return .noCredential(error)
        }
        let head: RequestHead
        do {
            head = try latest.head(of: request, secret) { () throws(FaultyRequest) in
                try self.head(of: request, with: secret)
            }
        } catch {
            return .notSent(
                DeliveryFault(code: .connectionFailed, message: "the request to \(endpoint.baseURL) could not be built")
            )
        }
        let bytes = head.request(carrying: request.body, in: trace?.outgoing)
        let deadline = NIODeadline.now() + .milliseconds(endpoint.timeout.wholeMilliseconds)
        switch await client.exchange(bytes, of: head, until: deadline, mayRepeat: endpoint.mayRepeat) {
        case .answer(var answer):
            answer.redaction = Redaction(of: secret)
            return .answer(answer)
        case .failed(let error, let wasSent): return end(for: error, wasSent: wasSent)
        }
    }

    /// The head of requests of this kind, including the credential.
    private func head(of request: VendorRequest, with secret: Secret) throws(FaultyRequest) -> RequestHead {
        let key = secret.reveal()
        let (address, fields) = endpoint.parts(of: request, with: key, inQuery: PercentEncoding.encoded(key))
        return try RequestHead(method: request.method, address: address, fields: fields)
    }

    private func end(for error: any Error, wasSent: Bool) -> CallResult {
        let isTimeout = Self.isTimeout(error)
        let code: DeliveryErrorCode = isTimeout ? .timeout : .connectionFailed
        if wasSent {
            let message =
                isTimeout
                ? "no response within \(endpoint.timeout.wholeMilliseconds) ms; the vendor may have the event"
                : "the connection ended before the response was complete; the vendor may have the event"
            return .unknown(DeliveryFault(code: code, message: message))
        }
        return .notSent(
            DeliveryFault(code: code, message: "no connection to \(endpoint.baseURL): \(Self.reason(error))")
        )
    }

    static func isTimeout(_ error: any Error) -> Bool {
        switch error {
        case ExchangeFailure.timeout, ChannelError.connectTimeout: true
        case let error as NIOConnectionError: error.connectionErrors.first.map { isTimeout($0.error) } ?? false
        default: false
        }
    }

    /// The reason as the error's type describes it. Only types whose texts contain no address are quoted.
    static func reason(_ error: any Error) -> String {
        switch error {
        case let error as ExchangeFailure: error.message
        case let error as IOError: error.description
        case let error as InsideAddress: error.description
        case is UnresolvedName: "its name could not be resolved"
        case ChannelError.connectTimeout: "it timed out"
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { reason($0.error) } ?? "its name could not be resolved"
        default: String(describing: type(of: error))
        }
    }
}

/// The head of the latest request, reused for the next one of the same kind: parsing an address and writing its fields for every event
/// would cost as much as the rest of the call.
private final class LatestHead: Sendable {
    private struct Kind: Equatable {
        let method: String
        let path: String
        let contentType: String
        let secret: Secret
    }

    private let latest = Mutex<(kind: Kind, head: RequestHead)?>(nil)

    /// The head for this kind of request, created again if the latest was of another kind.
    func head(of request: VendorRequest, _ secret: Secret, make: () throws(FaultyRequest) -> RequestHead)
        throws(FaultyRequest) -> RequestHead
    {
        let kind = Kind(
            method: request.method,
            path: request.path,
            contentType: request.contentType,
            secret: secret
        )
        if let latest = latest.withLock({ $0 }), latest.kind == kind { return latest.head }
        let head = try make()
        latest.withLock { $0 = (kind, head) }
        return head
    }
}
