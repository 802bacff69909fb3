import Dispatch
import Events
import Foundation
import Journal
import Logging
import Synchronization

/// Asks the database all the time what others have done: how far each slot has grown, who holds which account, and whose rows have
/// changed. It has its own thread and connection and does nothing else there: a missing response means an outage.
final class JournalPulse: Sendable {
    /// Who holds an account.
    struct Holder: Sendable, Equatable {
        let account: Int32
        let epoch: Int64
        let node: Int64?
        /// For the account of a lane: its provider's.
        let provider: Int32?
        /// Rises when rows of the account have changed.
        let nudge: Int64
    }

    /// What the database said.
    struct State: Sendable, Equatable {
        var holders: [Holder] = []
        /// How many nodes can deliver.
        var nodes = 0
        var newest = JournalPosition.start
    }

    private let connection: ConnectionSettings
    private let reach: DatabaseReach
    private let logger: Logger
    private let isClosing = Mutex(false)
    private let wakeUp = DispatchSemaphore(value: 0)
    private let ended = LeaseSignal()

    /// How often it looks, and how often after ten seconds in which nothing has happened.
    private static let (interval, quietInterval) = (Duration.milliseconds(20), Duration.milliseconds(250))
    private static let untilQuiet = Duration.seconds(10)
    /// How often it looks while the database does not answer.
    private static let outageInterval = Duration.milliseconds(100)

    init(connection: ConnectionSettings, reach: DatabaseReach, logger: Logger) {
        self.connection = connection
        self.reach = reach
        self.logger = logger
    }

    /// - Parameter found: called on the pulse's thread with what each look finds, or with nil if the database did not answer.
    func start(found: @escaping @Sendable (State?) -> Void) {
        let thread = Thread { [self] in look(found) }
        thread.name = "tollgate.pulse"
        thread.start()
    }

    /// Looks now.
    func poke() { wakeUp.signal() }

    func stop() {
        isClosing.withLock { $0 = true }
        wakeUp.signal()
    }

    /// Returns when the thread has ended.
    func waitForEnd() async { _ = await ended.wait() }

    private func look(_ found: (State?) -> Void) {
        var session: PostgresSession?
        var (last, lastChange) = (State(), ContinuousClock.now)
        var reports = SparseReports()
        while !isClosing.withLock({ $0 }) {
            do throws(PostgresFailure) {
                if session == nil { session = try PostgresSession(connecting: connection) }
                guard let current = session else { continue }
                let reading = try Self.read(current)
                reach.answered()
                if reading != last { (last, lastChange) = (reading, .now) }
                found(reading)
            } catch {
                logger.debug("the database did not answer the pulse", metadata: ["reason": "\(error.reason)"])
                if session?.isBroken ?? false {
                    session?.close()
                    session = nil
                }
                lastChange = .now
                if case .refused = error {
                    if reports.isDue(at: .now) {
                        logger.warning(
                            "the database does not tell what other gateways do",
                            metadata: ["reason": "\(error.reason)"]
                        )
                    }
                } else {
                    reach.failed(error.reason)
                }
                found(nil)
                if !isClosing.withLock({ $0 }) {
                    _ = wakeUp.wait(timeout: .now() + .milliseconds(Int(Self.outageInterval.wholeMilliseconds)))
                }
                continue
            }
            let pause = ContinuousClock.now - lastChange > Self.untilQuiet ? Self.quietInterval : Self.interval
            _ = wakeUp.wait(timeout: .now() + .milliseconds(Int(pause.wholeMilliseconds)))
        }
        session?.close()
        ended.set(.unwatched)
    }

    private static func read(_ session: PostgresSession) throws(PostgresFailure) -> State {
        var reading = State()
        for row in try session.run(.readHolders, []) {
            reading.holders.append(
                Holder(
                    account: Int32(clamping: row.integer(0)),
                    epoch: row.integer(1),
                    node: row.optionalInteger(2),
                    provider: row.optionalInteger(3).map { Int32(clamping: $0) },
                    nudge: row.integer(4)
                )
            )
            reading.nodes = Int(clamping: row.integer(5))
        }
        for row in try session.run(.readEnds, []) {
            reading.newest = reading.newest.advanced(
                to: SequenceNumber(row.integer(1)),
                inStream: UInt16(clamping: row.integer(0))
            )
        }
        return reading
    }
}
