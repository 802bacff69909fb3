import Access
import Events
import Foundation
import Ingress
import Logging
import Routing
import ServiceLifecycle

/// Takes changed keys of the data folder over while the gateway runs. A faulty file is refused, and the keys in force stay.
struct KeysReloader: Service {
    /// How often the file's attributes are looked at: so long a revoked key may still open.
    private static let interval = Duration.milliseconds(500)

    private let file: KeyFile
    private let routes: CurrentRoutes
    private let logger: Logger
    private let audit: AuditLog
    /// The file as it was before it was read, so that no change in between is missed.
    private let signature: FileSignature
    private let first: StoredKeys

    /// Reads the keys and puts them into force.
    /// - Throws: ``GatewayFault`` if the file cannot be used.
    init(file: KeyFile, routes: CurrentRoutes, logger: Logger, auditing audit: AuditLog) throws(GatewayFault) {
        self.file = file
        self.routes = routes
        self.logger = logger
        self.audit = audit
        signature = FileSignature(of: file.file)
        do {
            first = try file.read()
        } catch {
            throw .keys(error)
        }
        routes.replace(by: first)
        if !first.list.isEmpty {
            let history = first.history.joined(separator: "; ")
            logger.notice("keys.json was read", metadata: ["keys": "\(history)"])
        }
        warnOfStrangers(first)
    }

    /// Watches the file until graceful shutdown.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            // What was done to keys while no gateway ran.
            await keepActs()
            await watch()
        }
    }

    /// Takes what was done by the command line into the audit log.
    private func keepActs() async {
        do {
            for act in try file.takeActs() {
                await audit.write(act.action, by: .user(act.user), at: act.at, act.details)
            }
            try file.forgetActs()
        } catch {
            logger.error("what was done to keys could not be read for the audit log", metadata: ["error": "\(error)"])
        }
    }

    private func watch() async {
        var watch = FileWatch(signature)
        var taken = first
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.interval) } catch { return }
            // The file is replaced whole, so one look is enough.
            guard watch.hasChanged(FileSignature(of: file.file)) else { continue }
            do {
                let keys = try file.read()
                routes.replace(by: keys)
                let changes = keys.changes(from: taken).joined(separator: "; ")
                taken = keys
                await keepActs()
                await audit.write("keys.json was reloaded", by: .gateway, ["changes": changes])
                warnOfStrangers(keys)
            } catch {
                await audit.write(
                    "keys.json is invalid; the current keys stay active",
                    by: .gateway,
                    ["faults": "\(error)"]
                )
            }
        }
    }

    private func warnOfStrangers(_ keys: StoredKeys) {
        let known = Set(routes.current.routes.clients.map(\.name))
        for client in Set(keys.list.filter { $0.revoked == nil }.map(\.client)).subtracting(known).sorted() {
            logger.warning(
                "a key's client is not in routes.json, so the key opens nothing",
                metadata: ["client": "\(client)"]
            )
        }
    }
}
