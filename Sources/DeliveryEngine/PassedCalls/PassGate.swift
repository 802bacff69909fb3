import Events
import Routing

/// Whether the next passed call to an account may leave, from how the last ones ended, what deliveries know of the vendor, and how
/// many are in flight.
///
/// A breaker of their own: a call that fails may fail because of what a client asks, and must not stop deliveries.
struct PassGate: Sendable {
    /// Maximum number of calls in flight to an account.
    static let mostCalls = 64
    /// The most of them that one client has, so that another one always finds a place.
    static let mostOfClient = 48

    /// What happens to the next call.
    enum Decision: Sendable, Equatable {
        /// It leaves; of an open breaker, as the probe.
        case pass(isProbe: Bool)
        case tooMany(limit: Int)
        case rest(Duration)
    }

    private let settings: BreakerSettings
    private var breaker: CircuitBreaker
    /// When the latest probe left.
    private var probedAt: ContinuousClock.Instant?
    private var calls: [ClientName: Int] = [:]

    init(_ settings: BreakerSettings) {
        self.settings = settings
        breaker = CircuitBreaker(settings)
    }

    /// The same calls, with other settings of the provider.
    func following(_ settings: BreakerSettings) -> PassGate {
        guard settings != self.settings else { return self }
        var gate = PassGate(settings)
        gate.calls = calls
        return gate
    }

    /// How many calls are in flight.
    var inFlight: Int { calls.values.reduce(0, +) }

    /// A client asks for a call. One that may leave is in flight until ``end(of:_:isProbe:at:)``.
    /// - Parameters:
    ///   - pause: how long deliveries leave the vendor alone; nil: they do not.
    ///   - timeout: how long the vendor may take to answer.
    mutating func begin(
        for client: ClientName,
        deliveriesPause pause: Duration?,
        timeout: Duration,
        at now: ContinuousClock.Instant
    ) -> Decision {
        if let pause, pause > .zero { return .rest(pause) }
        var isProbe = false
        switch breaker.decide(at: now) {
        case .send: break
        case .probe: isProbe = true
        case .waitUntil(let instant): return .rest(instant - now)
        case .waitForProbe:
            // It waits for its client, not for the vendor.
            isProbe = probedAt.map { now - $0 >= breaker.pause + timeout } ?? true
            if !isProbe { return .rest(breaker.pause) }
        }
        guard inFlight < Self.mostCalls else { return .tooMany(limit: Self.mostCalls) }
        guard calls[client, default: 0] < Self.mostOfClient else { return .tooMany(limit: Self.mostOfClient) }
        if isProbe {
            breaker.probeStarted()
            probedAt = now
        }
        calls[client, default: 0] += 1
        return .pass(isProbe: isProbe)
    }

    /// It is known what a call says of the vendor.
    mutating func heard(_ signal: CircuitBreaker.Signal, isProbe: Bool, at now: ContinuousClock.Instant) {
        breaker.heard(signal, fromProbe: isProbe, at: now)
    }

    /// A call has ended.
    mutating func end(of client: ClientName) {
        calls[client] = calls[client].flatMap { $0 > 1 ? $0 - 1 : nil }
    }
}

extension CircuitBreaker.Signal {
    /// What the status of an answer to a passed call says of the vendor. 500 may be about what was asked.
    init(passedStatus status: Int) {
        switch status {
        case 502, 503, 504: self = .failed
        case 429: self = .limited
        case 500...: self = .unclear
        default: self = .works
        }
    }

    /// What a call without an answer says of it.
    init(_ failure: PassFailure) {
        switch failure {
        case .notSent, .unknown: self = .failed
        case .credential(let status?, _) where status > 0: self = .works
        case .credential, .tooMany, .rateLimited, .resting, .clientGone: self = .unclear
        }
    }
}
