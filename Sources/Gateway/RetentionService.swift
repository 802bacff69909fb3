import Events
import Journal
import Logging
import ServiceLifecycle

/// Takes old, settled events out of the journal now and then.
struct RetentionService: Service {
    let archive: any EventArchive
    let clock: any WallClock
    let keep: Duration
    let logger: Logger

    /// How often it looks.
    private static let interval = Duration.seconds(600)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await removeOld()
                do { try await Task.sleep(for: Self.interval) } catch { return }
            }
        }
    }

    private func removeOld() async {
        do {
            let removed = try await archive.removeSettled(acceptedBefore: clock.now - keep)
            if removed > 0 { logger.info("old events were removed", metadata: ["events": "\(removed)"]) }
        } catch {
            logger.error("old events could not be removed", metadata: ["error": "\(error)"])
        }
    }
}

extension Timestamp {
    fileprivate static func - (moment: Timestamp, duration: Duration) -> Timestamp {
        moment + (.zero - duration)
    }
}
