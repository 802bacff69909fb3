package import Events
import Synchronization

/// Enforces the clients' rate limits: those of one gateway by itself, or of all gateways that share them. A client without limits costs
/// nothing.
package final class ClientLimiter: Sendable {
    private struct Counts {
        let limits: ClientLimits
        var requests: TokenBucket?
        var events: TokenBucket?

        init(_ limits: ClientLimits, at now: ContinuousClock.Instant) {
            self.limits = limits
            requests = limits.requests.map { TokenBucket(fullBursts: $0, at: now) }
            events = limits.events.map { TokenBucket(fullBursts: $0, at: now) }
        }
    }

    /// One entry for each client of `routes.json` that has limits.
    private let counts = Mutex<[ClientName: Counts]>([:])

    private let shared: SharedLimits?

    /// - Parameter allotting: hands out the tokens of limits that several gateways share; nil if there is one gateway.
    package init(sharing allotting: (any TokenAllotting)? = nil) {
        shared = allotting.map { SharedLimits($0) }
    }

    /// Counts a request.
    /// - Throws: ``LimitExceeded`` if it exceeds the rate limit; then it is not counted.
    nonisolated(nonsending) package func admitRequest(
        of client: Client,
        at now: ContinuousClock.Instant = .now
    ) async throws(LimitExceeded) {
        guard let limit = client.limits.requests else { return }
        if let shared { return try await shared.admit(1, .requests, of: client.name, within: limit) }
        let wait = with(client, now) { $0.requests?.takeIfPresent(1, at: now) }
        if let wait { throw LimitExceeded(what: .requests, limit: limit, wait: wait) }
    }

    /// Counts the events of a request: all of them, or none.
    /// - Throws: ``LimitExceeded`` if they exceed the rate limit; then none is counted.
    nonisolated(nonsending) package func admit(
        events: Int,
        of client: Client,
        at now: ContinuousClock.Instant = .now
    ) async throws(LimitExceeded) {
        guard let limit = client.limits.events, events > 0 else { return }
        if let shared { return try await shared.admit(events, .events, of: client.name, within: limit) }
        let wait = with(client, now) { $0.events?.takeIfPresent(events, at: now) }
        if let wait { throw LimitExceeded(what: .events, limit: limit, wait: wait) }
    }

    /// Which part of its limits a client uses now, from 0 to 1; nil without a limit, and if several gateways keep it together.
    package func use(
        of client: Client,
        at now: ContinuousClock.Instant = .now
    ) -> (requests: Double?, events: Double?) {
        guard shared == nil else { return (nil, nil) }
        let known = counts.withLock { $0[client.name] }
        // One that has sent nothing yet, or not since its limits have changed, has full buckets.
        guard let known, known.limits == client.limits else {
            return (client.limits.requests.map { _ in 0 }, client.limits.events.map { _ in 0 })
        }
        return (known.requests?.taken(at: now), known.events?.taken(at: now))
    }

    /// A client whose limits have changed starts with full buckets.
    private func with(
        _ client: Client,
        _ now: ContinuousClock.Instant,
        _ take: (inout Counts) -> Duration?
    ) -> Duration? {
        counts.withLock { counts in
            var own =
                counts[client.name].flatMap { $0.limits == client.limits ? $0 : nil } ?? Counts(client.limits, at: now)
            defer { counts[client.name] = own }
            return take(&own)
        }
    }
}

/// Rate limit exceeded. Nothing of the request was accepted.
package struct LimitExceeded: Error, Sendable, Equatable {
    /// Which limit was exceeded.
    package enum What: String, Sendable {
        case requests, events
    }

    package let what: What
    package let limit: RateLimit
    package let wait: Duration

    package init(what: What, limit: RateLimit, wait: Duration) {
        self.what = what
        self.limit = limit
        self.wait = wait
    }

    /// The wait in whole seconds, at least 1.
    package var retryAfterSeconds: Int {
        // Safe: a thousandth of an Int64.
        max(1, Int((Double(wait.wholeMilliseconds) / 1000).rounded(.up)))
    }
}
