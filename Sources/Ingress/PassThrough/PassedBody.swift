import Hummingbird
import NIOCore
import Synchronization

/// The body of a request that is passed on: read piece by piece, as it was sent. A client that waits for 100 (Continue) is told to send
/// it when the first piece is requested.
struct PassedBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    typealias Failure = any Error

    private let body: HummingbirdCore.RequestBody
    /// The channel of a client that waits to be told; nil if it does not wait.
    private let waiting: (any Channel)?

    init(of request: Request, on channel: any Channel) {
        body = request.body
        waiting = request.headers[.expect] == nil ? nil : channel
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var pieces: HummingbirdCore.RequestBody.AsyncIterator
        fileprivate var waiting: (any Channel)?

        mutating func next() async throws -> ByteBuffer? {
            waiting?.triggerUserOutboundEvent(BodyWanted(), promise: nil)
            waiting = nil
            return try await pieces.next()
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(pieces: body.makeAsyncIterator(), waiting: waiting)
    }
}
