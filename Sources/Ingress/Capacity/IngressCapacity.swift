package import CoreMetrics
import Events
import NIOCore
import Routing
import Synchronization
import Telemetry

/// The resources that clients hold, over all listeners: connections, bodies in memory, event streams.
package final class IngressCapacity: Sendable {
    private typealias Register = ConnectionRegister<NetworkAddress, ConnectionDoor>

    let bodies: BodyBudget
    /// Open event streams, by client.
    let streams: Mutex<HolderLimits<ClientName>>
    /// Searches in flight, by client; their total has no limit of its own.
    private let reads: Mutex<HolderLimits<ClientName>>
    private let settings: IngressSettings.Capacity
    private let connections: Mutex<Register>
    /// By the limit that was reached: that of an address, that of all.
    private let refused: [Counter]
    private let replaced: Counter

    private static let connectionsRefused = Metric(
        "tollgate_http_connections_refused_total",
        "Connections closed at once because a connection limit was reached, by limit."
    )
    private static let connectionsReplaced = Metric(
        "tollgate_http_connections_replaced_total",
        "Idle connections closed to make room for new ones."
    )

    /// - Parameter hasAdministration: whether a separate listener must stay reachable when all other connections are in use.
    package init(
        _ settings: IngressSettings.Capacity,
        hasAdministration: Bool = false,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance
    ) {
        self.settings = settings
        bodies = BodyBudget(limitBytes: settings.bodyBytes)
        streams = Mutex(HolderLimits(limit: settings.streams, perHolder: settings.streamsPerClient))
        reads = Mutex(HolderLimits(limit: .max, perHolder: settings.readsPerClient))
        let reserved = hasAdministration ? min(16, settings.connections / 10) : 0
        connections = Mutex(
            Register(
                limit: max(1, settings.connections),
                perAddress: max(1, settings.effectiveConnectionsPerAddress),
                reserved: reserved
            )
        )
        refused = [Register.LimitReached.address, .total].map { reason in
            Self.connectionsRefused.counter([("limit", reason.rawValue)], in: metrics)
        }
        replaced = Self.connectionsReplaced.counter(in: metrics)
    }

    /// Runs `body` as one of a client's concurrent reads.
    /// - Throws: ``Problem`` if the client has too many now, and whatever `body` throws.
    func asRead<Value>(of client: ClientName, _ body: () async throws -> Value) async throws -> Value {
        let isTaken = reads.withLock { places in
            do throws(HolderLimits<ClientName>.LimitReached) {
                try places.take(for: client)
                return true
            } catch {
                return false
            }
        }
        guard isTaken else { throw Problem.clientHasAllReads(settings.readsPerClient) }
        defer { reads.withLock { $0.giveBack(of: client) } }
        return try await body()
    }

    /// What a client holds of the resources that are limited for each client, over all listeners.
    func use(of client: ClientName) -> ClientUse {
        ClientUse(
            reads: reads.withLock { $0.count(of: client) },
            readsLimit: settings.readsPerClient,
            streams: streams.withLock { $0.count(of: client) },
            streamsLimit: settings.streamsPerClient
        )
    }

    /// A connection was accepted. One that is too many is closed.
    /// - Returns: what to tell about it.
    func admit(_ channel: any Channel, forAdministration isAdministration: Bool) -> ConnectionDoor {
        let door = ConnectionDoor(channel)
        let address = countedAddress(of: channel)
        let verdict = connections.withLock { $0.open(door, from: address, forAdministration: isAdministration) }
        switch verdict {
        case .admitted: break
        case .admittedInsteadOf(let other, let id):
            replaced.increment()
            close(other, for: id)
        case .refused(let reason):
            refused[reason == .address ? 0 : 1].increment()
            // After the set-up of its handlers, which an inactive channel refuses.
            channel.eventLoop.execute { channel.close(promise: nil) }
        }
        if let id = verdict.id {
            channel.closeFuture.whenComplete { [weak self] _ in self?.connections.withLock { $0.closed(id) } }
        }
        return door
    }

    /// Closes a connection to make room for a new one. If a request has arrived on it in the meantime it stays, and another one is
    /// closed.
    private func close(_ id: Int, for newcomer: Int) {
        guard let door = connections.withLock({ $0.connection(id) }) else { return }
        door.close(evenIfBusy: id == newcomer) { [weak self] in
            guard let self, let next = connections.withLock({ $0.stays(id, insteadOf: newcomer) }) else { return }
            close(next, for: newcomer)
        }
    }

    /// Nil if the peer is a trusted proxy, or has no IP address.
    private func countedAddress(of channel: any Channel) -> NetworkAddress? {
        guard let address = channel.remoteAddress?.ipAddress.flatMap({ NetworkAddress($0) }),
            !settings.trustedProxies.contains(where: { $0.contains(address) })
        else { return nil }
        return address.subscriber
    }
}

extension ConnectionRegister.Verdict {
    /// Of the new connection, if it may stay.
    fileprivate var id: Int? {
        switch self {
        case .admitted(let id), .admittedInsteadOf(_, let id): id
        case .refused: nil
        }
    }
}

/// What the listeners know about one connection.
final class ConnectionDoor: ObservedConnection {
    private let channel: any Channel
    private let latest = Atomic(ConnectionStanding.silent.rawValue)

    init(_ channel: any Channel) {
        self.channel = channel
    }

    /// What the connection is doing.
    var standing: ConnectionStanding {
        get { ConnectionStanding(rawValue: latest.load(ordering: .relaxed)) ?? .busy }
        set { latest.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// Closes the connection.
    /// - Parameter stays: called instead if it is handling a request, unless it must close anyway.
    fileprivate func close(evenIfBusy mustClose: Bool, orElse stays: @escaping @Sendable () -> Void) {
        channel.eventLoop.execute { [self] in
            if standing == .busy, !mustClose { stays() } else { channel.close(promise: nil) }
        }
    }
}
