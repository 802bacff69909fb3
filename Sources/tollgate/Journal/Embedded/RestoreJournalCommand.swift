import ArgumentParser
import Events
import Foundation
import Gateway
import JournalSQLite

/// `tollgate journal restore BACKUP`: puts a backup into an empty data folder.
struct RestoreJournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Restore a backup into an empty data folder.",
        discussion: """
            Verifies the checksums first. Refused if a gateway uses the folder, or if the folder has files. What was delivered after the \
            backup is delivered again; vendors that do not recognize repeats would bill it twice, so their providers are held until \
            `tollgate providers resume NAME`.
            """
    )

    @Argument(help: "Folder with a backup.")
    var backup: String

    @OptionGroup var folder: JournalFolder

    mutating func run() async throws {
        try folder.requireEmbedded { _ in
            "restore it with PostgreSQL's own tools: pg_restore for a dump, or the base backup with its write-ahead log"
        }
        let restore = JournalRestore(from: URL(filePath: backup), to: folder.url)
        let report = try await BackupText.run(at: folder.data) { () throws(BackupFault) in
            try restore.run(holding: VendorTraitsSummary.withoutDeduplication, at: SystemWallClock().now)
        }
        Terminal.line(
            "\(folder.data) has \(report.manifest.events) events as of \(report.manifest.takenAt); start the gateway"
        )
        for provider in report.held {
            Terminal.line(
                "provider \(provider) is held: its vendor does not recognize repeats; compare it with the journal, then run "
                    + "`tollgate providers resume \(provider)`"
            )
        }
    }
}
