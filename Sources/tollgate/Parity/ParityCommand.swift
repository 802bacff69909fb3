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
        case .any: true
        }
    }
}

/// What is compared.
struct ParityOrderOptions: ParsableArguments {
    @Option(help: "Compare events at or after this time, such as 2026-11-01T00:00:00Z.")
    var from: String

    @Option(help: "Compare events before this time.")
    var until: String

    @Option(help: "Providers to compare, separated by commas.")
    var providers: [String]

    @Option(help: "ledger: the journal alone. digest: counts, then whatever differs, and a sample. full: every event.")
    var level = "full"

    @Option(help: "With digest: the events to compare at random where counts agree.")
    var sample = 3000

    var body: [UInt8] { body(from: from, until: until) }

    func body(from: String, until: String) -> [UInt8] {
        Self.body(from: from, until: until, providers: providers, level: level, sample: sample)
    }

    static func body(from: String, until: String, providers: [String], level: String, sample: Int) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("from", string: from)
        writer.member("until", string: until)
        writer.member("providers", strings: QueryParameters.split(providers))
        writer.member("level", string: level)
        writer.member("sample", integer: sample)
        writer.endObject()
        return writer.bytes
    }
}

/// How a comparison is reported.
struct ParityReportOptions: ParsableArguments {
    @Option(help: "Differences to exit with 1 for: unexplained, act (somebody must act), or any.")
    var failOn = ParityFailure.any

    @Flag(help: "Print the gateway's JSON.")
    var json = false

    @Option(help: "Write the differences to this CSV file.")
    var csv: String?

    @Option(help: "Write a report for people to this HTML file.")
    var html: String?

    @OptionGroup var gateway: GatewayOptions

    /// Reports a finished run, and ends the command with its exit code.
    func report(_ run: JSONValue, _ body: [UInt8]) async throws {
        let report = try await gateway.orUnknown { try await ParityReport.fetch(run, gateway) }
        if json { Terminal.data(body) } else { Terminal.data(report.text) }
        if let csv {
            let path = "/v1/parity/runs/\(report.id)/findings?format=csv"
            let answer = try await gateway.orUnknown { try await gateway.get(path) }
            try Self.write(answer.body, to: csv)
        }
        if let html { try Self.write(Array(ParityPage(report).text.utf8), to: html) }
        let code = report.exitCode(failOn)
        if code != 0 { throw ExitCode(code) }
    }

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
        let (run, body) = try await ParityWait(gateway: report.gateway).start(order.body)
        try await report.report(run, body)
    }
}

/// `tollgate parity list`: the latest comparisons.
struct ListParityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List comparisons, newest first.")

    @Option(help: "Maximum number of results.")
    var limit = 20

    @Option(help: "Continue from this cursor.")
    var cursor: String?

    @Flag(help: "Print the gateway's JSON.")
    var json = false

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        var parameters = QueryParameters()
        parameters.add("limit", "\(limit)")
        parameters.add("cursor", cursor)
        let answer = try await gateway.get(parameters.appended(to: "/v1/parity/runs"))
        guard !json, let page = answer.json else { return Terminal.data(answer.body) }
        var rows = [["ID", "STATE", "RESULT", "LEVEL", "FROM", "UNTIL", "PROVIDERS"]]
        for run in page["runs"].map({ Array($0.elements) }) ?? [] {
            let providers = run["providers"]?.elements.compactMap { $0["provider"]?.string } ?? []
            let columns = ["state", "verdict", "level", "from", "until"].map { run[$0]?.string ?? "-" }
            rows.append([run["id"]?.numberText ?? ""] + columns + [providers.joined(separator: ", ")])
        }
        Terminal.data(Terminal.table(rows))
        if let cursor = page["next_cursor"]?.string { Terminal.note("more results: --cursor \(cursor)") }
    }
}

/// `tollgate parity show ID`: the result of a comparison.
struct ShowParityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a comparison; wait for its end if it is not finished."
    )

    @Argument(help: "The comparison's id.")
    var id: String

    @OptionGroup var report: ParityReportOptions

    mutating func run() async throws {
        let (run, body) = try await ParityWait(gateway: report.gateway).wait(for: id)
        try await report.report(run, body)
    }
}

/// `tollgate parity findings ID`: the differences of a comparison.
struct ParityFindingsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "findings",
        abstract: "List the differences of a comparison."
    )

    @Argument(help: "The comparison's id.")
    var id: String

    @Option(help: "A cause, such as lost_after_accept.")
    var cause: String?

    @Option(help: "A provider.")
    var provider: String?

    @Option(help: "A customer.")
    var customerID: String?

    @Option(help: "An event name.")
    var name: String?

    @Option(help: "Maximum number of results.")
    var limit = 100

    @Option(help: "Continue from this cursor.")
    var cursor: String?

    @Flag(help: "Print the gateway's JSON.")
    var json = false

    @Flag(help: "Print all of them as CSV.")
    var csv = false

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        var parameters = QueryParameters()
        parameters.add("cause", cause)
        parameters.add("provider", provider)
        parameters.add("customer_id", customerID)
        parameters.add("name", name)
        if csv {
            parameters.add("format", "csv")
        } else {
            parameters.add("limit", "\(limit)")
            parameters.add("cursor", cursor)
        }
        let answer = try await gateway.get(parameters.appended(to: "/v1/parity/runs/\(id.percentEncoded)/findings"))
        if csv { return Terminal.data(String(decoding: answer.body, as: UTF8.self)) }
        guard !json, let page = answer.json else { return Terminal.data(answer.body) }
        var rows = [["PROVIDER", "CAUSE", "EVENT", "NAME", "CUSTOMER", "TIME", "DETAIL"]]
        for finding in page["findings"].map({ Array($0.elements) }) ?? [] {
            let parity = ParityFinding(finding)
            rows.append([
                parity.provider, parity.cause, parity.id, parity.name, parity.customer, parity.time, parity.detail,
            ])
        }
        Terminal.data(Terminal.table(rows))
        if let cursor = page["next_cursor"]?.string { Terminal.note("more results: --cursor \(cursor)") }
    }
}
