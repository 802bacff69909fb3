package import NIOCore
import NIOHTTP1
import Synchronization

/// A passed call that has a connection: its body goes out piece by piece, its answer comes in piece by piece.
///
/// Closes its connection if it is cancelled before the response is complete.
package final class PassedCall: Sendable {
    private let connection: PassedConnections.Bound
    /// Which one of its connection it is.
    private let number: Int
    private let connections: PassedConnections
    private let target: PassedConnections.Target
    private let ticket: PassTicket
    private let off: PassSwitch
    /// For each step of the vendor.
    private let patience: TimeAmount
    private let limit: Scheduled<Void>
    private let isComplete = Atomic(false)

    /// Must be called on the connection's event loop.
    /// - Parameters:
    ///   - connection: one that was taken for this call.
    ///   - patience: for each step of the vendor.
    ///   - longest: for the whole call, however steadily it moves on.
    init(
        over connection: PassedConnections.Bound,
        of connections: PassedConnections,
        to target: PassedConnections.Target,
        _ ticket: PassTicket,
        endedBy off: PassSwitch,
        patience: TimeAmount,
        longest: TimeAmount
    ) {
        let number = connection.value.call
        self.connection = connection
        self.number = number
        self.connections = connections
        self.target = target
        self.ticket = ticket
        self.off = off
        self.patience = patience
        limit = connections.eventLoop.scheduleTask(in: longest) {
            connection.value.end(call: number, ExchangeFailure.timeout)
        }
        off.set { connection.eventLoop.execute { connection.value.end(call: number, ExchangeFailure.cancelled) } }
    }

    deinit {
        end()
    }

    /// Begins to send bytes. Must be called on the connection's event loop.
    /// - Parameter isLast: whether the request is complete with them.
    /// - Returns: kept when the system has taken them, with whether the vendor has begun to answer.
    func begin(with bytes: [UInt8], isLast: Bool) -> EventLoopFuture<Bool> {
        connection.value.write(ByteBuffer(bytes: bytes), isLast: isLast, within: patience)
    }

    /// Sends bytes, and returns when the system has taken them.
    /// - Parameter isLast: whether the request is complete with them.
    /// - Returns: whether the vendor has begun to answer.
    func write(_ bytes: ByteBuffer, isLast: Bool) async throws -> Bool {
        try await onLoop { $0.write(bytes, isLast: isLast, within: self.patience) }
    }

    /// Waits for the answer's head.
    func head() async throws -> HTTPResponseHead {
        guard case .head(let head) = try await part() else { throw ExchangeFailure.connectionEnded }
        return head
    }

    /// The next piece of the answer's body; nil at its end.
    package func next() async throws -> ByteBuffer? {
        do {
            return try await piece()
        } catch {
            if !off.isOff { ticket.brokeOff() }
            throw error
        }
    }

    /// The same of an answer that is not handed on.
    func piece() async throws -> ByteBuffer? {
        switch try await part() {
        case .body(let bytes): return bytes
        case .end:
            complete()
            return nil
        case .head: throw ExchangeFailure.connectionEnded
        }
    }

    private func part() async throws -> HTTPClientResponsePart {
        try await withTaskCancellationHandler {
            try await onLoop { $0.next(within: self.patience) }
        } onCancel: {
            off.turnOff()
        }
    }

    private func onLoop<Value: Sendable>(
        _ work: @escaping @Sendable (PassedConnection) -> EventLoopFuture<Value>
    ) async throws -> Value {
        try await connections.eventLoop.flatSubmit { [connection] in work(connection.value) }.get()
    }

    /// The answer is whole: the connection may carry another call.
    private func complete() {
        isComplete.store(true, ordering: .relaxed)
        limit.cancel()
        off.set(nil)
        let (connection, connections, target) = (connection, connections, target)
        connections.eventLoop.execute { connections.giveBack(connection.value, to: target) }
    }

    private func end() {
        limit.cancel()
        off.set(nil)
        // One that was given back is idle again, or carries another call.
        guard !isComplete.load(ordering: .relaxed) else { return }
        let (connection, number) = (connection, number)
        connections.eventLoop.execute { connection.value.end(call: number, ExchangeFailure.cancelled) }
    }
}
