package import NIOCore
import NIOHTTP1
package import NIOSSL

/// The connections of passed calls, apart from those of deliveries, so that neither waits for the other.
///
/// A call that changes something always gets a connection of its own: on one that was used, the vendor may hang up at the very moment
/// at which the call leaves, and nobody would know whether it was carried out. Reads take connections that are free. How many there are
/// at once is bounded by those who ask.
package final class PassedConnections: Sendable {
    let eventLoop: any EventLoop
    private let state: NIOLoopBoundBox<State>

    /// Where a connection leads.
    struct Target: Hashable, Sendable {
        let origin: VendorOrigin
        /// Whether an address of this machine or of the networks around it is refused.
        let mustBeOutside: Bool
    }

    /// A connection for those who are elsewhere.
    typealias Bound = NIOLoopBound<PassedConnection>

    private final class State {
        let security: VendorSecurity
        var idle = KeptConnections<Target, PassedConnection>()
        /// Ends those that were kept for too long.
        var alarm: Scheduled<Void>?
        var isShutDown = false

        init(_ security: VendorSecurity) {
            self.security = security
        }
    }

    /// - Parameters:
    ///   - eventLoop: best one that carries no deliveries.
    ///   - roots: certificate authorities beside those that the system knows.
    package init(on eventLoop: any EventLoop, trusting roots: [NIOSSLCertificate] = []) {
        self.eventLoop = eventLoop
        state = .makeBoxSendingValue(State(VendorSecurity(trusting: roots, on: eventLoop)), eventLoop: eventLoop)
    }

    /// Closes those that are free; calls in flight end by themselves.
    package func shutdown() async throws {
        try await eventLoop.submit {
            let state = self.state.value
            state.isShutDown = true
            state.alarm?.cancel()
            for connection in state.idle.removeAll() { connection.end(ExchangeFailure.shutDown) }
        }.get()
    }

    // MARK: - On the event loop

    /// A connection that carries a call of this method from now on. It is open as far as the system knows, so whoever writes to it in the
    /// same turn of the event loop writes to no connection of which the vendor's end has arrived.
    /// - Parameter reuses: whether one that was used may be taken.
    func take(_ target: Target, for method: HTTPMethod, reuses: Bool) -> EventLoopFuture<Bound> {
        if state.value.isShutDown { return eventLoop.makeFailedFuture(ExchangeFailure.shutDown) }
        while reuses, let connection = state.value.idle.take(at: target, now: .now()) {
            if connection.begin(method) { return eventLoop.makeSucceededFuture(bound(connection)) }
        }
        return open(target).flatMapThrowing { connection in
            guard connection.value.begin(method) else { throw ExchangeFailure.connectionEnded }
            return connection
        }
    }

    /// Keeps a connection whose call has ended, if it can carry another.
    func giveBack(_ connection: PassedConnection, to target: Target) {
        guard connection.finish() else { return }
        guard !state.value.isShutDown, state.value.idle.keep(connection, at: target, now: .now()) else {
            return connection.end(ExchangeFailure.connectionEnded)
        }
        watchTime()
    }

    /// Ends connections that are kept for too long, now and later.
    private func watchTime() {
        let state = state.value
        for connection in state.idle.removeExpired(now: .now()) { connection.end(ExchangeFailure.connectionEnded) }
        guard state.alarm == nil, let next = state.idle.nextExpiry else { return }
        state.alarm = eventLoop.assumeIsolated().scheduleTask(deadline: next) {
            state.alarm = nil
            self.watchTime()
        }
    }

    private func bound(_ connection: PassedConnection) -> Bound { Bound(connection, eventLoop: eventLoop) }

    private func open(_ target: Target) -> EventLoopFuture<Bound> {
        let dialer = Dialer(
            to: target.origin,
            on: eventLoop,
            security: target.origin.isSecure ? state.value.security : nil,
            mustBeOutside: target.mustBeOutside,
            names: .shared
        )
        let opened = NIOLoopBoundBox<PassedConnection?>(nil, eventLoop: eventLoop)
        let ready = dialer.connect { [state] channel, greeting, due in
            if state.value.isShutDown { throw ExchangeFailure.shutDown }
            let connection = PassedConnection(channel, greeting: greeting, due: due) { ended in
                state.value.idle.remove(ended, at: target)
            }
            opened.value = connection
            return connection
        }
        return ready.flatMapThrowing {
            guard let connection = opened.value else { throw ExchangeFailure.connectionEnded }
            return self.bound(connection)
        }
    }
}
