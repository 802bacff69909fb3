import DequeModule
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The connections to one origin, and the requests that wait for one. Belongs to its client's event loop.
///
/// The connection that was used last goes first, so that those that are not needed close themselves. A request waits only while a
/// connection is made or all are busy; when none can be made, one that waits fails at once, because the pipeline has its own patience.
///
/// A vendor may end a connection behind an answer without having said so. A request that meets that end may be lost or not, and nobody
/// knows. So until the vendor has been seen to keep connections, one is free only a moment after its answer, when such an end would
/// be known; and a request that must not be repeated takes none that was used, unless it has outlived its answer by ``trial``.
final class ConnectionPool {
    private let origin: VendorOrigin
    private let eventLoop: any EventLoop
    private let security: EventLoopFuture<NIOSSLContext>?
    private let mustBeOutside: Bool
    private let names: NameResolver
    private let mostConnections: Int
    private var connections: [ObjectIdentifier: VendorConnection] = [:]
    private var idle: [VendorConnection] = []
    private var connecting = 0
    /// Bounded by those who ask: pipelines by their concurrency, clients' questions by the number of their connections.
    private var waiting = Deque<VendorExchange>()
    private var isShutDown = false
    /// Whether the vendor has been seen to keep connections behind answers.
    private var keepsConnections = false
    /// Connections whose answer is complete, and that are free in a moment.
    private var settling = 0
    private var trialEnd: Scheduled<Void>?

    /// How long a connection is watched behind its answer.
    private static let settlingTime = TimeAmount.milliseconds(1)
    /// A vendor that ends a connection because it answered does so within this time.
    static let trial = TimeAmount.seconds(1)
    /// For the connection, and again for TLS.
    private static let patience = TimeAmount.seconds(10)

    /// - Parameters:
    ///   - security: how TLS is spoken; nil: it is not.
    ///   - mustBeOutside: whether an address of this machine or of the networks around it is refused.
    ///   - names: resolves the origin's name.
    ///   - mostConnections: how many there may be at once.
    init(
        of origin: VendorOrigin,
        on eventLoop: any EventLoop,
        security: EventLoopFuture<NIOSSLContext>?,
        mustBeOutside: Bool,
        names: NameResolver,
        mostConnections: Int
    ) {
        self.names = names
        self.mostConnections = mostConnections
        self.origin = origin
        self.eventLoop = eventLoop
        self.security = security
        self.mustBeOutside = mustBeOutside
    }

    /// Carries out an exchange as soon as there is a connection for it.
    func begin(_ exchange: VendorExchange) {
        if isShutDown { return exchange.fail(ExchangeFailure.shutDown) }
        if let place = idle.lastIndex(where: { mayCarry(exchange, $0) }) {
            return idle.remove(at: place).begin(exchange)
        }
        let number = exchange.number
        exchange.patience = eventLoop.assumeIsolated().scheduleTask(deadline: exchange.deadline) {
            self.fail(number, ExchangeFailure.timeout)
        }
        waiting.append(exchange)
        if connecting + (exchange.mayRepeat ? settling : 0) < waiting.count { connect() }
        awaitTrials()
    }

    /// Ends the exchange of this number, if it is here and under way.
    func fail(_ number: Int, _ error: any Error) {
        if let place = waiting.firstIndex(where: { $0.number == number }) {
            let exchange = waiting.remove(at: place)
            exchange.patience?.cancel()
            exchange.fail(error)
        } else {
            connections.values.first { $0.exchange == number }?.end(error)
        }
    }

    /// Ends all connections; whoever waits or is under way fails, and whoever comes later too.
    func shutDown() {
        isShutDown = true
        trialEnd?.cancel()
        while let exchange = takeWaiting() { exchange.fail(ExchangeFailure.shutDown) }
        for connection in connections.values { connection.end(ExchangeFailure.shutDown) }
    }

    /// A connection's answer is complete, and all that came with it was read.
    func answered(_ connection: VendorConnection) {
        if connection.answers > 1 { keepsConnections = true }
        if keepsConnections { return free(connection) }
        settling += 1
        eventLoop.assumeIsolated().scheduleTask(in: Self.settlingTime) {
            self.settling -= 1
            if connection.isAnswered { self.free(connection) } else { self.connectForWaiting() }
        }
    }

    /// A connection can take the next request.
    private func free(_ connection: VendorConnection) {
        connection.rest()
        if let next = waiting.firstIndex(where: { mayCarry($0, connection) }) {
            let exchange = waiting.remove(at: next)
            exchange.patience?.cancel()
            return connection.begin(exchange)
        }
        idle.append(connection)
        connectForWaiting()
        awaitTrials()
    }

    /// A connection is no more.
    /// - Parameter byVendor: whether the vendor ended it while nothing was asked of it.
    func ended(_ connection: VendorConnection, byVendor: Bool) {
        if byVendor, connection.isOnTrial { keepsConnections = false }
        connections[ObjectIdentifier(connection)] = nil
        if let place = idle.lastIndex(where: { $0 === connection }) { idle.remove(at: place) }
        connectForWaiting()
    }

    /// Whether an exchange may go over an idle connection.
    private func mayCarry(_ exchange: VendorExchange, _ connection: VendorConnection) -> Bool {
        exchange.mayRepeat || keepsConnections || !connection.isOnTrial
    }

    private func connectForWaiting() {
        if connecting < waiting.count { connect() }
    }

    /// Looks again at idle connections that may not carry what waits, when the first of them is no longer on trial: there may be so
    /// many of them that no other can be made.
    private func awaitTrials() {
        guard trialEnd == nil, !waiting.isEmpty, let first = idle.map(\.trialEnd).min() else { return }
        trialEnd = eventLoop.assumeIsolated().scheduleTask(deadline: first) {
            self.trialEnd = nil
            if let place = self.idle.firstIndex(where: { !$0.isOnTrial }) { self.free(self.idle.remove(at: place)) }
            self.awaitTrials()
        }
    }

    private func takeWaiting() -> VendorExchange? {
        let exchange = waiting.popFirst()
        exchange?.patience?.cancel()
        return exchange
    }

    // MARK: - New connections

    private func connect() {
        guard connections.count + connecting < mostConnections else { return }
        connecting += 1
        open().assumeIsolated().whenComplete { result in
            self.connecting -= 1
            if case .failure(let error) = result { self.takeWaiting()?.fail(error) }
            if self.connecting < self.waiting.count { self.connect() }
        }
    }

    private func open() -> EventLoopFuture<Void> {
        guard let security else { return connected(nil) }
        return security.assumeIsolated().flatMap { self.connected($0) }.nonisolated()
    }

    private func connected(_ security: NIOSSLContext?) -> EventLoopFuture<Void> {
        ClientBootstrap(group: eventLoop).connectTimeout(Self.patience)
            .resolver(ConnectionNames(names: names, eventLoop: eventLoop))
            .connect(host: origin.host, port: origin.port)
            .assumeIsolated().flatMap { self.take($0, security) }.nonisolated()
    }

    /// Makes a vendor's connection of one that has just been made, if it leads where it may.
    ///
    /// A name says nothing about where it leads, so the address is looked at that was connected to, before a byte has left.
    private func take(_ channel: any Channel, _ security: NIOSSLContext?) -> EventLoopFuture<Void> {
        let greeting = eventLoop.makePromise(of: Void.self)
        do {
            if isShutDown { throw ExchangeFailure.shutDown }
            if mustBeOutside { try InsideAddress.check(channel.remoteAddress) }
            let connection = VendorConnection(channel, in: self, greeting: greeting, due: .now() + Self.patience)
            connections[ObjectIdentifier(connection)] = connection
            let decoder = ByteToMessageHandler(HTTPResponseDecoder())
            try channel.pipeline.syncOperations.addHandlers([RequestBytes(), decoder, connection])
            if let security {
                let handler = try NIOSSLClientHandler(context: security, serverHostname: origin.certifiedName)
                try channel.pipeline.syncOperations.addHandler(handler, position: .first)
            } else {
                connection.isGreeted()
            }
            return greeting.futureResult.assumeIsolated().map { self.free(connection) }.nonisolated()
        } catch {
            channel.close(promise: nil)
            greeting.fail(error)
            return greeting.futureResult
        }
    }
}
