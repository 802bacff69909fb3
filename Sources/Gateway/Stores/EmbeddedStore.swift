import Foundation
import Journal
import JournalSQLite
import NIOCore
import NIOPosix

extension OpenedStore {
    /// Opens the store in the data folder.
    static func embedded(_ settings: GatewaySettings, _ parts: StoreSurroundings) throws(GatewayFault) -> OpenedStore {
        var limits = SQLiteStoreSettings()
        limits.backlogLimitEvents = settings.backlogLimitEvents
        limits.diskLimitBytes = settings.diskLimitBytes
        let store: SQLiteEventStore
        do {
            store = try SQLiteEventStore(
                opening: settings.dataFolder,
                settings: limits,
                metrics: parts.metrics,
                announce: wakeAfterThisTick,
                logger: parts.logger
            )
        } catch {
            throw .store(error)
        }
        return OpenedStore(
            kind: .sqlite,
            place: settings.dataFolder.path,
            journal: store,
            shared: nil,
            outage: { nil },
            fullness: {
                do {
                    return try await store.fullness()
                } catch {
                    // The readiness reports that the store cannot be read.
                    return nil
                }
            },
            isDraining: { false },
            lostEvents: { 0 },
            service: store,
            close: { await store.close() }
        )
    }

    /// Runs after everything that the event loop has to do at this point, so that other requests that arrived together with this one are
    /// in the same commit. An idle loop has nothing to do, so that a single request does not wait.
    private static let wakeAfterThisTick: CommitAnnouncement = { wake in
        if let eventLoop = MultiThreadedEventLoopGroup.currentEventLoop { eventLoop.execute(wake) } else { wake() }
    }
}
