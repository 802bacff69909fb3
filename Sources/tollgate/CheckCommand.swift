import ArgumentParser
import Client
import ConfigurationFile
import Foundation
import Gateway
import JSON
import Observability
import Routing

/// `tollgate check`: validates a `routes.json`.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a routes.json: print every fault with line and column, or a summary.",
        discussion: """
            With --against, also print what the file would change at a running gateway, and which deliveries would be left without a \
            provider. Nothing is changed. Requires the scope admin.

            With --credentials, a provider whose key is missing, or is not a valid key, is an error too. Vendors are not called.
            """
    )

    @Argument(help: "Configuration file.")
    var file: String = "routes.json"

    @Option(help: "URL of a running gateway to compare with.")
    var against: String?

    @Option(help: "With --against: client key with the scope admin (env: TOLLGATE_KEY).")
    var key: String?

    @Flag(help: "Allow vendor keys in the file itself, as `serve` does with this flag.")
    var allowInlineSecrets = false

    @Flag(help: "Also fail if a provider's credential is missing here. Runs the programs that print credentials.")
    var credentials = false

    mutating func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        do {
            let reading = try await RoutesFile.check(
                URL(filePath: file),
                allowsInlineSecrets: allowInlineSecrets,
                environment: environment
            )
            if !reading.warnings.isEmpty { Terminal.message(reading.warnings.lines(in: file)) }
            if credentials {
                let missing = await RoutesFile.missingCredentials(of: reading.routes, environment: environment)
                for line in missing { Terminal.note("\(file): \(line)") }
                if !missing.isEmpty { throw ExitCode(1) }
            }
            guard let against else {
                return Terminal.data(RoutesReport.summary(of: reading.routes, file: file))
            }
            var gateway = try GatewayOptions.parse(["--url", against])
            gateway.key = key
            let answer = try await gateway.post(
                "/v1/config/check",
                body: try RoutesFile.content(of: URL(filePath: file))
            )
            Terminal.data(Self.summary(answer.json, file: file))
        } catch let fault as GatewayFault {
            Terminal.message("\(fault)")
            throw ExitCode(1)
        }
    }

    /// What the file would change at the gateway, as its response to `POST /v1/config/check` lists it.
    static func summary(_ answer: JSONValue?, file: String) -> String {
        func elements(_ name: String) -> [JSONValue] { answer?.elements(of: name) ?? [] }
        let changes = elements("changes").map { change in
            let fields = change["fields"].map { $0.elements.compactMap(\.string) } ?? []
            let list = fields.isEmpty ? "" : " \(fields.joined(separator: ", "))"
            return
                "  \(change["part"]?.string ?? "") \(change["name"]?.string ?? ""): \(change["change"]?.string ?? "")\(list)"
        }
        let stranded = elements("stranded").map { stranded in
            let events = stranded["events"]?.numberText ?? "?"
            return
                "  \(events) deliveries would be left without their provider \(stranded["provider"]?.string ?? ""); they stay pending until it is added again"
        }
        guard !changes.isEmpty || !stranded.isEmpty else { return "\(file): changes nothing" }
        return (["\(file):"] + (changes + stranded).map { VisibleText.escaped($0) }).joined(separator: "\n")
    }
}
