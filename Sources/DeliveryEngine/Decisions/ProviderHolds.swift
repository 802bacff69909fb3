import Events
import Journal
import Routing

/// What blocks calls to a provider in any state of its circuit: a delay that the vendor asked for, an operator's hold, and a refused
/// account; and which of them must be on disk.
struct ProviderHolds: Sendable {
    /// A delay that the vendor asked for. In memory it ends by the monotonic clock.
    private struct Wait: Sendable {
        var until: ContinuousClock.Instant
        var fault: DeliveryFault
    }

    /// A delay that ends sooner need not be on disk.
    private static let worthSaving = Duration.seconds(10)

    private let parkedPause: Duration
    /// The longest delay that the vendor may ask for.
    private let longestWait: Duration
    /// Nothing leaves before its end; nil if no delay was asked for.
    private var wait: Wait?
    /// Nothing leaves before its end, because an operator said so.
    private var operatorHold: (hold: OperatorHold, until: ContinuousClock.Instant)?
    /// Why the account is refused; nil if it is not.
    private(set) var parkedFor: DeliveryFault?
    /// Since when the account is refused, as far as this process knows; nil while it is not.
    private(set) var parkedSince: ContinuousClock.Instant?
    /// The delay and the parking as they are on disk.
    private var saved: ProviderHold?

    /// - Parameter hold: delays and parking that an earlier run recorded.
    init(settings: PipelineSettings, hold: ProviderHold?, at now: ClockReading) {
        parkedPause = settings.breaker.parkedPause
        longestWait = settings.retry.longestWait
        saved = hold
        guard let hold else { return }
        if hold.isParked {
            park(for: hold.fault, at: now.instant)
        } else {
            wait = Wait(until: now.instant + rest(of: hold, at: now), fault: hold.fault)
        }
    }

    /// How long an earlier run's hold remains.
    func rest(of hold: ProviderHold, at now: ClockReading) -> Duration {
        max(.zero, min(hold.until - now.wall, longestWait))
    }

    /// When the next delivery may leave, as far as holds are concerned; `now` if there is none.
    func earliestSend(at now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        max(earliestRead(at: now), operatorHold?.until ?? now)
    }

    /// When the next read may leave: an operator's hold only affects deliveries.
    func earliestRead(at now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        max(now, wait?.until ?? now)
    }

    /// The vendor asks for a delay; a shorter one does not end a longer one.
    mutating func vendorAsks(for after: RetryAfter?, because fault: DeliveryFault, at now: ClockReading) {
        var asked = after.map { $0.timestamp(from: now.wall, atMost: longestWait) - now.wall } ?? .zero
        // Also if the vendor's clock is behind, so that the time that it names is already past here.
        if fault.code == .rateLimited, asked <= .zero { asked = .seconds(1) }
        guard asked > .zero else { return }
        let until = now.instant + asked
        if wait.map({ $0.until < until }) ?? true { wait = Wait(until: until, fault: fault) }
    }

    /// The account is refused for this reason, or works again (nil).
    mutating func park(for fault: DeliveryFault?, at now: ContinuousClock.Instant) {
        parkedFor = fault
        parkedSince = fault == nil ? nil : parkedSince ?? now
    }

    /// An operator holds the provider; a later hold replaces an earlier one.
    mutating func operatorHolds(_ hold: OperatorHold, at now: ClockReading) {
        operatorHold = (hold, now.instant + max(.zero, hold.until - now.wall))
    }

    /// Ends an operator's hold, and a delay that the vendor asked for.
    mutating func resume() {
        operatorHold = nil
        wait = nil
    }

    // MARK: - On disk

    /// What must be written so that a restart knows it; nil if what is on disk is sufficient.
    ///
    /// The caller writes the value (nil inside: nothing holds the provider any more), and it counts as written.
    mutating func takeUnsaved(at now: ClockReading) -> ProviderHold?? {
        if let wait, wait.until <= now.instant { self.wait = nil }
        let wanted: ProviderHold? =
            if let parkedFor {
                ProviderHold(until: now.wall + parkedPause, fault: parkedFor, isParked: true)
            } else if let wait, wait.until - now.instant >= Self.worthSaving {
                ProviderHold(until: now.wall + (wait.until - now.instant), fault: wait.fault, isParked: false)
            } else {
                nil
            }
        guard isNews(wanted, at: now) else { return nil }
        saved = wanted
        return .some(wanted)
    }

    private func isNews(_ wanted: ProviderHold?, at now: ClockReading) -> Bool {
        guard let wanted else {
            // A hold that ends by itself need not be removed from disk.
            return saved.map { $0.isParked || $0.until > now.wall } ?? false && wait == nil
        }
        guard let saved else { return true }
        if wanted.isParked || saved.isParked { return wanted.isParked != saved.isParked }
        return wanted.until - saved.until >= .seconds(1)
    }

    // MARK: - For people

    /// The delay that the vendor asked for, by the wall clock; nil if there is none now.
    func vendorsWait(at now: ClockReading) -> (until: Timestamp, fault: DeliveryFault)? {
        guard let wait, wait.until > now.instant else { return nil }
        return (now.wall + (wait.until - now.instant), wait.fault)
    }

    /// The operator's hold; nil if there is none now.
    func operatorsHold(at now: ClockReading) -> OperatorHold? {
        operatorHold.flatMap { $0.until > now.instant ? $0.hold : nil }
    }
}
