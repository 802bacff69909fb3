package import AsyncHTTPClient
package import Events
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Where one provider account is, and how it wants to be called.
package struct VendorEndpoint: Sendable, Equatable {
    package let provider: ProviderName
    /// Scheme, host and path prefix, without a trailing slash.
    package let baseURL: String
    package let credential: CredentialPlacement
    /// How long a call may take from its start to the last byte of the answer.
    package let timeout: Duration

    package init(provider: ProviderName, baseURL: String, credential: CredentialPlacement, timeout: Duration) {
        self.provider = provider
        var trimmed = baseURL
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.baseURL = trimmed
        self.credential = credential
        self.timeout = timeout
    }
}

/// Calls vendors by HTTP.
///
/// Redirects are not followed, because a body with money in it goes to the configured address and nowhere else. The body is sent
/// with its length, never chunked: Polar refuses a request without `Content-Length` with 411.
package struct HTTPVendorCaller: VendorCalling {
    private let client: HTTPClient
    private let endpoint: VendorEndpoint
    private let credentials: any CredentialResolving
    private let prepared = PreparedRequest()

    /// An answer's bytes beyond this many are not read: outcomes stand at the front, and a hostile vendor must not fill the memory.
    private static let longestAnswer = 4 << 20

    package init(client: HTTPClient, endpoint: VendorEndpoint, credentials: any CredentialResolving) {
        self.client = client
        self.endpoint = endpoint
        self.credentials = credentials
    }

    package func call(_ request: VendorRequest, in trace: TraceContext? = nil) async -> CallResult {
        let secret: Secret
        do {
            secret = try await credentials.credential(of: endpoint.provider)
        } catch {
            return .noCredential(error)
        }
        var outgoing: HTTPClient.Request
        do {
            outgoing = try prepare(request, with: secret)
            if let trace { outgoing.headers.add(name: "traceparent", value: trace.outgoing) }
        } catch {
            // The error may quote the address, and with it a credential in the query: its text goes nowhere.
            return .notSent(
                DeliveryFault(code: .connectionFailed, message: "the request to \(endpoint.baseURL) could not be built")
            )
        }
        return await execute(outgoing)
    }

    private func execute(_ request: HTTPClient.Request) async -> CallResult {
        let collector = AnswerCollector(longest: Self.longestAnswer)
        let deadline = NIODeadline.now() + .milliseconds(endpoint.timeout.wholeMilliseconds)
        let task = client.execute(request: request, delegate: collector, deadline: deadline)
        do {
            let answer = try await withTaskCancellationHandler {
                try await task.futureResult.get()
            } onCancel: {
                task.cancel()
            }
            return .answer(answer)
        } catch {
            return end(for: error, wasSent: collector.wasSent)
        }
    }

    private func prepare(_ request: VendorRequest, with secret: Secret) throws -> HTTPClient.Request {
        var outgoing = try prepared.head(of: request, secret) { try head(of: request, with: secret) }
        outgoing.body = .byteBuffer(ByteBuffer(bytes: request.body))
        return outgoing
    }

    /// A request without its body: address and header fields, with the credential in its place.
    private func head(of request: VendorRequest, with secret: Secret) throws -> HTTPClient.Request {
        var address = endpoint.baseURL + request.path
        var headers = HTTPHeaders([("Content-Type", request.contentType), ("Accept", "application/json")])
        headers.add(name: "User-Agent", value: "tollgate")
        switch endpoint.credential {
        case .header(let name, let prefix):
            headers.add(name: name, value: prefix + secret.reveal())
        case .query(let name):
            let separator = address.contains("?") ? "&" : "?"
            address += "\(separator)\(name)=\(Self.percentEncoded(secret.reveal()))"
        }
        return try HTTPClient.Request(url: address, method: HTTPMethod(rawValue: request.method), headers: headers)
    }

    private func end(for error: any Error, wasSent: Bool) -> CallResult {
        let isTimeout = Self.timeouts.contains { $0 == error as? HTTPClientError }
        let code: DeliveryErrorCode = isTimeout ? .timeout : .connectionFailed
        if wasSent {
            let message =
                isTimeout
                ? "no answer within \(endpoint.timeout.wholeMilliseconds) ms; the vendor may have the event"
                : "the connection ended before the answer was complete; the vendor may have the event"
            return .unknown(DeliveryFault(code: code, message: message))
        }
        return .notSent(
            DeliveryFault(code: code, message: "no connection to \(endpoint.baseURL): \(Self.reason(error))")
        )
    }

    private static let timeouts: [HTTPClientError] = [.readTimeout, .writeTimeout, .deadlineExceeded, .connectTimeout]

    /// The reason in the words of the error's type. Only types whose texts hold no address are quoted.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: error.shortDescription
        case let error as IOError: error.description
        case let error as InsideAddress: error.description
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { reason($0.error) } ?? "its name could not be resolved"
        default: String(describing: type(of: error))
        }
    }

    private static func percentEncoded(_ text: String) -> String {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
        )
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }
}

/// The latest request's head, for the next of the same kind: to read an address and write its fields again for every event would cost
/// as much as the rest of the call.
private final class PreparedRequest: Sendable {
    private struct Kind: Equatable {
        let method: String
        let path: String
        let contentType: String
        let secret: Secret
    }

    private let latest = Mutex<(kind: Kind, head: HTTPClient.Request)?>(nil)

    /// The head for this kind of request, made anew if the latest was of another kind.
    func head(of request: VendorRequest, _ secret: Secret, make: () throws -> HTTPClient.Request) rethrows
        -> HTTPClient.Request
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

/// Gathers one answer, and remembers whether the request had left when something went wrong.
private final class AnswerCollector: HTTPClientResponseDelegate {
    typealias Response = VendorAnswer

    private struct State {
        var wasSent = false
        var head: HTTPResponseHead?
        var body: [UInt8] = []
    }

    private let longest: Int
    private let state = Mutex(State())

    init(longest: Int) {
        self.longest = longest
    }

    var wasSent: Bool { state.withLock { $0.wasSent } }

    func didSendRequestHead(task: HTTPClient.Task<Response>, _ head: HTTPRequestHead) {
        state.withLock { $0.wasSent = true }
    }

    func didReceiveHead(task: HTTPClient.Task<Response>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        state.withLock { $0.head = head }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Response>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        state.withLock {
            let room = longest - $0.body.count
            $0.body.append(contentsOf: buffer.readableBytesView.prefix(room))
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didFinishRequest(task: HTTPClient.Task<Response>) throws -> VendorAnswer {
        try state.withLock {
            guard let head = $0.head else { throw HTTPClientError.remoteConnectionClosed }
            return VendorAnswer(
                status: Int(head.status.code),
                headers: head.headers.map { (name: $0.name, value: $0.value) },
                body: $0.body
            )
        }
    }
}
