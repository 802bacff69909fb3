import Events
import Journal
import Logging
import Migration
import Routing
import ServiceLifecycle
import Synchronization

/// The orders of all migrations, as this gateway knows them: read before it serves requests, after each act of its own, and as soon as
/// another gateway has added one. The routes follow them.
final class MigrationBook: Service {
    private struct State {
        var history: MigrationHistory
        var fault: UnreadableAct?
    }

    /// How often the journal is checked for orders from other gateways: all of them know an order after at most twice this time.
    private static let interval = Duration.milliseconds(400)

    private let journal: any MigrationKeeping
    private let routes: CurrentRoutes
    private let logger: Logger
    private let state: Mutex<State>

    /// Reads the log and activates it.
    /// - Throws: ``GatewayFault`` if it cannot be read, or has an act that this version does not support.
    init(_ journal: any MigrationKeeping, routes: CurrentRoutes, logger: Logger) async throws(GatewayFault) {
        self.journal = journal
        self.routes = routes
        self.logger = logger
        let history: MigrationHistory
        do {
            history = try await Self.read(journal)
        } catch let fault as UnreadableAct {
            throw .store(.unusable(path: "the log of migrations", reason: "\(fault)"))
        } catch let error as StoreError {
            throw .store(error)
        } catch {
            throw .store(.unusable(path: "the log of migrations", reason: "\(error)"))
        }
        state = Mutex(State(history: history))
        routes.replace(by: history.logs)
    }

    /// The newest known orders.
    var current: MigrationHistory { state.withLock { $0.history } }

    /// An act of another gateway that this version cannot read, so that the earlier orders stay active; nil if there is none.
    var fault: UnreadableAct? { state.withLock { $0.fault } }

    /// Reads new acts and activates them before it returns.
    /// - Throws: ``StoreError``, or ``UnreadableAct``.
    func refresh() async throws {
        let new: MigrationHistory
        do {
            new = try await Self.read(journal)
        } catch let fault as UnreadableAct {
            state.withLock { $0.fault = fault }
            throw fault
        }
        state.withLock { state in
            state.fault = nil
            if new.version > state.history.version { state.history = new }
        }
        routes.replace(by: new.logs)
    }

    /// Watches the log until graceful shutdown.
    func run() async throws {
        await cancelWhenGracefulShutdown { await self.watch() }
    }

    private func watch() async {
        var seen = current.version
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.interval) } catch { return }
            do {
                let version = try await journal.migrationVersion()
                guard version != seen else { continue }
                let known = current.version
                seen = version
                try await refresh()
                // This gateway's own orders are already in its log.
                if known < version { logger.notice("migrations: the log has changed") }
            } catch let fault as UnreadableAct {
                logger.error("an order for a migration was not followed", metadata: ["error": "\(fault)"])
            } catch {
                seen = current.version
                logger.debug("migrations were not checked for changes", metadata: ["error": "\(error)"])
            }
        }
    }

    private static func read(_ journal: any MigrationKeeping) async throws -> MigrationHistory {
        // The version first: acts that are added in between are read twice.
        let version = try await journal.migrationVersion()
        return try MigrationHistory(try await journal.migrationActs(), at: version)
    }
}
