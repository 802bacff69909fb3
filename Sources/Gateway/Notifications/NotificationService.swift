import CoreMetrics
import Events
import Logging
import Notifications
import Posting
import Routing
import ServiceLifecycle
import Synchronization
import Telemetry

/// Tells people when something is wrong, and when that has ended.
///
/// It is independent of everything that accepts or delivers events: it reads the states that other parts publish, and each receiver has
/// its own task, so that one that hangs delays no other. `Notifications` decides what is sent when.
struct NotificationService: Service {
    let feed: ConditionFeed
    let routes: CurrentRoutes
    let sender: NotificationSender
    let clock: any WallClock
    let metrics: any MetricsFactory
    let logger: Logger

    private static let interval = Duration.seconds(1)
    private static let slowInterval = Duration.seconds(60)
    private static let attempts = Metric(
        "tollgate_notifications_total",
        "Attempts to send a message to a receiver of notifications, by outcome."
    )

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let (board, slow, served) = (ConditionBoard(), LatestReadings(), ServedReceivers())
            await withDiscardingTaskGroup { group in
                group.addTask { await readSlowly(into: slow) }
                group.addTask { await watch(slow, board) }
                for await snapshot in routes.changes() {
                    for receiver in snapshot.routes.notifications.receivers where served.begin(receiver.name) {
                        group.addTask {
                            await serve(receiver.name, board)
                            served.end(receiver.name)
                        }
                    }
                }
            }
        }
        await sender.poster.shutdown()
    }

    private var now: NotificationTime { NotificationTime(instant: .now, wall: clock.now) }

    private var settings: NotificationSettings { routes.current.routes.notifications }

    // MARK: - Readings

    private func readSlowly(into slow: LatestReadings) async {
        while !Task.isCancelled {
            let isUsed = !settings.receivers.isEmpty
            if isUsed { slow.set(await feed.slowReadings()) }
            do { try await Task.sleep(for: isUsed ? Self.slowInterval : Self.interval) } catch { return }
        }
    }

    private func watch(_ slow: LatestReadings, _ board: ConditionBoard) async {
        var tracker = ConditionTracker()
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.interval) } catch { return }
            let settings = settings
            guard !settings.receivers.isEmpty else { continue }
            board.set(tracker.observe(feed.readings(with: slow.current), by: settings.rules, at: now))
        }
    }

    // MARK: - One receiver

    /// Sends to a receiver until `routes.json` no longer has it.
    private func serve(_ name: String, _ board: ConditionBoard) async {
        var desk = ReceiverDesk(seed: Self.seed)
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.interval) } catch { return }
            let settings = settings
            guard let receiver = settings.receiver(named: name) else { return }
            guard let conditions = board.current else { continue }
            desk.observe(conditions, of: receiver.kinds, at: now)
            guard let message = desk.next(gateway: settings.gateway, settings.pacing, at: now) else { continue }
            let end = await sender.send(message, to: receiver)
            note(end, name, failuresBefore: desk.failures)
            if end == .sent { desk.sent(at: .now) } else { desk.failed(at: .now) }
        }
    }

    /// Logs the first of several failures, and the success after them.
    private func note(_ end: NotificationSender.End, _ name: String, failuresBefore: Int) {
        func count(_ outcome: String) {
            Self.attempts.counter([("receiver", name), ("outcome", outcome)], in: metrics).increment()
        }
        switch end {
        case .sent:
            count("sent")
            if failuresBefore > 0 { logger.notice("notifications are sent again", metadata: ["receiver": "\(name)"]) }
        case .failed(let reason):
            count("failed")
            guard failuresBefore == 0 else { return }
            logger.warning(
                "a notification was not sent; it is retried",
                metadata: ["receiver": "\(name)", "error": "\(reason)"]
            )
        }
    }

    /// Different for each desk of each run.
    private static var seed: String { String(UInt64.random(in: 0 ... .max), radix: 36) }
}

/// The conditions found by the last reading.
private final class ConditionBoard: Sendable {
    private let latest = Mutex<Conditions?>(nil)

    /// Nil before the first reading.
    var current: Conditions? { latest.withLock { $0 } }

    func set(_ conditions: Conditions) { latest.withLock { $0 = conditions } }
}

/// The receivers that have a task.
private final class ServedReceivers: Sendable {
    private let names = Mutex<Set<String>>([])

    /// - Returns: false if there is one already.
    func begin(_ name: String) -> Bool { names.withLock { $0.insert(name).inserted } }

    func end(_ name: String) { names.withLock { _ = $0.remove(name) } }
}
