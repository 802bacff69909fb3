import HTTPTypes
import NIOCore
import NIOHTTP2
import NIOHTTPTypes

/// What ``WriteLane`` does for HTTP/1.1: refuses a request that does not say for which host it is, tells a client that waits for 100
/// (Continue) to send its body, and ends a stream whose client goes on sending behind the answer.
final class HTTP2StreamRules: ChannelDuplexHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Where frames are made of parts.
    private let codec: ChannelHandlerContext
    private var isBodyOpen = true
    private var awaitsContinue = false
    private var isRefused = false
    /// Bytes that came behind the answer; nil before it.
    private var dropped: Int?

    init(behind codec: ChannelHandlerContext) {
        self.codec = codec
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch part {
        case .head(let head):
            guard Self.isValid(head) else { return refuse(context) }
            awaitsContinue = head.headerFields[.expect]?.lowercased() == "100-continue"
        case .body(let bytes):
            awaitsContinue = false
            if let dropped {
                self.dropped = dropped + bytes.readableBytes
                if dropped + bytes.readableBytes > PassedRequests.dropLimit { reset() }
            }
        case .end:
            awaitsContinue = false
            isBodyOpen = false
        }
        if !isRefused { context.fireChannelRead(data) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        context.write(data, promise: promise)
        guard case .end = unwrapOutboundIn(data), isBodyOpen else { return }
        // Without 100 the client need not send the body, so the stream would stay open for nothing.
        if awaitsContinue { context.eventLoop.assumeIsolated().execute { self.reset() } } else { dropped = 0 }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        if awaitsContinue {
            awaitsContinue = false
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
        }
        promise?.succeed()
    }

    /// Whether a head names one valid host (RFC 9113, section 8.3.1).
    private static func isValid(_ head: HTTPRequest) -> Bool {
        let hosts = head.headerFields[values: HTTPField.Name.host]
        guard let authority = head.authority ?? hosts.first, HostField.isValid(authority.utf8) else { return false }
        return hosts.allSatisfy { $0.lowercased() == authority.lowercased() }
    }

    private func refuse(_ context: ChannelHandlerContext) {
        isRefused = true
        let head = HTTPResponse(status: .badRequest, headerFields: [.contentLength: "0"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        reset()
    }

    /// Tells the client that nothing more of the request is wanted, which takes nothing away from the answer.
    private func reset() {
        codec.writeAndFlush(NIOAny(HTTP2Frame.FramePayload.rstStream(.noError)), promise: nil)
    }
}

// Safe: a token by RFC 9110.
extension HTTPField.Name {
    fileprivate static let host = HTTPField.Name("Host")!
}
