import Access
import Events
import Logging
import Routing
import ServiceLifecycle

/// Records on which day each key was last used: once per key and day, outside of requests.
struct KeyUseRecorder: Service {
    let routes: CurrentRoutes
    let keeping: any KeyKeeping
    let clock: any WallClock
    let logger: Logger

    private static let interval = Duration.seconds(2)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // Uses that are recorded, and uses that could not be recorded yet.
            var (noted, waiting) = (KeyUses(), KeyUses())
            while !Task.isCancelled {
                do { try await Task.sleep(for: Self.interval) } catch { return }
                await record(&noted, &waiting)
            }
        }
    }

    /// Records keys whose last recorded use is not today; what cannot be written is tried again.
    private func record(_ noted: inout KeyUses, _ waiting: inout KeyUses) async {
        let now = clock.now
        let today = KeyUses.day(of: now)
        for key in routes.current.keys.takeUsed() where noted.days[key] != today { waiting.note(key, on: today) }
        guard !waiting.days.isEmpty else { return }
        do {
            try await keeping.note(waiting, at: now)
            noted.forget(before: today)
            noted.merge(waiting)
            waiting = KeyUses()
        } catch {
            logger.debug("uses of keys were not noted", metadata: ["error": "\(error)"])
        }
    }
}
