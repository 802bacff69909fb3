import Events
import Ingress
import Journal
import Logging
import Migration
import OfRecord
import Routing
import ServiceLifecycle
import Synchronization

/// Watches the gates of migrations that have started, and holds those that continue while a gate is red, or unknown because its check did
/// not run; or returns their customers, if `routes.json` says so.
final class MigrationWatch: Service {
    let desk: MigrationDesk
    private let logger: Logger
    private let latest = Mutex<[MigrationName: MigrationStatus]>([:])

    /// Minimum time between two checks.
    private static let interval = Duration.seconds(2)
    /// Checking takes at most this fraction of the time: one part of so many.
    private static let parts = 20

    init(_ desk: MigrationDesk, logger: Logger) {
        self.desk = desk
        self.logger = logger
    }

    /// The status of the migrations at the last check, by name.
    var current: [MigrationStatus] {
        latest.withLock { latest in latest.keys.sorted().compactMap { latest[$0] } }
    }

    /// Watches until graceful shutdown.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let start = ContinuousClock.now
                await self.look()
                let pause = max(Self.interval, (ContinuousClock.now - start) * Self.parts)
                do { try await Task.sleep(for: pause) } catch { return }
            }
        }
    }

    /// Checks each migration once.
    func look() async {
        let routes = desk.routes.current.routes
        let history = desk.book.current
        var found: [MigrationName: MigrationStatus] = [:]
        for migration in routes.migrations where !history[migration.name].isEmpty {
            do {
                found[migration.name] = try await look(at: migration, in: routes)
            } catch {
                logger.warning(
                    "a migration's gates were not looked at",
                    metadata: ["migration": "\(migration.name)", "error": "\(error)"]
                )
            }
        }
        latest.withLock { $0 = found }
    }

    private func look(at migration: MigrationConfiguration, in routes: Routes) async throws -> MigrationStatus {
        let outline = MigrationOutline(migration, in: routes)
        let status = try await desk.status(of: outline)
        do throws(MigrationRefusal) {
            if migration.autoReturn, let reason = status.reasonToReturn {
                try await desk.goBack(status, because: reason)
                logger.error(
                    "a gate returns the customers of a migration; void their usage of the running period at the new provider",
                    metadata: ["migration": "\(outline.name)", "reason": "\(reason)", "provider": "\(outline.to)"]
                )
            } else if migration.autoHold, let reason = status.reasonToHold {
                try await desk.hold(status, because: reason)
                logger.error(
                    "a gate holds a migration",
                    metadata: ["migration": "\(outline.name)", "reason": "\(reason)"]
                )
            } else {
                return status
            }
        } catch {
            // Another gateway has held it, or another order came first: it is checked again.
            guard error == .overtaken else { throw error }
        }
        return try await desk.status(of: outline)
    }
}
