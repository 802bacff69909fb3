import ArgumentParser
import Client
import Foundation
import JSON

/// `tollgate parity`: compares what vendors have with what they were sent.
struct ParityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parity",
        abstract: "Compare what vendors have with what they were sent.",
        subcommands: [
            RunParityCommand.self, ListParityCommand.self, ShowParityCommand.self, ParityFindingsCommand.self,
            WatchParityCommand.self, ResolveParityCommand.self,
        ]
    )
}

/// The comparison that a command is about.
struct ParityReference: ParsableArguments {
    @Argument(help: "Id of the comparison.")
    var id: String

    var path: String { "/v1/parity/runs/\(id.percentEncoded)" }
}

/// Which differences a command fails on.
enum ParityFailure: String, ExpressibleByArgument, CaseIterable {
    /// Differences without a known cause.
    case unexplained
    /// Those that somebody must act on.
    case act
    case any

    /// Whether a cause with this urgency ends in exit code 1.
    func counts(_ cause: String, urgency: String) -> Bool {
        switch self {
        case .unexplained: cause == "unexplained"
        case .act: urgency == "act" || urgency == "money"
        case .any: urgency != "benign"
        }
    }
}

/// How a comparison finds out which events a vendor has.
enum ParityMethod: String, ExpressibleByArgument, CaseIterable {
    case read, resend
}

/// What is compared.
struct ParityOrderOptions: ParsableArguments {
    @Option(help: "Compare events at or after this time, such as 2026-11-01T00:00:00Z.")
    var from: String

    @Option(help: "Compare events before this time.")
    var until: String

    @Option(help: "Providers to compare, separated by commas; those of the --migration by default.")
    var providers: [String] = []

    @Option(
        help: """
            ledger: only the journal. digest: counts, then whatever differs, and a sample. full: every event. usage: the amounts \
            that are billed in a billing period, with --metrics.
            """
    )
    var level = "full"

    @Option(
        help: """
            read: list the vendors' events. resend: send every confirmed event again; only for vendors that ignore an event they have \
            and count the others (Polar). Lost events are counted and stored, in far fewer calls.
            """
    )
    var method = ParityMethod.read

    @Option(
        help: "With usage: a JSON file with the metrics, each with its aggregate, property and ID at each provider."
    )
    var metrics: String?

    @Option(help: "With digest: number of events to compare at random where counts agree.")
    var sample = 3000

    @Option(help: "Take the providers, and with usage the metrics, from this migration in routes.json.")
    var migration: String?

    mutating func validate() throws {
        let sources = [metrics, migration].compactMap(\.self).count
        if level == "usage", sources != 1 {
            throw ValidationError("--level usage requires either --metrics FILE or --migration NAME")
        }
        if level != "usage", metrics != nil { throw ValidationError("--metrics is for --level usage") }
        if method == .resend, level != "full" { throw ValidationError("--method resend is for --level full") }
        try Self.check(providers, migration)
    }

    /// - Throws: `ValidationError` if nothing says which providers are compared.
    static func check(_ providers: [String], _ migration: String?) throws {
        guard providers.isEmpty, migration == nil else { return }
        throw ValidationError("--providers, or --migration, is required")
    }

    /// - Throws: ``ExitCode`` 2 if the file of metrics cannot be read.
    func body() throws -> [UInt8] {
        Self.body(
            from: from,
            until: until,
            providers: providers,
            level: method == .resend ? "resend" : level,
            sample: sample,
            metrics: try metrics.map(Self.read),
            migration: migration
        )
    }

    /// - Throws: ``ExitCode`` 2 if the file cannot be read or is not JSON: nothing was compared.
    private static func read(_ path: String) throws -> [UInt8] {
        do {
            let bytes = Array(try Data(contentsOf: URL(filePath: path)))
            guard JSONDocument(ifValid: bytes) != nil else {
                Terminal.message("\(path) is not JSON")
                throw ExitCode(2)
            }
            return bytes
        } catch let code as ExitCode {
            throw code
        } catch {
            Terminal.message("\(path) cannot be read: \(error.localizedDescription)")
            throw ExitCode(2)
        }
    }

    /// The order, as the API takes it.
    /// - Parameter providers: none for those of the migration.
    static func body(
        from: String,
        until: String,
        providers: [String],
        level: String,
        sample: Int,
        metrics: [UInt8]? = nil,
        migration: String? = nil
    ) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("from", string: from)
        writer.member("until", string: until)
        if !providers.isEmpty { writer.member("providers", strings: QueryParameters.split(providers)) }
        writer.member("level", string: level)
        writer.member("sample", integer: sample)
        if let metrics { writer.member("metrics", raw: metrics) }
        if let migration { writer.member("migration", string: migration) }
        writer.endObject()
        return writer.bytes
    }
}

/// How a comparison is reported.
struct ParityReportOptions: ParsableArguments {
    @Option(help: "Differences for which the exit code is 1: unexplained, act (those that require action), or any.")
    var failOn = ParityFailure.any

    @Option(help: "Write the differences to this CSV file.")
    var csv: String?

    @Option(help: "Write a printable report to this HTML file.")
    var html: String?

    @OptionGroup var response: ResponseOptions

    var gateway: GatewayOptions { response.gateway }

    /// Reports a finished run, and ends the command with its exit code.
    func report(_ run: JSONValue, _ body: [UInt8]) async throws {
        let report = try await gateway.orUnknown { try await ParityReport.fetch(run, gateway) }
        if response.json { Terminal.data(body) } else { Terminal.data(report.text) }
        if let csv {
            let path = "/v1/parity/runs/\(report.id)/findings?format=csv"
            let answer = try await gateway.orUnknown { try await gateway.get(path) }
            try Self.write(answer.body, to: csv)
        }
        if let html { try Self.write(Array(ParityPage(report).text.utf8), to: html) }
        let code = report.exitCode(failOn)
        if code != 0 { throw ExitCode(code) }
    }

    /// - Throws: ``ExitCode`` 2: a report that is missing must not look like equality.
    private static func write(_ bytes: [UInt8], to path: String) throws {
        do {
            try Data(bytes).write(to: URL(filePath: path))
        } catch {
            Terminal.message("\(path) cannot be written: \(error.localizedDescription)")
            throw ExitCode(2)
        }
    }
}

/// `tollgate parity run`: makes a comparison, and waits for its end.
struct RunParityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Compare providers with the journal, and wait for the result.",
        discussion: "Exit code 0: equal. 1: differences. 2: something could not be compared."
    )

    @OptionGroup var order: ParityOrderOptions
    @OptionGroup var report: ParityReportOptions

    mutating func run() async throws {
        let (run, body) = try await ParityWait(gateway: report.gateway).start(try order.body())
        try await report.report(run, body)
    }
}

/// `tollgate parity list`: the latest comparisons.
struct ListParityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List comparisons, newest first.")

    @OptionGroup var page: PageOptions<20>
    @OptionGroup var response: ResponseOptions

    mutating func run() async throws {
        var parameters = QueryParameters()
        page.add(to: &parameters)
        guard let list = try await response.get(parameters.appended(to: "/v1/parity/runs")) else { return }
        var rows = [["ID", "STATE", "RESULT", "LEVEL", "FROM", "UNTIL", "PROVIDERS"]]
        for run in list.elements(of: "runs") {
            let providers = run["providers"]?.elements.compactMap { $0["provider"]?.string } ?? []
            let columns = ["state", "verdict", "level", "from", "until"].map { run[$0]?.string ?? "-" }
            rows.append([run["id"]?.numberText ?? ""] + columns + [providers.joined(separator: ", ")])
        }
        Terminal.data(Terminal.table(rows))
        page.tellNext(after: list)
    }
}

/// `tollgate parity show ID`: the result of a comparison.
struct ShowParityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a comparison; wait for it if it is not finished."
    )

    @OptionGroup var comparison: ParityReference

    @OptionGroup var report: ParityReportOptions

    mutating func run() async throws {
        let (run, body) = try await ParityWait(gateway: report.gateway).wait(for: comparison.id)
        try await report.report(run, body)
    }
}

/// `tollgate parity findings ID`: the differences of a comparison.
struct ParityFindingsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "findings",
        abstract: "List the differences of a comparison."
    )

    @OptionGroup var comparison: ParityReference

    @Option(help: "A cause, such as lost_after_accept.")
    var cause: String?

    @Option(help: "A provider.")
    var provider: String?

    @Option(help: "A customer.")
    var customerID: String?

    @Option(help: "An event name.")
    var name: String?

    @OptionGroup var page: PageOptions<100>

    @Flag(help: "Print all of them as CSV.")
    var csv = false

    @OptionGroup var response: ResponseOptions

    mutating func run() async throws {
        var parameters = QueryParameters()
        parameters.add("cause", cause)
        parameters.add("provider", provider)
        parameters.add("customer_id", customerID)
        parameters.add("name", name)
        if csv {
            parameters.add("format", "csv")
        } else {
            page.add(to: &parameters)
        }
        let answer = try await response.gateway.get(parameters.appended(to: comparison.path + "/findings"))
        if csv { return Terminal.csv(answer.body) }
        guard let list = response.toShow(answer) else { return }
        var rows = [["PROVIDER", "CAUSE", "EVENT", "NAME", "CUSTOMER", "TIME", "DETAIL"]]
        for finding in list.elements(of: "findings") {
            let parity = FindingLine(finding)
            rows.append([
                parity.provider, parity.cause, parity.id, parity.name, parity.customer, parity.time, parity.detail,
            ])
        }
        Terminal.data(Terminal.table(rows))
        page.tellNext(after: list)
    }
}
