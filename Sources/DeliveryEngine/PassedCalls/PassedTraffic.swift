import CoreMetrics
package import Events
import Routing
import Synchronization
import Telemetry

/// The gates and the figures of passed calls, by account.
package final class PassedTraffic: Sendable {
    private struct Account {
        var gate: PassGate
        var figures = PassFigures()
    }

    /// One for each account that `routes.json` has or had.
    private let accounts = Mutex<[ProviderName: Account]>([:])
    private let metrics: PassMetrics

    init(metrics: any MetricsFactory) {
        self.metrics = PassMetrics(factory: metrics)
    }

    /// The outcome of an account's calls; nil if there were none.
    package func figures(of provider: ProviderName) -> PassFigures? {
        accounts.withLock { accounts in
            guard let account = accounts[provider] else { return nil }
            var figures = account.figures
            figures.inFlight = account.gate.inFlight
            return figures
        }
    }

    /// Asks the gate.
    /// - Throws: ``PassFailure/tooMany(limit:)`` or ``PassFailure/resting(_:)``
    func begin(at provider: ProviderConfiguration, for client: ClientName, deliveriesPause: Duration?)
        throws(PassFailure) -> PassTicket
    {
        let decision = change(provider) { account in
            account.gate = account.gate.following(provider.pipeline.breaker)
            return account.gate.begin(
                for: client,
                deliveriesPause: deliveriesPause,
                timeout: provider.timeout,
                at: .now
            )
        }
        switch decision {
        case .pass(let isProbe): return PassTicket(in: self, at: provider, for: client, isProbe: isProbe)
        case .tooMany(let limit): throw failed(.tooMany(limit: limit), at: provider)
        case .rest(let pause): throw failed(.resting(pause), at: provider)
        }
    }

    /// Notes a call that the gate did not let pass.
    private func failed(_ failure: PassFailure, at provider: ProviderConfiguration) -> PassFailure {
        change(provider) { $0.figures.failed(failure) }
        metrics.refused(at: provider.name)
        return failure
    }

    fileprivate func answered(_ ticket: PassTicket, status: Int, after latency: Duration) {
        change(ticket.provider) { account in
            account.figures.answered(status: status, after: latency)
            account.gate.heard(.init(passedStatus: status), isProbe: ticket.isProbe, at: .now)
        }
        metrics.answered(at: ticket.provider.name, status: status, after: latency)
    }

    fileprivate func failed(_ ticket: PassTicket, _ failure: PassFailure, after latency: Duration) {
        change(ticket.provider) { account in
            account.figures.failed(failure)
            account.gate.heard(.init(failure), isProbe: ticket.isProbe, at: .now)
        }
        switch failure {
        case .rateLimited, .tooMany, .resting: metrics.refused(at: ticket.provider.name)
        case .credential(let status, _): metrics.answered(at: ticket.provider.name, status: status, after: latency)
        case .notSent, .unknown: metrics.answered(at: ticket.provider.name, status: nil, after: latency)
        case .clientGone: break
        }
    }

    fileprivate func brokeOff(_ ticket: PassTicket) {
        change(ticket.provider) { $0.figures.brokeOff() }
    }

    fileprivate func end(_ ticket: PassTicket) {
        change(ticket.provider) { $0.gate.end(of: ticket.client) }
    }

    private func change<Value>(_ provider: ProviderConfiguration, _ change: (inout Account) -> Value) -> Value {
        accounts.withLock { change(&$0[provider.name, default: Account(gate: PassGate(provider.pipeline.breaker))]) }
    }
}

/// A passed call's place among those in flight, given back when nobody holds it any more.
final class PassTicket: Sendable {
    let provider: ProviderConfiguration
    let client: ClientName
    let isProbe: Bool
    private let traffic: PassedTraffic
    private let start = ContinuousClock.now

    fileprivate init(
        in traffic: PassedTraffic,
        at provider: ProviderConfiguration,
        for client: ClientName,
        isProbe: Bool
    ) {
        self.traffic = traffic
        self.provider = provider
        self.client = client
        self.isProbe = isProbe
    }

    deinit {
        traffic.end(self)
    }

    /// The head of the answer has come.
    func answered(status: Int) {
        traffic.answered(self, status: status, after: .now - start)
    }

    /// There will be no answer.
    func failed(_ failure: PassFailure) {
        traffic.failed(self, failure, after: .now - start)
    }

    /// The answer ended before it was complete.
    func brokeOff() {
        traffic.brokeOff(self)
    }
}

/// Counts passed calls, by provider and class of status. The accounts of tenants are counted with their provider: no label names a
/// tenant.
private final class PassMetrics: Sendable {
    private static let requests = Metric(
        "tollgate_passed_request_seconds",
        "Duration from a passed call to the head of the vendor's response, by status class; none: no response.",
        buckets: Metric.latencies
    )
    private static let refusals = Metric(
        "tollgate_passed_refused_total",
        "Calls that were not passed to the vendor: too many at once, no room in the rate limit, or the vendor is failing."
    )

    private let factory: any MetricsFactory
    private let timers = Mutex<[ProviderName: [Timer]]>([:])
    private let refusals = Mutex<[ProviderName: Counter]>([:])

    init(factory: any MetricsFactory) {
        self.factory = factory
    }

    /// - Parameter status: nil if no answer came.
    func answered(at provider: ProviderName, status: Int?, after latency: Duration) {
        let name = provider.withoutTenant
        let timers = timers.withLock { timers in
            if let known = timers[name] { return known }
            let new = (0...5).map { status in
                let status = status == 0 ? "none" : "\(status)xx"
                return Self.requests.timer([("provider", name.rawValue), ("status", status)], in: factory)
            }
            timers[name] = new
            return new
        }
        timers[status.map { (100..<600).contains($0) ? $0 / 100 : 0 } ?? 0].record(latency)
    }

    func refused(at provider: ProviderName) {
        let name = provider.withoutTenant
        let counter = refusals.withLock { refusals in
            if let known = refusals[name] { return known }
            let new = Self.refusals.counter([("provider", name.rawValue)], in: factory)
            refusals[name] = new
            return new
        }
        counter.increment()
    }
}
