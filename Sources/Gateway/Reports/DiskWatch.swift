import Events
import Foundation
import Journal
import JournalSQLite
import ServiceLifecycle
import Synchronization

/// Forecasts once a minute how long the journal's disk lasts, as `tollgate doctor` shows it. For a shared store only the data folder is
/// checked: the operator of the database watches its disk.
final class DiskWatch: Service {
    private let folder: URL
    private let limitBytes: Int?
    private let retentionDays: Int
    private let isEmbedded: Bool
    private let clock: any WallClock
    private let latest = Mutex<DoctorReport.Line?>(nil)

    private static let interval = Duration.seconds(60)

    init(_ settings: GatewaySettings, isEmbedded: Bool, clock: any WallClock) {
        folder = settings.dataFolder
        limitBytes = settings.diskLimitBytes
        retentionDays = Int(settings.retention.components.seconds / 86_400)
        self.isEmbedded = isEmbedded
        self.clock = clock
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.look()
                do { try await Task.sleep(for: Self.interval) } catch { return }
            }
        }
    }

    /// The last finding; nil before the first check, or if the check failed.
    var line: DoctorReport.Line? { latest.withLock { $0 } }

    /// Checks now.
    /// - Returns: nil if the check failed.
    @discardableResult
    func look() async -> DoctorReport.Line? {
        let (folder, limit, days, now) = (folder, limitBytes, retentionDays, clock.now)
        let isEmbedded = isEmbedded
        var found: DoctorReport.Line?
        do throws(StoreError) {
            found = try await BlockingWork.run { () throws(StoreError) in
                guard isEmbedded else { return JournalLines.disk(at: folder) }
                return JournalLines.disk(
                    try DiskRoom(at: folder),
                    try JournalFile(reading: folder).summary(),
                    limitBytes: limit,
                    retentionDays: days,
                    now: now
                )
            }
        } catch {
            // The item of the store reports what is wrong with it.
        }
        latest.withLock { $0 = found }
        return found
    }
}
