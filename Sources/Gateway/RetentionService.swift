import DeliveryEngine
import Events
import Journal
import Logging
import ServiceLifecycle

/// Periodically removes old, settled events and old entries of the audit log from the journal.
struct RetentionService: Service {
    let journal: any JournalAdministration & RetentionPinning & AuditRecording
    let clock: ProcessClock
    let keep: Duration
    /// How long entries of the audit log are kept.
    let keepAudit: Duration
    let logger: Logger

    /// The interval between two runs.
    private static let interval = Duration.seconds(600)

    func run() async throws {
        // Not the current clock: it may have jumped since it was checked.
        let retention = RetentionClock(start: clock.start.wall, keeping: keep)
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let now = clock.now
                await removeOld(retention.read(now.wall, passed: now.instant - clock.start.instant))
                do { try await Task.sleep(for: Self.interval) } catch { return }
            }
        }
    }

    /// Records the believed time, lifts expired pins, and removes old events and audit entries.
    private func removeOld(_ reading: RetentionClock.Reading) async {
        if let ahead = reading.ahead {
            logger.warning(
                "the clock jumped ahead, and retention ignores it; correct the clock, or restart the gateway if the clock is right",
                metadata: ["ahead": "\(ahead)"]
            )
        }
        do {
            try await journal.note(reading.time)
            try await journal.unpinExpired(at: reading.before + keep)
            let removed = try await journal.removeSettled(acceptedBefore: reading.before)
            if removed > 0 { logger.info("old events were removed", metadata: ["events": "\(removed)"]) }
        } catch {
            // Interrupted; the next run continues.
            guard !Task.isCancelled else { return }
            logger.error("old events could not be removed", metadata: ["error": "\(error)"])
        }
        await removeOldAudit(before: reading.before + keep + (Duration.zero - keepAudit))
    }

    /// Uses the same time as the retention of events, so that a clock that jumps ahead removes no audit entries.
    private func removeOldAudit(before timestamp: Timestamp) async {
        do {
            let removed = try await journal.removeAuditEntries(before: timestamp)
            if removed > 0 { logger.info("old audit entries were removed", metadata: ["entries": "\(removed)"]) }
        } catch {
            logger.error("old audit entries could not be removed", metadata: ["error": "\(error)"])
        }
    }
}
