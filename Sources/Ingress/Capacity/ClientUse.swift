import Access
import Events
import Synchronization

/// How much of its limits a client uses now, at this gateway.
struct ClientUse: Sendable, Equatable {
    /// Of its requests, from 0 to 100; nil without such a limit, and where several gateways keep it together.
    var requestsPercent: Int?
    /// Of its events, from 0 to 100; nil without such a limit, and where several gateways keep it together.
    var eventsPercent: Int?
    /// Searches in flight.
    var reads = 0
    /// Searches that a client may have in flight.
    var readsLimit = 0
    /// Open event streams.
    var streams = 0
    /// Event streams that a client may have open.
    var streamsLimit = 0
}

/// The rate limiters of all listeners: the dashboard may be at another one than those that clients use. One entry for each listener.
final class ClientLimiters: Sendable {
    private let limiters = Mutex<[ClientLimiter]>([])

    init() {}

    /// Called once by each listener, when it starts.
    func add(_ limiter: ClientLimiter) { limiters.withLock { $0.append(limiter) } }

    /// How much of its limits a client uses, at the listener where it uses the most.
    func use(of client: Client, within capacity: IngressCapacity, at now: ContinuousClock.Instant = .now) -> ClientUse {
        let shares = limiters.withLock(\.self).map { $0.use(of: client, at: now) }
        var use = capacity.use(of: client.name)
        use.requestsPercent = Self.percent(shares.compactMap(\.requests).max())
        use.eventsPercent = Self.percent(shares.compactMap(\.events).max())
        return use
    }

    /// Whatever is used at all is at least one percent.
    private static func percent(_ share: Double?) -> Int? {
        // Safe: from 0 to 100.
        share.map { Int((min(max($0, 0), 1) * 100).rounded(.up)) }
    }
}
