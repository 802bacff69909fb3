import Events
import Foundation
import Journal
import JournalPostgres
import JournalSQLite
import Logging
import ServiceLifecycle

extension OpenedStore {
    /// Opens the journal that several gateways share. The data folder has this gateway's own data: comparisons, plans, and the number by
    /// which the other gateways know it.
    static func shared(
        _ shared: SharedStoreSettings,
        _ settings: GatewaySettings,
        _ parts: StoreSurroundings
    ) async throws(GatewayFault) -> OpenedStore {
        let folder: DataFolder
        do {
            folder = try DataFolder(opening: settings.dataFolder, logger: parts.logger)
        } catch {
            throw .store(error)
        }
        if FileManager.default.fileExists(atPath: settings.dataFolder.appending(path: "journal.sqlite").path) {
            parts.logger.warning(
                "the data folder has a journal that this gateway does not use",
                metadata: ["folder": "\(settings.dataFolder.path)"]
            )
        }
        if shared.address.isUnverified(environment: settings.environment) {
            parts.logger.warning(
                "the connection to the database is not verified; add sslmode=verify-full to the address",
                metadata: ["database": "\(shared.address.display)"]
            )
        }
        let number = NodeNumber(in: settings.dataFolder)
        var store = shared.store
        store.routesDigest = parts.routesDigest
        store.backlogLimitEvents = settings.backlogLimitEvents
        store.diskLimitBytes = settings.diskLimitBytes
        store.predecessor = number.read()
        store.registered = { [logger = parts.logger] node in
            do {
                try number.write(node)
            } catch {
                // After a crash, the other gateways must then wait for the lease to expire.
                logger.warning("the node's number could not be written", metadata: ["error": "\(error)"])
            }
        }
        let journal: PostgresEventStore
        do {
            journal = try await PostgresEventStore.open(store, metrics: parts.metrics, logger: parts.logger)
        } catch {
            throw .database(shared.address.display, error)
        }
        return OpenedStore(
            kind: .postgresql,
            place: shared.address.display,
            journal: journal,
            shared: SharedParts(
                settlements: journal,
                orders: journal,
                reporting: journal,
                keys: journal,
                limits: journal.limits,
                comparisons: journal.comparisons,
                sessions: journal,
                figures: journal
            ),
            outage: { journal.outage },
            fullness: { journal.fullness },
            isDraining: { journal.isDraining },
            lostEvents: { journal.lostEvents },
            service: SharedStoreService(journal: journal, folder: folder, display: shared.address.display),
            close: {
                await journal.close()
                folder.release()
            }
        )
    }
}

/// Closes the journal at its turn in the shutdown. Ends the gateway if the database contains another journal.
private struct SharedStoreService: Service {
    let journal: PostgresEventStore
    let folder: DataFolder
    let display: String

    func run() async throws {
        let fault = await withTaskGroup(of: StoreError?.self) { group in
            group.addTask { await journal.waitForAnotherJournal() }
            group.addTask {
                await journal.watchLimits()
                return await journal.waitForAnotherJournal()
            }
            group.addTask {
                await journal.restoreLostEvents()
                return await journal.waitForAnotherJournal()
            }
            group.addTask {
                // It throws only if the task is cancelled, which also means that it is time to close.
                try? await gracefulShutdown()
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        await journal.close()
        folder.release()
        if let fault { throw GatewayFault.database(display, fault) }
    }
}
