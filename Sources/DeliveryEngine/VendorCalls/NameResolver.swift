import Dispatch
import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// Resolves the names of vendors' servers on its own threads, and caches the addresses.
///
/// The system's resolver blocks its thread, for half a minute if a name server does not respond. So no event loop waits for it, each name
/// uses at most one thread, and names do not wait for each other as long as there are threads. A cached address is used at once: when it
/// is older than ``fresh`` it is also looked up again, and if the lookup fails it stays in use until it is older than ``stale``.
final class NameResolver: Sendable {
    /// Finds the addresses of a name; blocks. The ports of the addresses are ignored.
    typealias Lookup = @Sendable (_ host: String) throws -> [SocketAddress]

    fileprivate struct Known {
        var addresses: [SocketAddress]
        let since: ContinuousClock.Instant
    }

    fileprivate struct State {
        var known: [String: Known] = [:]
        /// Names whose last lookup failed, and until when that result is used.
        var failed: [String: ContinuousClock.Instant] = [:]
        /// Names that are looked up or wait for a thread, with the promises that wait for their addresses.
        var asked: [String: [EventLoopPromise<[SocketAddress]>]] = [:]
        /// Names that wait for a thread, longest wait first.
        var queued: [String] = []
        var threads = 0
    }

    /// For all event loops of the process.
    static let shared = NameResolver()

    private static let fresh = Duration.seconds(30)
    fileprivate static let stale = Duration.seconds(600)
    /// How long a failure is cached, so that calls that wait for the same name do not each start a lookup.
    private static let failure = Duration.seconds(1)
    private static let mostThreads = 16
    /// More names than a gateway has vendors.
    fileprivate static let mostNames = 1024

    private let lookUp: Lookup
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    /// - Parameters:
    ///   - lookUp: finds addresses; the system's resolver by default.
    ///   - now: reads the clock.
    init(
        lookUp: @escaping Lookup = SystemResolver.addresses,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.lookUp = lookUp
        self.now = now
    }

    /// The addresses of a name with this port. Fails with ``UnresolvedName`` if there are none.
    func addresses(of host: String, port: Int, on eventLoop: any EventLoop) -> EventLoopFuture<[SocketAddress]> {
        if let address = try? SocketAddress(ipAddress: host, port: port) {
            return eventLoop.makeSucceededFuture([address])
        }
        let promise = eventLoop.makePromise(of: [SocketAddress].self)
        answer(promise, host)
        return promise.futureResult.map { addresses in
            addresses.map { address in
                var address = address
                address.port = port
                return address
            }
        }
    }

    private func answer(_ promise: EventLoopPromise<[SocketAddress]>, _ host: String) {
        let now = now()
        /// The result if it is known now; nil if the promise waits for the lookup.
        let (ready, mustStart): (Result<[SocketAddress], any Error>?, Bool) = state.withLock { state in
            let known = state.known[host].flatMap { now - $0.since < Self.stale ? $0 : nil }
            let hasFailed = state.failed[host].map { now < $0 } ?? false
            let isFresh = known.map { now - $0.since < Self.fresh } ?? false
            let isAsked = state.asked[host] != nil
            let asks = !isFresh && !hasFailed && !isAsked
            if asks { state.asked[host] = [] }
            if let known { return (.success(known.addresses), asks) }
            if hasFailed, !isAsked { return (.failure(UnresolvedName()), false) }
            state.asked[host]?.append(promise)
            return (nil, asks)
        }
        if mustStart { start(host) }
        if let ready { promise.completeWith(ready) }
    }

    /// Looks a name up as soon as there is a thread for it.
    private func start(_ host: String) {
        let isFree = state.withLock { state in
            guard state.threads < Self.mostThreads else {
                state.queued.append(host)
                return false
            }
            state.threads += 1
            return true
        }
        if isFree { Thread.detachNewThread { self.lookUpAll(from: host) } }
    }

    /// Looks up a name, then those that are queued by then.
    private func lookUpAll(from host: String) {
        var next: String? = host
        while let host = next {
            finish(host, Result { try lookUp(host) })
            next = state.withLock { state in
                if !state.queued.isEmpty { return state.queued.removeFirst() }
                state.threads -= 1
                return nil
            }
        }
    }

    private func finish(_ host: String, _ result: Result<[SocketAddress], any Error>) {
        let now = now()
        var found: [SocketAddress] = []
        if case .success(let addresses) = result { found = addresses }
        let waiting = state.withLock { state in
            if found.isEmpty {
                state.failed[host] = now + Self.failure
            } else {
                state.failed[host] = nil
                state.known[host] = Known(addresses: found, since: now)
            }
            state.forgetOld(at: now)
            return state.asked.removeValue(forKey: host) ?? []
        }
        for promise in waiting {
            if found.isEmpty { promise.fail(UnresolvedName()) } else { promise.succeed(found) }
        }
    }
}

extension NameResolver.State {
    /// Keeps the cache within its bounds.
    fileprivate mutating func forgetOld(at now: ContinuousClock.Instant) {
        guard known.count + failed.count > NameResolver.mostNames else { return }
        failed = failed.filter { $0.value > now }
        known = known.filter { now - $0.value.since < NameResolver.stale }
        while known.count > NameResolver.mostNames, let oldest = known.min(by: { $0.value.since < $1.value.since }) {
            known[oldest.key] = nil
        }
        if failed.count > NameResolver.mostNames { failed.removeAll() }
    }
}

/// A name has no address, or the name servers do not respond. Nothing was sent.
struct UnresolvedName: Error {
    init() {}
}

/// The system's resolver.
enum SystemResolver {
    /// The addresses of a name, without ports. Blocks until the system's resolver returns.
    static let addresses: NameResolver.Lookup = { host in
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_protocol = Int32(IPPROTO_TCP)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { throw UnresolvedName() }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            guard let raw = UnsafeRawPointer(entry.ai_addr) else { continue }
            switch entry.ai_family {
            case AF_INET: addresses.append(SocketAddress(raw.loadUnaligned(as: sockaddr_in.self), host: host))
            case AF_INET6: addresses.append(SocketAddress(raw.loadUnaligned(as: sockaddr_in6.self), host: host))
            default: break
            }
        }
        return addresses
    }
}

/// Provides the addresses of the name for one connection.
struct ConnectionNames: Resolver, Sendable {
    let names: NameResolver
    let eventLoop: any EventLoop

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        names.addresses(of: host, port: port, on: eventLoop).map { $0.filter { $0.protocol == .inet } }
    }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        names.addresses(of: host, port: port, on: eventLoop).map { $0.filter { $0.protocol == .inet6 } }
    }

    /// The result of a lookup is cached even if no connection needs it any more.
    func cancelQueries() {}
}
