import Logging
import Synchronization

/// The services that have been asked to stop and have not stopped yet. They stop one after another, so the one that delays a shutdown can
/// be named.
final class ServiceStops: Sendable {
    private let asked = Mutex<[Int: (service: String, at: ContinuousClock.Instant)]>([:])

    /// A service that takes longer is named in the log repeatedly.
    static let patience = Duration.seconds(10)

    /// - Parameter number: distinguishes two services with the same name.
    func asked(_ number: Int, _ service: String, at now: ContinuousClock.Instant) {
        asked.withLock { $0[number] = (service, now) }
    }

    /// The service has stopped.
    func stopped(_ number: Int) {
        asked.withLock { $0[number] = nil }
    }

    /// The services that have been stopping for ``patience`` or longer, by name, with the time that they have taken.
    func slow(at now: ContinuousClock.Instant) -> [(service: String, time: Duration)] {
        asked.withLock { Array($0.values) }.map { ($0.service, now - $0.at) }
            .filter { $0.1 >= Self.patience }
            .sorted { $0.0 < $1.0 }
    }

    /// Warns of slow services until the task is cancelled.
    func watch(_ logger: Logger) async {
        while true {
            do { try await Task.sleep(for: Self.patience) } catch { return }
            for (service, time) in slow(at: .now) {
                logger.warning(
                    "a service takes long to stop",
                    metadata: ["service": "\(service)", "seconds": "\(time.components.seconds)"]
                )
            }
        }
    }
}
