import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// Speaks HTTP/1.1 to vendors over connections of one event loop.
///
/// Made for many small requests to few servers, where it must be known of each whether it has left: the head is written once for all
/// requests of a kind, a request leaves with one system call, and a response is processed where it arrives. It uses no proxy, follows no
/// redirect, and sends nothing twice.
package final class VendorClient: Sendable {
    private let eventLoop: any EventLoop
    private let pools: NIOLoopBoundBox<ConnectionPools>
    private let lastNumber = Atomic(0)

    /// - Parameters:
    ///   - roots: certificate authorities in addition to the system's.
    ///   - mustBeOutside: whether vendors at addresses of this machine or of its local networks are refused.
    ///   - names: resolves the vendors' names.
    ///   - mostConnections: maximum number of connections per server.
    init(
        on eventLoop: any EventLoop,
        trusting roots: [NIOSSLCertificate] = [],
        mustBeOutside: Bool = false,
        names: NameResolver = .shared,
        mostConnections: Int = 64
    ) {
        self.eventLoop = eventLoop
        pools = .makeBoxSendingValue(
            ConnectionPools(on: eventLoop, roots, mustBeOutside, names, mostConnections),
            eventLoop: eventLoop
        )
    }

    /// Sends a request of this kind once, and waits for the response.
    /// - Parameters:
    ///   - deadline: for the last byte of the response.
    ///   - mayRepeat: whether it is harmless to send the request twice.
    nonisolated(nonsending) func exchange(
        _ request: ByteBuffer,
        of kind: RequestHead,
        until deadline: NIODeadline,
        mayRepeat: Bool
    ) async -> ExchangeEnd {
        let number = lastNumber.add(1, ordering: .relaxed).newValue
        return await withTaskCancellationHandler {
            await withCheckedContinuation { end in
                if Task.isCancelled {
                    return end.resume(returning: .failed(ExchangeFailure.cancelled, wasSent: false))
                }
                let begin: @Sendable () -> Void = {
                    let exchange = VendorExchange(
                        number,
                        kind.method,
                        request,
                        until: deadline,
                        mayRepeat: mayRepeat,
                        end: end
                    )
                    self.pools.value.pool(of: kind.origin).begin(exchange)
                }
                if eventLoop.inEventLoop { begin() } else { eventLoop.execute(begin) }
            }
        } onCancel: {
            eventLoop.execute { self.pools.value.cancel(number) }
        }
    }

    /// Ends all connections; exchanges in flight fail.
    func shutdown() async throws {
        try await eventLoop.submit { self.pools.value.shutDown() }.get()
    }
}

/// The pools of a client, one per origin. Belongs to the client's event loop.
private final class ConnectionPools {
    private let eventLoop: any EventLoop
    private let security: VendorSecurity
    private let mustBeOutside: Bool
    private let names: NameResolver
    private let mostConnections: Int
    private var pools: [VendorOrigin: ConnectionPool] = [:]
    private var isShutDown = false

    init(
        on eventLoop: any EventLoop,
        _ roots: [NIOSSLCertificate],
        _ mustBeOutside: Bool,
        _ names: NameResolver,
        _ mostConnections: Int
    ) {
        self.names = names
        self.mostConnections = mostConnections
        self.eventLoop = eventLoop
        security = VendorSecurity(trusting: roots, on: eventLoop)
        self.mustBeOutside = mustBeOutside
    }

    func pool(of origin: VendorOrigin) -> ConnectionPool {
        if let pool = pools[origin] { return pool }
        let dialer = Dialer(
            to: origin,
            on: eventLoop,
            security: origin.isSecure ? security : nil,
            mustBeOutside: mustBeOutside,
            names: names
        )
        let pool = ConnectionPool(on: eventLoop, dialing: dialer, mostConnections: mostConnections)
        if isShutDown { pool.shutDown() }
        pools[origin] = pool
        return pool
    }

    func cancel(_ number: Int) {
        for pool in pools.values { pool.fail(number, ExchangeFailure.cancelled) }
    }

    func shutDown() {
        isShutDown = true
        for pool in pools.values { pool.shutDown() }
    }
}
