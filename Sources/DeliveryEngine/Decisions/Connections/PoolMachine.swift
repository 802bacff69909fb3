import DequeModule
import NIOCore

/// Which connection to an origin carries which exchange, and when another connection is made.
///
/// The connection that was used last is used first, so that unneeded ones time out. An exchange waits only while a connection is being
/// made or all are busy; when none can be made, the exchange that has waited longest fails at once, because the pipeline has its own
/// retries.
///
/// A vendor may close a connection after a response without announcing it. Whether a request that meets that close was lost is unknown.
/// So until the vendor has been seen to keep connections, one is free only ``settlingTime`` after its response, when such a close would
/// be known; and a request that must not be repeated takes none that was used, unless it has outlived its response by ``trial``.
///
/// Like ``PipelineMachine``, it gets everything that happens and returns the next step; it does no I/O and reads no clock.
struct PoolMachine: Sendable {
    /// A step for the pool.
    enum Step: Equatable, Sendable {
        /// Make another connection. ``connected(_:)`` or ``couldNotConnect()`` reports on it.
        case connect
        /// Send this exchange over this connection, unless ``foundClosed(_:at:)``.
        case begin(exchange: Int, connection: Int)
        /// This exchange gets no connection.
        case fail(exchange: Int, ExchangeFailure)
        /// Ask again at this time, unless something happens before. It replaces the wake before.
        case wake(at: NIODeadline)
    }

    /// Where an exchange is.
    enum Whereabouts: Equatable, Sendable {
        case waiting
        case inFlight(connection: Int)
    }

    /// How long a connection is watched after its response.
    static let settlingTime = TimeAmount.milliseconds(1)
    /// A vendor that closes a connection after a response does so within this time.
    static let trial = TimeAmount.seconds(1)

    private struct Waiting {
        let exchange: Int
        let mayRepeat: Bool
        let deadline: NIODeadline
    }

    private struct Connection {
        /// The exchange in flight; nil if there is none.
        var exchange: Waiting?
        var answers = 0
        /// When it has outlived its last response; in the past if it has had none.
        var trialEnd = NIODeadline.distantPast
    }

    private let mostConnections: Int
    private var connections: [Int: Connection] = [:]
    /// Ordered by last use, most recent last.
    private var idle: [Int] = []
    /// Connections whose response is complete and that are free soon, in the order of their responses.
    private var settling = Deque<(connection: Int, until: NIODeadline)>()
    /// Bounded by the callers: pipelines by their concurrency, clients' reads by their limit per provider.
    private var waiting = Deque<Waiting>()
    private var connecting = 0
    /// Whether the vendor has been seen to keep connections after responses.
    private var keepsConnections = false
    private var scheduledWake: NIODeadline?
    private(set) var isShutDown = false

    /// - Parameter mostConnections: maximum number of connections.
    init(mostConnections: Int) {
        precondition(mostConnections > 0, "a pool without connections never sends anything")
        self.mostConnections = mostConnections
    }

    // MARK: - What happened

    /// An exchange needs a connection.
    mutating func asked(_ exchange: Int, mayRepeat: Bool, until deadline: NIODeadline) {
        waiting.append(Waiting(exchange: exchange, mayRepeat: mayRepeat, deadline: deadline))
    }

    /// An exchange is no longer needed.
    /// - Returns: where it was; nil if it is unknown here. One that waited is forgotten; one in flight ends with its connection.
    mutating func withdrew(_ exchange: Int) -> Whereabouts? {
        if let index = waiting.firstIndex(where: { $0.exchange == exchange }) {
            waiting.remove(at: index)
            return .waiting
        }
        return connections.first { $0.value.exchange?.exchange == exchange }.map { .inFlight(connection: $0.key) }
    }

    /// A connection has been made and can take a request.
    mutating func connected(_ connection: Int) {
        connecting -= 1
        connections[connection] = Connection()
        idle.append(connection)
    }

    /// A connection could not be made.
    /// - Returns: the exchange that fails because of it; nil if none waits.
    mutating func couldNotConnect() -> Int? {
        connecting -= 1
        return waiting.popFirst()?.exchange
    }

    /// The response on a connection is complete, and everything that came with it was read.
    mutating func answered(_ connection: Int, at now: NIODeadline) {
        guard var entry = connections[connection], entry.exchange != nil else { return }
        entry.exchange = nil
        entry.answers += 1
        entry.trialEnd = now + Self.trial
        connections[connection] = entry
        if entry.answers > 1 { keepsConnections = true }
        if keepsConnections {
            idle.append(connection)
        } else {
            settling.append((connection, now + Self.settlingTime))
        }
    }

    /// A connection is closed.
    /// - Parameter byVendor: whether the vendor closed it after a complete response, or before any request.
    mutating func ended(_ connection: Int, byVendor: Bool, at now: NIODeadline) {
        guard let entry = connections.removeValue(forKey: connection) else { return }
        let isOnTrial = entry.exchange != nil || entry.trialEnd > now
        if byVendor, isOnTrial { keepsConnections = false }
        if let index = idle.lastIndex(of: connection) { idle.remove(at: index) }
        settling.removeAll { $0.connection == connection }
    }

    /// The vendor has closed the connection over which an exchange was about to begin. Nothing has left, and the exchange is first in
    /// line again.
    mutating func foundClosed(_ connection: Int, at now: NIODeadline) {
        guard let exchange = connections[connection]?.exchange else { return }
        connections[connection]?.exchange = nil
        waiting.prepend(exchange)
        ended(connection, byVendor: true, at: now)
    }

    /// The time of ``Step/wake(at:)`` has been reached.
    mutating func woke() {
        scheduledWake = nil
    }

    /// Gives no more connections to exchanges.
    mutating func shutDown() {
        isShutDown = true
    }

    // MARK: - What to do

    /// The next step at `now`; nil if there is nothing to do until something happens.
    mutating func next(at now: NIODeadline) -> Step? {
        if isShutDown { return waiting.popFirst().map { .fail(exchange: $0.exchange, .shutDown) } }
        while let first = settling.first, first.until <= now {
            settling.removeFirst()
            idle.append(first.connection)
        }
        guard !waiting.isEmpty else { return nextWake() }
        if let late = waiting.firstIndex(where: { $0.deadline <= now }) {
            return .fail(exchange: waiting.remove(at: late).exchange, .timeout)
        }
        if let step = nextExchange(at: now) { return step }
        if wantsConnection {
            connecting += 1
            return .connect
        }
        return nextWake()
    }

    /// Starts the first exchange that an idle connection may carry.
    private mutating func nextExchange(at now: NIODeadline) -> Step? {
        guard !idle.isEmpty else { return nil }
        let proven = idle.lastIndex { isProven($0, at: now) }
        guard let first = waiting.firstIndex(where: { $0.mayRepeat || proven != nil }) else { return nil }
        let exchange = waiting.remove(at: first)
        let index = exchange.mayRepeat ? idle.count - 1 : proven ?? idle.count - 1
        let connection = idle.remove(at: index)
        connections[connection]?.exchange = exchange
        return .begin(exchange: exchange.exchange, connection: connection)
    }

    /// Whether a connection has been open for so long after a response that the vendor will not close it because of it.
    private func isProven(_ connection: Int, at now: NIODeadline) -> Bool {
        keepsConnections || (connections[connection]?.trialEnd ?? .distantFuture) <= now
    }

    private var wantsConnection: Bool {
        guard connections.count + connecting < mostConnections else { return false }
        // What may be repeated can use a connection that is free soon.
        let repeatable = waiting.count { $0.mayRepeat }
        return connecting < waiting.count - min(repeatable, settling.count)
    }

    /// Checks again when a connection is free, when one that must not carry what waits is proven, or when a deadline has passed.
    private mutating func nextWake() -> Step? {
        var times = [settling.first?.until].compactMap(\.self)
        if !waiting.isEmpty {
            times += waiting.map(\.deadline)
            times += idle.compactMap { connections[$0]?.trialEnd }
        }
        guard let earliest = times.min() else { return nil }
        if let scheduledWake, scheduledWake <= earliest { return nil }
        scheduledWake = earliest
        return .wake(at: earliest)
    }
}
