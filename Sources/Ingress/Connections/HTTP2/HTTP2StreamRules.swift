import HTTPTypes
import NIOCore
import NIOHTTP2
import NIOHTTPTypes

/// Carries out on one stream of an HTTP/2 connection what ``HTTP2StreamMachine`` decides.
final class HTTP2StreamRules: ChannelDuplexHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// The context at which parts become frames.
    private let codec: ChannelHandlerContext
    private var machine = HTTP2StreamMachine()

    init(behind codec: ChannelHandlerContext) {
        self.codec = codec
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch machine.received(Self.measure(unwrapInboundIn(data))) {
        case .pass: context.fireChannelRead(data)
        case .drop: break
        case .refuse: refuse(context)
        case .passAndReset:
            reset()
            context.fireChannelRead(data)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        context.write(data, promise: promise)
        guard case .end = unwrapOutboundIn(data), machine.responseEnded() else { return }
        // After the flush of the response.
        context.eventLoop.assumeIsolated().execute { self.reset() }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        if machine.wantsBody() {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
        }
        promise?.succeed()
    }

    /// A part as the machine sees it.
    private static func measure(_ part: HTTPRequestPart) -> HTTP2StreamMachine.Part {
        switch part {
        case .head(let head):
            .head(isValid: isValid(head), awaitsContinue: head.headerFields[.expect]?.lowercased() == "100-continue")
        case .body(let bytes): .body(bytes.readableBytes)
        case .end: .end
        }
    }

    /// Whether a head names one valid host (RFC 9113, section 8.3.1).
    private static func isValid(_ head: HTTPRequest) -> Bool {
        let hosts = head.headerFields[values: HTTPField.Name.host]
        guard let authority = head.authority ?? hosts.first, HostField.isValid(authority.utf8) else { return false }
        return hosts.allSatisfy { $0.lowercased() == authority.lowercased() }
    }

    private func refuse(_ context: ChannelHandlerContext) {
        let head = HTTPResponse(status: .badRequest, headerFields: [.contentLength: "0"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        reset()
    }

    /// Tells the client that nothing more of the request is needed.
    private func reset() {
        codec.writeAndFlush(NIOAny(HTTP2Frame.FramePayload.rstStream(.noError)), promise: nil)
    }
}

// Safe: a token by RFC 9110.
extension HTTPField.Name {
    fileprivate static let host = HTTPField.Name("Host")!
}
