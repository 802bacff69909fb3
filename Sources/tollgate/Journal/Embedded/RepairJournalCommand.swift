import ArgumentParser
import Foundation
import Journal
import JournalSQLite

/// `tollgate journal repair`: makes again what is made from the journal.
struct RepairJournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract:
            "Rebuild damaged indexes of a stopped gateway's journal; with --from, take damaged chunks from a backup.",
        discussion: """
            Checks first and prints what it does. No event is deleted: a chunk that no backup has stays where it is, and is skipped as \
            before. Exits with 0 if nothing is damaged any more, otherwise with 1.
            """
    )

    @Option(help: "Folder with a backup of the same journal.")
    var from: String?

    @OptionGroup var folder: JournalFolder

    mutating func run() async throws {
        try folder.requireEmbedded { schema in
            "repair indexes with REINDEX SCHEMA \(schema), and restore damaged tables from a backup of the server"
        }
        let report = try await repair()
        for name in report.rebuilt { Terminal.line("rebuilt: \(name)") }
        for name in report.restored { Terminal.line("taken from the backup: \(name)") }
        for fault in report.left { Terminal.line("damaged still: \(FaultText.line(fault).dropFirst(2))") }
        if !report.isSearchable { Terminal.note("the search index is not complete; the gateway continues to build it") }
        if report.found.isWell { Terminal.line("nothing was damaged") }
        if !report.left.isEmpty || report.found.more > 0 { throw ExitCode(1) }
    }

    /// Repairs the folder; prints the reason and exits with 1 if it cannot be opened.
    private func repair() async throws -> JournalRepair.Report {
        do throws(StoreError) {
            return try await JournalRepair(of: folder.url, from: from.map { URL(filePath: $0) }).run()
        } catch {
            Terminal.message(StoreText.message(error, at: folder.data))
            throw ExitCode(1)
        }
    }
}
