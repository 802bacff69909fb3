import Events
import Journal
import Logging
import ServiceLifecycle

/// Takes old, settled events out of the journal now and then.
struct RetentionService: Service {
    let journal: any JournalAdministration & RetentionPinning
    let clock: any WallClock
    let keep: Duration
    let logger: Logger

    /// How often it looks.
    private static let interval = Duration.seconds(600)

    func run() async throws {
        let (start, began) = (clock.now, ContinuousClock.now)
        let retention = RetentionClock(start: start, keeping: keep)
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await removeOld(retention.read(clock.now, passed: .now - began))
                do { try await Task.sleep(for: Self.interval) } catch { return }
            }
        }
    }

    private func removeOld(_ reading: RetentionClock.Reading) async {
        if let ahead = reading.ahead {
            logger.warning(
                "the clock jumped ahead, and retention does not follow it; correct the clock, or restart the gateway if it is right now",
                metadata: ["ahead": "\(ahead)"]
            )
        }
        do {
            try await journal.unpinExpired(at: reading.before + keep)
            let removed = try await journal.removeSettled(acceptedBefore: reading.before)
            if removed > 0 { logger.info("old events were removed", metadata: ["events": "\(removed)"]) }
        } catch {
            logger.error("old events could not be removed", metadata: ["error": "\(error)"])
        }
    }
}
