import Events
import NIOCore
import NIOHTTP1

/// How an exchange ended.
enum ExchangeEnd: Sendable {
    case answer(VendorAnswer)
    /// - Parameter wasSent: whether a byte of the request may have left.
    case failed(any Error, wasSent: Bool)
}

/// Why there was no response, apart from errors of the network.
enum ExchangeFailure: Error {
    case timeout
    /// The vendor closed the connection before its response was complete.
    case connectionEnded
    case cancelled
    /// The client is shut down.
    case shutDown

    /// For a fault's message.
    var message: String {
        switch self {
        case .timeout: "it timed out"
        case .connectionEnded: "the other side closed it"
        case .cancelled: "the call was cancelled"
        case .shutDown: "the gateway is shutting down"
        }
    }
}

/// One request, and the response as far as it has arrived. Belongs to its client's event loop.
final class VendorExchange {
    /// Identifies the exchange.
    let number: Int
    let method: HTTPMethod
    /// Head and body.
    let request: ByteBuffer
    let deadline: NIODeadline
    /// Whether it is harmless to send the request twice, so that it may use a connection that the vendor might have closed.
    let mayRepeat: Bool

    private let end: CheckedContinuation<ExchangeEnd, Never>
    private var machine = ExchangeMachine()
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []

    /// Bytes of a response beyond this limit are not kept: outcomes are at the start, and a hostile vendor must not fill the memory.
    private static let longestAnswer = 4 << 20

    init(
        _ number: Int,
        _ method: HTTPMethod,
        _ request: ByteBuffer,
        until deadline: NIODeadline,
        mayRepeat: Bool,
        end: CheckedContinuation<ExchangeEnd, Never>
    ) {
        self.number = number
        self.method = method
        self.request = request
        self.deadline = deadline
        self.mayRepeat = mayRepeat
        self.end = end
    }

    /// The request is about to be handed to the system: from here on it is unknown whether the vendor has it.
    func leaves() {
        machine.leaves()
    }

    func receive(_ head: HTTPResponseHead) {
        self.head = head
        machine.answerBegan(keepsConnection: head.isKeepAlive && head.status != .switchingProtocols)
    }

    func receive(_ part: ByteBuffer) {
        body.append(contentsOf: part.readableBytesView.prefix(Self.longestAnswer - body.count))
    }

    /// The response is complete. An exchange ends once: by this or by ``fail(_:)``.
    /// - Parameter requestIsWritten: whether all of the request has left.
    /// - Returns: whether the connection may be used again.
    func finish(requestIsWritten: Bool) -> Bool {
        guard case .answered(let isReusable) = machine.answerEnded(requestIsWritten: requestIsWritten), let head else {
            fail(ExchangeFailure.connectionEnded)
            return false
        }
        let headers = head.headers.map { (name: $0.name, value: $0.value) }
        end.resume(returning: .answer(VendorAnswer(status: Int(head.status.code), headers: headers, body: body)))
        return isReusable
    }

    /// There will be no response.
    func fail(_ error: any Error) {
        end.resume(returning: .failed(error, wasSent: machine.wasSent))
    }
}
