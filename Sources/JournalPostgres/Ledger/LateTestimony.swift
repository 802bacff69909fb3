import Events
import Journal
import Logging
import Synchronization

/// What a node knows of deliveries that it may no longer settle: the vendor has taken them. Whoever owns the account now has found them
/// in flight and made them uncertain; this makes the doubt smaller, and does nothing else.
struct LateTestimony: Sendable, Equatable {
    let account: Int32
    let lane: LaneNumber?
    /// The requests that the vendor has confirmed, by event.
    var confirmed: [Int64: Attempt]

    /// - Parameters:
    ///   - writes: refused, because the lease was lost.
    ///   - intended: what the next owner found in flight.
    /// - Returns: nil if nothing of them was delivered.
    init?(_ writes: [AccountWrite], intended: Set<Int64>, account: Int32, lane: LaneNumber?) {
        var confirmed: [Int64: Attempt] = [:]
        for case .settle(let settlement) in writes {
            for run in settlement.delivered {
                for sequence in run.sequences { confirmed[sequence.rawValue] = run.attempt }
            }
            for exception in settlement.exceptions where exception.status == .delivered {
                confirmed[exception.sequence.rawValue] = exception.newAttempts.last
            }
        }
        confirmed = confirmed.filter { intended.contains($0.key) }
        guard !confirmed.isEmpty else { return nil }
        self.account = account
        self.lane = lane
        self.confirmed = confirmed
    }

    /// What goes with ``Statement/testify``.
    var parameters: [Parameter] {
        let attempts = confirmed.sorted { $0.key < $1.key }
        return [
            .int4(account), .int8s(attempts.map(\.key)), .int8s(attempts.map(\.value.at.milliseconds)),
            .int8s(attempts.map(\.value.latency.wholeMicroseconds)),
            .int2s(attempts.map { $0.value.httpStatus.map { Int16(clamping: $0) } }),
            .bools(attempts.map(\.value.deduplicated)), .int8(lane?.rawValue),
        ]
    }
}

/// Late testimonies, repeated until the new owner has found what they are about.
final class LateTestimonies: Sendable {
    private struct Entry {
        var testimony: LateTestimony
        let end: ContinuousClock.Instant
    }

    /// How long the new owner may take, and how many events are remembered.
    private static let (patience, limit) = (Duration.seconds(600), 100_000)

    private let entries = Mutex<[Entry]>([])
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    func add(_ testimony: LateTestimony, at now: ContinuousClock.Instant) {
        let isKept = entries.withLock { entries in
            let count = entries.reduce(testimony.confirmed.count) { $0 + $1.testimony.confirmed.count }
            if count <= Self.limit { entries.append(Entry(testimony: testimony, end: now + Self.patience)) }
            return count <= Self.limit
        }
        logger.warning(
            "a vendor confirmed deliveries after their account had moved to another gateway",
            metadata: [
                "account": "\(testimony.account)", "events": "\(testimony.confirmed.count)", "kept": "\(isKept)",
            ]
        )
    }

    /// Says what the new owners are ready to hear.
    func say(_ session: PostgresSession, at now: ContinuousClock.Instant) throws(PostgresFailure) {
        let waiting = entries.withLock { entries in
            entries.removeAll { $0.end <= now || $0.testimony.confirmed.isEmpty }
            return entries.map(\.testimony)
        }
        for testimony in waiting {
            let told = try session.run(.testify, testimony.parameters).map { $0.integer(0) }
            guard !told.isEmpty else { continue }
            logger.info(
                "uncertain deliveries are delivered: the gateway that sent them has the confirmation",
                metadata: ["account": "\(testimony.account)", "events": "\(told.count)"]
            )
            entries.withLock { entries in
                for index in entries.indices where entries[index].testimony.account == testimony.account {
                    for sequence in told { entries[index].testimony.confirmed[sequence] = nil }
                }
            }
        }
    }
}
