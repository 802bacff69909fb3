package import Events
package import NIOCore
import NIOHTTP1
package import Routing
package import Telemetry

/// Passes clients' calls on to vendors' own APIs.
///
/// A call leaves behind deliveries: it waits for a token that they leave, has connections of its own, and is refused while the vendor
/// is left alone. It is sent once. Only a GET or HEAD of which certainly no byte left is sent again, once.
package struct PassedCalls: Sendable {
    private let connections: PassedConnections
    private let credentials: any CredentialResolving
    private let routes: CurrentRoutes
    private let view: DeliveryView
    private let clock: any WallClock
    private let limits: Limits

    /// How much of the answer is read that refuses the gateway's credential.
    private static let longestReason = 4 << 10

    /// How long calls may last, apart from the provider's own time limit for each step.
    package struct Limits: Sendable {
        /// After deliveries, for the vendor's rate limit.
        package var turn = Duration.seconds(5)
        /// For a whole call, however steadily it moves on.
        package var call = TimeAmount.minutes(15)

        package init() {}
    }

    /// - Parameters:
    ///   - connections: of passed calls alone.
    ///   - routes: say which providers are at one account.
    package init(
        over connections: PassedConnections,
        credentials: any CredentialResolving,
        routes: CurrentRoutes,
        seenBy view: DeliveryView,
        clock: any WallClock,
        limits: Limits = Limits()
    ) {
        self.connections = connections
        self.credentials = credentials
        self.routes = routes
        self.view = view
        self.clock = clock
        self.limits = limits
    }

    /// The head of a vendor's response, and the call that brings its body.
    package struct Answer: Sendable {
        package let status: Int
        /// As the vendor sent them, but for fields in which the credential stands.
        package let headers: [(name: String, value: String)]
        package let call: PassedCall
    }

    /// Passes a call.
    /// - Parameters:
    ///   - body: read piece by piece, as fast as the vendor takes it; only if the request says that it has one.
    ///   - isBusy: called in front of the first piece that is read.
    ///   - off: ends the call when its client has disconnected.
    /// - Throws: ``PassFailure`` if there is no answer to hand on.
    package func call(
        _ request: PassedRequest,
        body: some AsyncSequence<ByteBuffer, any Error> & Sendable,
        at provider: ProviderConfiguration,
        for client: ClientName,
        endedBy off: PassSwitch,
        in trace: TraceContext?
    ) async throws(PassFailure) -> Answer {
        let ticket = try view.passed.begin(at: provider, for: client, deliveriesPause: deliveriesPause(at: provider))
        do throws(PassFailure) {
            let secret = try await credential(of: provider)
            guard await view.reads.admit(to: provider.name, within: limits.turn) else { throw .rateLimited }
            var body = body.makeAsyncIterator()
            var request = request
            var first: ByteBuffer?
            if request.body != .none {
                first = try await Self.next(&body)
                // Where nothing tells a body's length, there may be none.
                if first == nil, request.body == .chunked { request = request.withoutBody }
            }
            let head = try Self.head(request, provider, secret, trace)
            let call = try await begin(request, head, provider, ticket, endedBy: off)
            try await Self.send(&body, first, request.body, over: call, off)
            return try await answer(to: call, isHead: request.method == "HEAD", ticket, secret, off)
        } catch {
            ticket.failed(error)
            throw error
        }
    }

    /// How long deliveries leave the vendor alone, as their pipeline last said.
    private func deliveriesPause(at provider: ProviderConfiguration) -> Duration? {
        view.monitor.current[provider.name]?.pausedUntil.map { $0 - clock.now }
    }

    private func credential(of provider: ProviderConfiguration) async throws(PassFailure) -> Secret {
        do {
            return try await credentials.credential(of: provider.name)
        } catch {
            throw .credential(status: nil, reason: error.message)
        }
    }

    private static func head(
        _ request: PassedRequest,
        _ provider: ProviderConfiguration,
        _ secret: Secret,
        _ trace: TraceContext?
    ) throws(PassFailure) -> PassedHead {
        do {
            return try PassedHead(request, to: VendorEndpoint(provider), with: secret, in: trace?.outgoing)
        } catch {
            throw .notSent(reason: "the request could not be built", isTimeout: false)
        }
    }

    // MARK: - Out

    /// A call with a connection, and what is kept when the system has taken its head.
    private typealias Begun = (call: PassedCall, written: EventLoopFuture<Bool>)

    /// Finds a connection and sends the head over it.
    private func begin(
        _ request: PassedRequest,
        _ head: PassedHead,
        _ provider: ProviderConfiguration,
        _ ticket: PassTicket,
        endedBy off: PassSwitch
    ) async throws(PassFailure) -> PassedCall {
        var tries = request.mayRepeat ? 2 : 1
        while true {
            guard !off.isOff else { throw .clientGone }
            tries -= 1
            let begun: Begun
            do {
                begun = try await connections.eventLoop.flatSubmit {
                    beginOnLoop(request, head, provider, ticket, endedBy: off)
                }.get()
            } catch {
                if tries > 0 { continue }
                throw .notSent(reason: HTTPVendorCaller.reason(error), isTimeout: HTTPVendorCaller.isTimeout(error))
            }
            do {
                _ = try await begun.written.get()
                return begun.call
            } catch {
                throw Self.failure(error, off)
            }
        }
    }

    /// Takes a connection and writes to it in the same turn of its event loop: between two, the vendor could close it, and a call that
    /// has not left would count as one with unknown outcome.
    private func beginOnLoop(
        _ request: PassedRequest,
        _ head: PassedHead,
        _ provider: ProviderConfiguration,
        _ ticket: PassTicket,
        endedBy off: PassSwitch
    ) -> EventLoopFuture<Begun> {
        let target = PassedConnections.Target(origin: head.origin, mustBeOutside: !provider.connection.mayBeInside)
        let method = HTTPMethod(rawValue: request.method)
        return connections.take(target, for: method, reuses: request.mayRepeat).map { [connections, limits] in
            let call = PassedCall(
                over: $0,
                of: connections,
                to: target,
                ticket,
                endedBy: off,
                patience: .milliseconds(provider.timeout.wholeMilliseconds),
                longest: limits.call
            )
            return (call, call.begin(with: head.bytes, isLast: request.body == .none))
        }
    }

    /// Sends a body until it ends or the vendor answers.
    private static func send(
        _ body: inout some AsyncIteratorProtocol<ByteBuffer, any Error>,
        _ first: ByteBuffer?,
        _ framing: PassedRequest.Body,
        over call: PassedCall,
        _ off: PassSwitch
    ) async throws(PassFailure) {
        var rest: Int? = if case .length(let count) = framing { count } else { nil }
        var piece = first
        while let bytes = piece {
            if let left = rest {
                guard bytes.readableBytes <= left else { throw .clientGone }
                rest = left - bytes.readableBytes
            }
            let out = framing == .chunked ? bytes.asChunk : bytes
            if try await write(out, isLast: rest == 0, over: call, off) { return }
            piece = try await next(&body)
        }
        guard rest ?? 0 == 0 else { throw .clientGone }
        guard framing == .chunked else { return }
        _ = try await write(ByteBuffer(string: "0\r\n\r\n"), isLast: true, over: call, off)
    }

    private static func write(_ bytes: ByteBuffer, isLast: Bool, over call: PassedCall, _ off: PassSwitch)
        async throws(PassFailure) -> Bool
    {
        do {
            return try await call.write(bytes, isLast: isLast)
        } catch {
            throw failure(error, off)
        }
    }

    /// The next piece of a client's body; nil at its end.
    private static func next(_ body: inout some AsyncIteratorProtocol<ByteBuffer, any Error>) async throws(PassFailure)
        -> ByteBuffer?
    {
        do {
            while let bytes = try await body.next() {
                if bytes.readableBytes > 0 { return bytes }
            }
            return nil
        } catch {
            // Whatever ends a body early is the client's doing.
            throw .clientGone
        }
    }

    // MARK: - In

    private func answer(
        to call: PassedCall,
        isHead: Bool,
        _ ticket: PassTicket,
        _ secret: Secret,
        _ off: PassSwitch
    ) async throws(PassFailure) -> Answer {
        let head: HTTPResponseHead
        do {
            head = try await call.head()
        } catch {
            throw Self.failure(error, off)
        }
        let status = Int(head.status.code)
        guard status >= 200 else { throw .unknown(isTimeout: false) }
        if status == 401 || status == 403 {
            throw .credential(status: status, reason: await Self.reason(of: call, secret))
        }
        let fields = head.headers.map { (name: $0.name, value: $0.value) }
        ticket.answered(status: status)
        let heard = VendorAnswer(status: status, headers: fields, body: [])
        view.reads.heard(heard, from: ticket.provider, among: routes.current.routes.accounts)
        if isHead {
            do { _ = try await call.piece() } catch { throw Self.failure(error, off) }
        }
        let credential = secret.reveal()
        let headers = fields.filter { credential.isEmpty || !$0.value.contains(credential) }
        return Answer(status: status, headers: headers, call: call)
    }

    /// What the vendor says of a refused credential, cut and without the credential.
    private static func reason(of call: PassedCall, _ secret: Secret) async -> String {
        var text: [UInt8] = []
        do {
            while text.count < longestReason, let bytes = try await call.piece() {
                text += bytes.readableBytesView.prefix(longestReason - text.count)
            }
        } catch {
            // What has come by then will do.
        }
        return Redaction(of: secret).redacted(Excerpt.of(String(decoding: text, as: UTF8.self)))
    }

    private static func failure(_ error: any Error, _ off: PassSwitch) -> PassFailure {
        if off.isOff { return .clientGone }
        return .unknown(isTimeout: HTTPVendorCaller.isTimeout(error))
    }
}

extension PassedRequest {
    fileprivate var withoutBody: PassedRequest {
        PassedRequest(method: method, path: path, query: query, headers: headers, body: .none)
    }
}

extension ByteBuffer {
    /// As one chunk of a body of unknown length (RFC 9112, section 7.1).
    fileprivate var asChunk: ByteBuffer {
        var chunk = ByteBuffer()
        chunk.reserveCapacity(readableBytes + 20)
        chunk.writeString(String(readableBytes, radix: 16) + "\r\n")
        chunk.writeImmutableBuffer(self)
        chunk.writeString("\r\n")
        return chunk
    }
}
