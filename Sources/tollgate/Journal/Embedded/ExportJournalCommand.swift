import ArgumentParser
import Events
import Foundation
import JSON
import Journal
import JournalSQLite

/// `tollgate journal export`: events as CloudEvents, one per line.
struct ExportJournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print events of the embedded journal as CloudEvents with their deliveries, one per line.",
        discussion: """
            A gateway may run meanwhile. Events are in the order of the journal. The extensions tenant, client, acceptedtime, sequence, \
            route, deliveries and vendorfields have what CloudEvents has no attribute for; the last two are JSON in a string. `tollgate \
            send` accepts the lines. Exits with 1 if damaged chunks had to be left out.
            """
    )

    @OptionGroup var timestamps: TimestampOptions

    @OptionGroup var acceptance: AcceptanceOptions

    @Option(help: "Events of this tenant only.")
    var tenant: String?

    @OptionGroup var folder: JournalFolder

    mutating func validate() throws { _ = try selection }

    /// - Throws: `ValidationError` that names the option whose time is wrong.
    private var selection: JournalExport.Selection {
        get throws {
            var selection = JournalExport.Selection()
            selection.from = try Self.time(timestamps.from, "--from")
            selection.until = try Self.time(timestamps.until, "--until")
            selection.acceptedFrom = try Self.time(acceptance.acceptedFrom, "--accepted-from")
            selection.acceptedUntil = try Self.time(acceptance.acceptedUntil, "--accepted-until")
            selection.tenant = tenant.map { TenantID($0) }
            return selection
        }
    }

    /// Reads an option in RFC 3339; names the option if it is invalid.
    private static func time(_ text: String?, _ option: String) throws -> Timestamp? {
        guard let text else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw ValidationError("\(option) must be a time such as 2026-01-31T00:00:00Z; found \"\(text)\"")
        }
        return time
    }

    mutating func run() async throws {
        try folder.requireEmbedded { _ in
            "read its events at a gateway, with `tollgate events list --json` or GET /v1/events"
        }
        let (url, selection) = (folder.url, try selection)
        let report = try await folder.run { () throws(StoreError) in
            let lines = LineOutput()
            let report = try JournalExport(of: url, selection).run { event in
                var writer = JSONWriter(capacity: 2048)
                CloudEventWriter.write(event, to: &writer)
                return lines.write(writer.bytes)
            }
            lines.flush()
            return report
        }
        for fault in report.damaged { Terminal.note("left out: \(FaultText.line(fault).dropFirst(2))") }
        if !report.damaged.isEmpty { throw ExitCode(1) }
    }
}

/// Lines on standard output, many in one write.
private final class LineOutput {
    private var pending: [UInt8] = []
    /// So many are written at a time: a write for each event would cost more than reading it.
    private static let bufferBytes = 256 << 10

    /// - Returns: false if nobody reads any more.
    func write(_ line: [UInt8]) -> Bool {
        pending += line
        pending.append(UInt8(ascii: "\n"))
        return pending.count < Self.bufferBytes || flush()
    }

    @discardableResult
    func flush() -> Bool {
        defer { pending.removeAll(keepingCapacity: true) }
        return Terminal.lines(pending)
    }
}
