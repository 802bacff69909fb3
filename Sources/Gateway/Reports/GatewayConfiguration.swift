import Digest
import Events
import Foundation
import Journal
import Migration
import OfRecord
import Reports
import Routing

/// Shows the active routes, the file that they come from, and what operators have set in addition.
struct GatewayConfiguration: ConfigurationReading {
    /// The path of the file, as the gateway was started with it.
    let file: String
    let reloader: RoutesReloader
    let routes: CurrentRoutes
    let ledger: any DeliveryLedger
    let lanes: any LaneKeeping
    let book: MigrationBook
    let clock: any WallClock

    func configuration() async throws(StoreError) -> ConfigurationReport {
        let (active, routes, now) = (reloader.active, routes.current.routes, clock.now)
        var holds: [ConfigurationReport.Hold] = []
        for provider in routes.providers {
            guard let hold = try await ledger.operatorHold(of: provider.name), hold.until > now else { continue }
            holds.append(ConfigurationReport.Hold(provider: provider.name, hold: hold))
        }
        return ConfigurationReport(
            file: file,
            digest: active.digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(),
            text: RoutesText.withoutSecrets(active.content),
            loadedAt: active.loadedAt,
            version: active.version,
            routes: routes,
            overrides: ConfigurationReport.Overrides(
                holds: holds,
                pausedBackfills: try await lanes.lanes().filter { $0.state == .paused },
                migrations: migrations(of: routes)
            )
        )
    }

    private func migrations(of routes: Routes) -> [ConfigurationReport.Migration] {
        let history = book.current
        return routes.migrations.compactMap { migration in
            let records = history[migration.name]
            let course = MigrationCourse(MigrationLog(records.map(\.entry)))
            // A value that equals the file's is not an override.
            let outline = MigrationOutline(migration, in: routes)
            guard let newest = records.last, course.says(otherThan: outline.delivery) else { return nil }
            return ConfigurationReport.Migration(
                name: migration.name,
                provider: migration.to,
                course: course,
                newest: newest
            )
        }
    }
}
