import Access
import Events
import Foundation
import Ingress
import Journal
import Logging
import Routing
import ServiceLifecycle

/// Reloads changed keys while the gateway runs. Keys that cannot be used are refused, and the current keys stay active.
struct KeysReloader<Source: KeySource>: Service {
    private let source: Source
    private let routes: CurrentRoutes
    private let logger: Logger
    private let audit: AuditLog
    /// The version before the keys were read, so that no change in between is missed.
    private let version: Source.Version
    private let first: StoredKeys

    /// Reads the keys and activates them.
    /// - Throws: ``GatewayFault`` if they cannot be used.
    init(
        from source: Source,
        routes: CurrentRoutes,
        logger: Logger,
        auditing audit: AuditLog
    ) async throws(GatewayFault) {
        self.source = source
        self.routes = routes
        self.logger = logger
        self.audit = audit
        do {
            version = try await source.version()
            first = try await source.read()
        } catch let fault as KeyFileFault {
            throw .keys(fault)
        } catch let error as StoreError {
            throw .store(error)
        } catch {
            throw .store(.unusable(path: source.name, reason: "\(error)"))
        }
        routes.replace(by: first)
        if !first.list.isEmpty {
            let history = first.history.joined(separator: "; ")
            logger.notice("\(source.name) was reloaded", metadata: ["keys": "\(history)"])
        }
        warnOfStrangers(first)
    }

    /// Watches the keys until graceful shutdown.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            // Changes of keys while no gateway ran.
            await keepActs()
            await watch()
        }
    }

    /// Records changes by the command line in the audit log.
    private func keepActs() async {
        do {
            for act in try await source.takeActs() {
                await audit.write(act.action, by: .user(act.user), at: act.at, act.details)
            }
            try await source.forgetActs()
        } catch {
            logger.error("changes of keys could not be read for the audit log", metadata: ["error": "\(error)"])
        }
    }

    private func watch() async {
        var (seen, taken) = (version, first)
        while !Task.isCancelled {
            do { try await Task.sleep(for: keyCheckInterval) } catch { return }
            do {
                let version = try await source.version()
                guard version != seen else { continue }
                let keys: StoredKeys
                do {
                    keys = try await source.read()
                    seen = version
                } catch let error as StoreError {
                    // The database cannot be reached. The current keys stay active, and the next check tries again.
                    throw error
                } catch {
                    seen = version
                    await audit.write(
                        "\(source.name) is invalid; the current keys stay active",
                        by: .gateway,
                        ["faults": "\(error)"]
                    )
                    continue
                }
                routes.replace(by: keys)
                let changes = keys.changes(from: taken).joined(separator: "; ")
                taken = keys
                await keepActs()
                if source.isOfOneGateway {
                    await audit.write("\(source.name) was reloaded", by: .gateway, ["changes": changes])
                } else {
                    // Whoever changed them has recorded it.
                    logger.notice("\(source.name) was reloaded", metadata: ["changes": "\(changes)"])
                }
                warnOfStrangers(keys)
            } catch {
                logger.debug("keys were not checked for changes", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Warns of clients that have valid keys and are not in `routes.json`.
    private func warnOfStrangers(_ keys: StoredKeys) {
        let known = Set(routes.current.routes.clients.map(\.name))
        for client in Set(keys.list.filter { $0.revoked == nil }.map(\.client)).subtracting(known).sorted() {
            logger.warning(
                "a key's client is not in routes.json, so the key is refused",
                metadata: ["client": "\(client)"]
            )
        }
    }
}

/// How often the version of the keys is checked. A revoked key may still be accepted for this long.
private let keyCheckInterval = Duration.milliseconds(500)
