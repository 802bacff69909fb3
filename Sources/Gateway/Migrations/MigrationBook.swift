import Events
import Journal
import Logging
import Migration
import Routing
import ServiceLifecycle
import Synchronization

/// What was ordered in migrations, as this gateway knows it: read before it serves, after each act of its own, and as soon as another
/// gateway has added something. The routes follow it.
final class MigrationBook: Service {
    private struct State {
        var history: MigrationHistory
        var fault: UnreadableAct?
    }

    /// How often the journal is asked for what other gateways have added: no later than twice this do all of them know.
    private static let interval = Duration.milliseconds(400)

    private let journal: any MigrationKeeping
    private let routes: CurrentRoutes
    private let logger: Logger
    private let state: Mutex<State>

    /// Reads the log, and puts it in force.
    /// - Throws: ``GatewayFault`` if it cannot be read, or has an act that this version does not know.
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

    /// The newest that is known.
    var current: MigrationHistory { state.withLock { $0.history } }

    /// What another gateway has added and this version cannot read, so that what was before stays in force; nil if there is nothing.
    var fault: UnreadableAct? { state.withLock { $0.fault } }

    /// Reads what is new and puts it in force before it returns.
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
                // What this gateway has ordered is in its log already.
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
        // The version first: what is added in between is read once more.
        let version = try await journal.migrationVersion()
        return try MigrationHistory(try await journal.migrationActs(), at: version)
    }
}
