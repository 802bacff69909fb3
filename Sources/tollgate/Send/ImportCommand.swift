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
            With --route, those that would go by any other route are refused, too. Events that the journal has already, by the identity \
            that they have in the file, are left out and counted. Polar shows no IDs, so --until is required: the time from which the \
            gateway itself sent events to Polar. For lago and flexprice it is required for events that the journal may have had and \
            removed. Progress is stored in FILE.tollgate-progress.
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

    @Option(help: "Route by which all events must go.")
    var route: String?

    @Option(
        help:
            "Property in which Polar's events have the ID that the gateway sent them with (id_property in routes.json)."
    )
    var idProperty: String?

    @Option(help: "Provider or adapter to which no event may be sent (default: that of --format).")
    var notTo: String?

    @Option(help: "Source name from which IDs are derived for rows without one.")
    var source: String?

    @Flag(help: "Read the file, count its events and those that the journal has already; send nothing.")
    var dryRun = false

    @OptionGroup var gateway: GatewayOptions

    func validate() throws {
        guard source?.isEmpty != true else { throw ValidationError("--source must not be empty") }
        guard route?.isEmpty != true else { throw ValidationError("--route must not be empty") }
        guard idProperty == nil || format == .polar else {
            throw ValidationError("--id-property is for --format polar")
        }
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
        if format == .polar, until == nil {
            throw ValidationError(
                "--format polar requires --until: the time from which the gateway itself sent events to Polar, which does not show their IDs"
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
        let (first, end) = (try Self.time(from, "--from"), try Self.time(until, "--until"))
        if let first, let end, first >= end {
            throw ValidationError("--from must be before --until, or no event is imported")
        }
        return ImportOrder(
            format: format,
            map: fields,
            clock: ImportClock(zone: zone),
            from: first,
            until: end,
            idProperty: idProperty
        )
    }

    /// - Throws: `ValidationError` that names the option. A time without an offset would be another one on another machine.
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
        if dryRun { return try await count(by: reading, tally) }
        let sending = FileSending(
            path: file,
            source: source,
            requiresIDs: false,
            reading: reading,
            terms: SendTerms(avoiding: notTo ?? format.vendor, route: route, known: known)
        )
        let isComplete = try await sending.run(by: try gateway.client)
        for line in ImportText.omissions(tally) { Terminal.note(line) }
        if !isComplete { throw ExitCode(1) }
    }

    /// Which events are left out because the journal has them.
    private var known: KnownEvents {
        // Whoever gives a time says that the gateway sent nothing before.
        KnownEvents(
            vendor: format.vendor.map { AdapterName($0) },
            needsWholeJournal: format.vendor != nil && until == nil
        )
    }

    /// Reads the file, and says what an import would send.
    private func count(by reading: FileRun.ReaderMaker, _ tally: ImportTally) async throws {
        let client = gateway.hasKey ? (try gateway.client, known) : nil
        var (faults, count, found): ([FileFault], Int, Int) = ([], 0, 0)
        do throws(SendFailure) {
            found = try await FileRun.read(file, by: reading, asking: client) { fault in
                count += 1
                if faults.count < FileSending.mostShown { faults.append(fault) }
            }
        } catch {
            Terminal.message("\(file): \(error)")
            throw ExitCode(1)
        }
        for fault in faults { Terminal.note("\(file):\(fault.position): \(fault.message)") }
        if count > faults.count { Terminal.message("and \(count - faults.count) more") }
        for line in ImportText.summary(tally, known: client == nil ? nil : found, faults: count) { Terminal.line(line) }
        if count > 0 { throw ExitCode(1) }
    }
}

extension ImportFormat: ExpressibleByArgument {}
