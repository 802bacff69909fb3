import ArgumentParser
import Client
import Events
import Foundation
import JSON
import Observability

/// `tollgate parity watch`: compares the latest events at intervals.
struct WatchParityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Compare the latest events at intervals until interrupted.",
        discussion:
            "Prints a line for each comparison, and the differences. With --once, exits with the codes of `parity run`."
    )

    @Option(help: "Providers to compare, separated by commas; those of the --migration by default.")
    var providers: [String] = []

    @Option(help: "Take the providers from this migration in routes.json.")
    var migration: String?

    @Option(help: "How often to compare, such as 10m or 1h.")
    var every = "1h"

    @Option(
        help:
            "How far back to compare, such as 2h (default: twice --every, to include late events)."
    )
    var since: String?

    @Option(help: "ledger, digest or full.")
    var level = "digest"

    @Option(help: "Differences for which the exit code is 1: unexplained, act (those that require action), or any.")
    var failOn = ParityFailure.act

    @Flag(help: "Compare once, and exit with the result.")
    var once = false

    @OptionGroup var gateway: GatewayOptions

    func validate() throws { try ParityOrderOptions.check(providers, migration) }

    mutating func run() async throws {
        let pause = try Self.duration(every, "--every")
        let length = try since.map { try Self.duration($0, "--since") } ?? pause * 2
        while true {
            let now = SystemWallClock().now
            let body = ParityOrderOptions.body(
                from: (now + (.zero - length)).rfc3339,
                until: now.rfc3339,
                providers: providers,
                level: level,
                sample: 3000,
                migration: migration
            )
            let (run, _) = try await ParityWait(gateway: gateway, isQuiet: true).start(body)
            let report = try await gateway.orUnknown { try await ParityReport.fetch(run, gateway) }
            var hasReader = Terminal.goOn(
                with: "\(SystemWallClock().now.rfc3339)  comparison \(report.id): \(report.verdict)"
            )
            let code = report.exitCode(failOn)
            if code != 0 { hasReader = Terminal.goOn(with: report.text, .lines) }
            if once {
                if code != 0 { throw ExitCode(code) }
                return
            }
            // Nobody would see the next comparison, which costs calls at the vendors.
            guard hasReader else { return }
            try await Task.sleep(for: pause)
        }
    }

    /// Reads an option; names it if it is invalid.
    private static func duration(_ text: String, _ option: String) throws -> Duration {
        guard let duration = ParityDuration.read(text) else {
            throw ValidationError("\(option) must be a time such as 30m, 1h or 1d")
        }
        return duration
    }
}

/// `tollgate parity resolve ID`: sends lost events again, or accepts a cause.
struct ResolveParityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Resend lost events, or accept a cause for some time.",
        discussion: """
            --resend resends events that a vendor confirmed but lost, only to that vendor and with the same identity. --accept keeps \
            the differences of a cause in reports, but excludes them from the result.
            """
    )

    @OptionGroup var comparison: ParityReference

    @Flag(help: "Resend the events with the cause lost_after_accept.")
    var resend = false

    @Flag(help: "With --resend: only count what would be sent.")
    var dryRun = false

    @Option(help: "A cause to accept, such as foreign; requires --reason and --until.")
    var accept: String?

    @Option(help: "Why the differences are accepted.")
    var reason: String?

    @Option(help: "When the acceptance ends, such as 2027-02-01T00:00:00Z.")
    var until: String?

    @Option(help: "Only at this provider.")
    var provider: String?

    @Option(help: "Only events with this name.")
    var name: String?

    @Option(help: "With --resend: only events of this customer.")
    var customerID: String?

    @OptionGroup var response: ResponseOptions

    mutating func validate() throws {
        if resend == (accept != nil) { throw ValidationError("give either --resend or --accept CAUSE") }
        if dryRun, !resend { throw ValidationError("--dry-run is for --resend") }
        if accept != nil, reason == nil || until == nil {
            throw ValidationError("--accept requires --reason and --until")
        }
    }

    mutating func run() async throws {
        guard let result = try await response.post(comparison.path + "/resolve", body: body) else { return }
        guard resend else { return Terminal.data("accepted until \(until ?? "")") }
        let failed = result["failed"]?.int64 ?? 0
        let sent = result["sent"]?.numberText ?? "0"
        Terminal.data(dryRun ? "\(sent) events would be sent again" : "\(sent) events sent again")
        guard failed > 0 else { return }
        Terminal.message(
            "\(failed) events \(dryRun ? "can" : "could") not be sent again: \(result["reason"]?.string ?? "unknown reason")"
        )
        throw ExitCode(1)
    }

    /// The order, as the API takes it.
    var body: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("action", string: resend ? "resend" : "accept")
        if dryRun { writer.member("dry_run", bool: true) }
        let members = [
            ("cause", accept), ("reason", reason), ("until", until), ("provider", provider), ("name", name),
            ("customer_id", customerID),
        ]
        for (name, value) in members { if let value { writer.member(name, string: value) } }
        writer.endObject()
        return writer.bytes
    }
}
