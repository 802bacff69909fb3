import Journal
import Logging
import Synchronization

/// What the parts of the store know of each other's luck with the database.
final class DatabaseReach: Sendable {
    private let clock: Mutex<OutageClock>
    private let logger: Logger

    private let retryAfterFull: Duration
    private let disk = FullDisk()

    init(_ settings: PostgresStoreSettings, logger: Logger) {
        clock = Mutex(OutageClock(patience: settings.outagePatience, at: .now))
        retryAfterFull = settings.retryAfterFull
        self.logger = logger
    }

    /// What callers of the store are told.
    func error(_ failure: PostgresFailure) -> StoreError {
        let isFull = failure.isRefusal(.diskFull)
        if isFull { disk.note() }
        return StoreError(failure, retryAfter: isFull ? retryAfterFull : retryAfter)
    }

    /// What does not work now; nil if everything does.
    var outage: StoreOutage? { clock.withLock { $0.outage(at: .now) } }

    /// Why reads fail at once; nil: they do not.
    var silence: String? { clock.withLock { $0.isSilent(at: .now) ? $0.outage(at: .now)?.reason : nil } }

    /// Whether writes fail at once.
    var isOut: Bool { clock.withLock { $0.isOut(at: .now) } }

    /// Whether the database answers, and does not store events.
    var isStalled: Bool { clock.withLock { $0.isStalled } }

    /// How long clients are asked to wait.
    var retryAfter: Duration { clock.withLock { $0.retryAfter(at: .now, jitter: .random(in: 1...1.25)) } }

    /// What callers are told while writes fail at once.
    var outageError: StoreError {
        .unreachable(reason: outage?.reason ?? "the database did not answer in time", retryAfter: retryAfter)
    }

    /// The pulse was answered.
    func answered() {
        change(to: "the database responds again") { $0.answered(at: .now) }
    }

    /// The pulse was not answered.
    func failed(_ reason: String) {
        change(to: "the database does not respond", reason) { $0.failed(reason) }
    }

    /// Whether the database's disk was full when something was written last.
    var isFull: Bool { disk.isFull() }

    /// An append was stored.
    func appended() {
        disk.clear()
        change(to: "the database stores events again") { $0.appended(at: .now) }
    }

    /// An append has waited for as long as it may.
    /// - Parameters:
    ///   - since: when it was asked for.
    ///   - begun: when its first try was begun.
    func appendFailed(since: ContinuousClock.Instant, begun: ContinuousClock.Instant, _ reason: String) {
        change(to: "the database does not store events", reason) {
            $0.appendFailed(since: since, begun: begun, reason)
        }
    }

    private func change(to message: Logger.Message, _ reason: String? = nil, _ change: (inout OutageClock) -> Void) {
        let (before, after) = clock.withLock { clock in
            let before = clock.outage(at: .now)
            change(&clock)
            return (before, clock.outage(at: .now))
        }
        if let reason, before == nil, after != nil {
            logger.error(message, metadata: ["reason": "\(reason)"])
        } else if let before, after == nil {
            logger.notice(message, metadata: ["after_seconds": "\(before.duration.components.seconds)"])
        }
    }
}
