import Dispatch
import Events
import Foundation
import Journal
import Logging
import Synchronization

/// What a node does periodically beside its other work, on a thread and a connection of its own: whatever a chore waits for, and however it
/// fails, it holds up no look at the database, and says nothing of whether the database answers.
final class Housekeeping: Sendable {
    /// Something that is repeated until the node ends. Each time stands for itself: one that fails is made good by the next.
    struct Chore: Sendable {
        /// For people.
        let name: String
        let interval: Duration
        let work: @Sendable (PostgresSession) throws(PostgresFailure) -> Void
    }

    private let connection: ConnectionSettings
    private let logger: Logger
    private let end = ConnectionEnd()
    private let isClosing = Mutex(false)
    private let wakeUp = DispatchSemaphore(value: 0)
    private let ended = LeaseSignal()

    init(connection: ConnectionSettings, logger: Logger) {
        var connection = connection
        connection.end = end
        self.connection = connection
        self.logger = logger
    }

    /// Must be called once at most.
    func start(_ chores: [Chore]) {
        let thread = Thread { [self] in keep(chores) }
        thread.name = "tollgate.chores"
        thread.start()
    }

    /// Begins no other chore; one that waits for an answer does not wait for long.
    func stop() {
        isClosing.withLock { $0 = true }
        end.begin()
        wakeUp.signal()
    }

    /// Returns when the thread has ended.
    func waitForEnd() async { _ = await ended.wait() }

    private func keep(_ chores: [Chore]) {
        var session: PostgresSession?
        var times = chores.map { _ in ContinuousClock.now }
        var reports = chores.map { _ in SparseReports() }
        var connectionReports = SparseReports()
        while !isClosing.withLock({ $0 }) {
            for (index, chore) in chores.enumerated() where times[index] <= .now && !isClosing.withLock({ $0 }) {
                // Before the work, so that one that fails is not begun again at once.
                times[index] = .now + chore.interval
                if session == nil { session = connect(&connectionReports) }
                guard let current = session else { continue }
                do throws(PostgresFailure) {
                    try chore.work(current)
                } catch {
                    report(error, of: chore, &reports[index])
                    if current.isBroken {
                        current.close()
                        session = nil
                    }
                }
            }
            let pause = ContinuousClock.now.duration(to: times.min() ?? .now + .seconds(1))
            _ = wakeUp.wait(timeout: .now() + .milliseconds(max(1, Int(pause.wholeMilliseconds))))
        }
        session?.close()
        ended.set(.unwatched)
    }

    /// - Returns: nil if no connection can be made. If others have one, that is reported here: nobody else would.
    private func connect(_ reports: inout SparseReports) -> PostgresSession? {
        do throws(PostgresFailure) {
            return try PostgresSession(connecting: connection)
        } catch {
            let metadata: Logger.Metadata = ["reason": "\(error.reason)"]
            if connection.reach?.outage == nil, reports.isDue(at: .now) {
                logger.warning("there is no connection for what is done periodically", metadata: metadata)
            } else {
                logger.debug("there is no connection for what is done periodically", metadata: metadata)
            }
            return nil
        }
    }

    /// A database that does not answer is reported by whoever looks at it all the time.
    private func report(_ failure: PostgresFailure, of chore: Chore, _ reports: inout SparseReports) {
        guard case .refused = failure else {
            return logger.debug("\(chore.name) failed", metadata: ["reason": "\(failure.reason)"])
        }
        guard reports.isDue(at: .now) else { return }
        logger.warning("\(chore.name) failed", metadata: ["reason": "\(failure.reason)"])
    }
}

/// Lets a report that would repeat through once a minute.
struct SparseReports: Sendable {
    private static let interval = Duration.seconds(60)
    private var next: ContinuousClock.Instant?

    mutating func isDue(at now: ContinuousClock.Instant) -> Bool {
        if let next, now < next { return false }
        next = now + Self.interval
        return true
    }
}
