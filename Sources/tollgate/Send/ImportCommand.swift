import ArgumentParser
import Client
import Events
import Imports
import OfRecord

/// `tollgate import`: sends the events of an export.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import a vendor's export or a table of events. Importing it again sends nothing twice.",
        discussion: """
            lago, polar, flexprice, stripe and openmeter are events as these vendors' APIs list them: pages, or events one after another. \
            csv is a table whose first row names the columns; columns that are no field of an event become properties, with numbers and \
            booleans as such. ndjson are JSON objects. Files may be gzip. IDs follow from the vendor's, such as lago:sub_1/evt-1.

            Use a client whose routes do not lead to the vendor that the file is from: events that would be sent there are refused. \
            For lago, polar and flexprice, --until is required: the time from which the gateway itself sent events to that vendor, \
            so that none of these is imported as another event. Progress is stored in FILE.tollgate-progress.
            """
    )

    @Argument(help: "File, or - for standard input.")
    var file: String

    @Option(help: "lago, polar, flexprice, stripe, openmeter, csv or ndjson.")
    var format: ImportFormat

    @Option(help: "Names of fields in the file, such as 'customer_id=Account,timestamp=When'; dots reach into objects.")
    var map: String?

    @Option(help: "Time zone of timestamps without an offset, such as Europe/Berlin.")
    var timezone: String?

    @Option(help: "Import events with a timestamp at or after this time, such as 2026-01-31T00:00:00Z.")
    var from: String?

    @Option(help: "Import events with a timestamp before this time.")
    var until: String?

    @Option(help: "Provider or adapter to which no event may be sent (default: that of --format).")
    var notTo: String?

    @Option(help: "Source name from which IDs are derived for rows without one.")
    var source: String?

    @Flag(help: "Read the file and count its events; send nothing.")
    var dryRun = false

    @OptionGroup var gateway: GatewayOptions

    func validate() throws {
        guard source?.isEmpty != true else { throw ValidationError("--source must not be empty") }
        guard notTo?.isEmpty != true else { throw ValidationError("--not-to must not be empty") }
        _ = try order()
    }

    /// What to import, as the options say.
    private func order() throws -> ImportOrder {
        var fields = FieldMap()
        if let map {
            do throws(FieldMap.Fault) {
                fields = try FieldMap(map)
            } catch {
                throw ValidationError("--map: \(error)")
            }
        }
        if format.vendor != nil, until == nil {
            throw ValidationError(
                "--format \(format.rawValue) requires --until: the time from which the gateway itself sent events to that vendor"
            )
        }
        var zone: ZoneRules?
        if let timezone {
            zone = ZoneRules(named: timezone)
            guard zone != nil else {
                throw ValidationError(
                    "--timezone: there is no time zone \"\(timezone)\"; use a name such as Europe/Berlin or UTC"
                )
            }
        }
        return ImportOrder(
            format: format,
            map: fields,
            clock: ImportClock(zone: zone),
            from: try Self.time(from, "--from"),
            until: try Self.time(until, "--until")
        )
    }

    private static func time(_ text: String?, _ option: String) throws -> Timestamp? {
        guard let text else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw ValidationError("\(option) must be a timestamp with its offset such as 2027-01-31T00:00:00Z")
        }
        return time
    }

    mutating func run() async throws {
        let tally = ImportTally()
        let order = try order()
        let reading: FileRun.ReaderMaker = { bytes, source, limit in
            order.reader(of: bytes, source: source, largestEventBytes: limit, tally: tally)
        }
        if dryRun { return try count(by: reading, tally) }
        let sending = FileSending(
            path: file,
            source: source,
            requiresIDs: false,
            reading: reading,
            avoiding: notTo ?? format.vendor
        )
        let isComplete = try await sending.run(by: try gateway.client)
        for line in ImportText.omissions(tally) { Terminal.note(line) }
        if !isComplete { throw ExitCode(1) }
    }

    /// Reads the file, and says what an import would send.
    private func count(by reading: FileRun.ReaderMaker, _ tally: ImportTally) throws {
        do throws(SendFailure) {
            var faults: [FileFault] = []
            try FileRun.read(file, by: reading) { if faults.count < FileSending.mostShown { faults.append($0) } }
            for fault in faults { Terminal.note("\(file):\(fault.position): \(fault.message)") }
            if tally.faults > faults.count { Terminal.message("and \(tally.faults - faults.count) more") }
        } catch {
            Terminal.message("\(file): \(error)")
            throw ExitCode(1)
        }
        for line in ImportText.summary(tally) { Terminal.line(line) }
        if tally.faults > 0 { throw ExitCode(1) }
    }
}

extension ImportFormat: ExpressibleByArgument {}
