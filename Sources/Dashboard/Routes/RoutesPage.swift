package import Events
import Journal
import Migration
import OfRecord
package import Reports

/// The routes in effect: as a picture, as the file, and what operators have set beside it.
package struct RoutesPage: PageContent {
    package static let template = "Routes"
    package let title = "Routes"
    let pictureMarkup: String
    let file: String
    let digest: String
    let loadedAt: TimeText
    let version: String
    let content: FileLines
    let overrides: [Override]
    let hasOverrides: Bool

    /// Something that an operator has set, and the file has not.
    struct Override: Sendable {
        let text: String
        let href: String
    }

    /// - Parameter delivered: events delivered in the last hour, by provider.
    package init(_ report: ConfigurationReport, delivered: [ProviderName: Int]) {
        let content = FileLines(report.text)
        self.content = content
        pictureMarkup =
            RoutePicture(id: "routes-picture", of: report.routes, delivered: delivered) { name in
                content.line(naming: name.rawValue).map { "#line-\($0)" }
            }
            .markup
        file = report.file
        digest = String(report.digest.prefix(12))
        loadedAt = TimeText(report.loadedAt)
        version = PlainNumbers.count(report.version)
        overrides =
            report.overrides.holds.map { held in
                Override(
                    text: "\(held.provider.rawValue) is held until \(TimeText(held.hold.until).text) UTC",
                    href: PageLink.provider(held.provider.rawValue)
                )
            }
            + report.overrides.pausedBackfills.map { lane in
                Override(
                    text: "Backfill \(lane.number.rawValue) to \(lane.provider.rawValue) is paused",
                    href: "/dashboard/migration"
                )
            }
            + report.overrides.migrations.map { migration in
                Override(text: Self.text(of: migration), href: "/dashboard/migration")
            }
        hasOverrides = !overrides.isEmpty
    }

    private static func text(of migration: ConfigurationReport.Migration) -> String {
        let course = migration.course
        let state =
            if course.close != nil {
                "is closed"
            } else if course.hold != nil {
                "is held"
            } else if let cut = course.cut {
                "moves all customers from \(TimeText(cut).text) UTC on"
            } else if course.share > 0 {
                "moves \(MigrationEntry.Action.text(of: course.share))% of the customers"
            } else if let delivery = course.delivery {
                "is in the stage \(delivery.rawValue)"
            } else {
                "moves nobody"
            }
        return "Migration \(migration.name.rawValue) \(state), ordered by \(migration.newest.actor)"
    }
}
