import Access
import Events
import Foundation
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
    private let auditor: Logger
    /// The file as it was before it was read, so that no change in between is missed.
    private let signature: FileSignature
    private let first: StoredKeys

    /// Reads the keys and puts them into force.
    /// - Throws: ``GatewayFault`` if the file cannot be used.
    init(file: KeyFile, routes: CurrentRoutes, logger: Logger, auditing auditor: Logger) throws(GatewayFault) {
        self.file = file
        self.routes = routes
        self.logger = logger
        self.auditor = auditor
        signature = FileSignature(of: file.file)
        do {
            first = try file.read()
        } catch {
            throw .keys(error)
        }
        routes.replace(by: first)
        // What was done to keys while no gateway ran has been in no log yet.
        if !first.list.isEmpty {
            let history = first.history.joined(separator: "; ")
            auditor.notice("keys.json was read", metadata: ["keys": "\(history)"])
        }
        warnOfStrangers(first)
    }

    /// Watches the file until graceful shutdown.
    func run() async throws {
        await cancelWhenGracefulShutdown { await watch() }
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
                auditor.notice("keys.json was taken over", metadata: ["changes": "\(changes)"])
                warnOfStrangers(keys)
            } catch {
                auditor.error("keys.json was refused, and the keys in force stay", metadata: ["faults": "\(error)"])
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
