import ArgumentParser
import JSON
import Journal
import JournalSQLite

/// `tollgate journal check`: reads everything and names what is damaged.
struct CheckJournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read every chunk and index of the embedded journal, and name what is damaged.",
        discussion: """
            A gateway may run meanwhile. Nothing is changed. Exits with 0 if nothing is damaged, otherwise with 1.
            """
    )

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var folder: JournalFolder

    mutating func run() async throws {
        try folder.requireEmbedded { schema in
            "check it with pg_amcheck --heapallindexed --schema=\(schema), and with data checksums in the server"
        }
        let (url, line) = (folder.url, ProgressLine())
        let report = try await folder.run { () throws(StoreError) in
            try JournalCheck(of: url).run { line.show("reading events", $0, of: $1) }
        }
        line.end()
        if json { Terminal.data(report.json) } else { Terminal.data(FaultText.text(report)) }
        if !report.isWell { throw ExitCode(1) }
    }
}

/// What is damaged, for people.
enum FaultText {
    /// What was read and what is damaged, followed by how to repair it.
    static func text(_ report: CheckReport) -> String {
        let read = "\(report.events) events in \(report.chunks) chunks and \(report.files) files of indexes were read"
        guard !report.isWell else { return "\(read); nothing is damaged" }
        let more = report.more > 0 ? ["and \(report.more) more"] : []
        let count = report.faults.count + report.more
        return (["\(read); \(count) damaged:"] + report.faults.map(line) + more + advice(report)).joined(
            separator: "\n"
        )
    }

    /// Indented, as below a heading.
    static func line(_ fault: JournalFault) -> String { "  \(fault.location.text): \(fault.reason)" }

    /// One paragraph per kind of remedy that the faults need.
    private static func advice(_ report: CheckReport) -> [String] {
        let remedies = Set(report.faults.map(\.remedy))
        var lines: [String] = []
        if remedies.contains(.rebuild) {
            lines.append("Stop the gateway and run `tollgate journal repair`: indexes are rebuilt from the journal.")
        }
        if remedies.contains(.backup) {
            lines.append(
                "Chunks and pages of the database are only in a backup: `tollgate journal repair --from BACKUP` takes chunks from it."
            )
        }
        return lines
    }
}

extension CheckReport {
    /// For programs.
    var json: [UInt8] {
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.member("well", bool: isWell)
        writer.member("chunks", integer: chunks)
        writer.member("events", integer: events)
        writer.member("index_files", integer: files)
        writer.array("damaged", faults) { writer, fault in
            writer.member("location", string: fault.location.text)
            writer.member("reason", string: fault.reason)
            writer.member("remedy", string: fault.remedy.rawValue)
        }
        writer.member("damaged_more", integer: more)
        writer.endObject()
        return writer.bytes
    }
}
