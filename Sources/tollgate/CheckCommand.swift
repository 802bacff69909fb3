import ArgumentParser
import Client
import Foundation
import Gateway
import JSON
import Routing

/// `tollgate check`: looks over a `routes.json`.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a routes.json: every fault with line and column, or what it sets up.",
        discussion: """
            With --against, a running gateway says what the file would change there, and which deliveries it would leave without a \
            provider; nothing is changed. The key must have the scope admin.
            """
    )

    @Argument(help: "The file.")
    var file: String = "routes.json"

    @Option(help: "The address of a running gateway to compare with.")
    var against: String?

    @Option(help: "With --against, a client's key with the scope admin; or TOLLGATE_KEY.")
    var key: String?

    @Flag(help: "Let vendors' keys stand in the file, as `serve` with this flag does.")
    var allowInlineSecrets = false

    mutating func run() async throws {
        do {
            let reading = try await RoutesFile.check(
                URL(filePath: file),
                allowsInlineSecrets: allowInlineSecrets,
                environment: ProcessInfo.processInfo.environment
            )
            if !reading.warnings.isEmpty { Terminal.message(RoutesReport.faults(reading.warnings, file: file)) }
            guard let against else {
                return Terminal.data(RoutesReport.summary(of: reading.routes, file: file))
            }
            var gateway = try GatewayOptions.parse(["--url", against])
            gateway.key = key
            let answer = try await gateway.post(
                "/v1/config/check",
                body: try RoutesFile.content(of: URL(filePath: file))
            )
            Terminal.data(Self.words(answer, file: file))
        } catch let fault as GatewayFault {
            Terminal.message("\(fault)")
            throw ExitCode(1)
        }
    }

    private static func words(_ answer: GatewayClient.Answer, file: String) -> String {
        func elements(_ name: String) -> [JSONValue] { answer.json?[name].map { Array($0.elements) } ?? [] }
        let changes = elements("changes").map { change in
            let fields = change["fields"].map { $0.elements.compactMap(\.string) } ?? []
            let list = fields.isEmpty ? "" : " \(fields.joined(separator: ", "))"
            return
                "  \(change["part"]?.string ?? "") \(change["name"]?.string ?? ""): \(change["change"]?.string ?? "")\(list)"
        }
        let stranded = elements("stranded").map { stranded in
            let events = stranded["events"]?.numberText ?? "?"
            return
                "  \(events) deliveries would be left without their provider \(stranded["provider"]?.string ?? ""); they stay pending until it comes back"
        }
        guard !changes.isEmpty || !stranded.isEmpty else { return "\(file): changes nothing" }
        return (["\(file):"] + changes + stranded).joined(separator: "\n")
    }
}
