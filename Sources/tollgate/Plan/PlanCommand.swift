import ArgumentParser
import Client
import ConfigurationFile
import Foundation
import Gateway
import JSON
import Routing

/// `tollgate plan`: previews a `routes.json` on recorded traffic.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what a routes.json would do to recorded traffic. Nothing is sent.",
        discussion: """
            Routes each recorded event by the file and translates it for its destinations. For each provider, the plan says what is \
            added, removed and changed, what cannot be translated, and whether the vendor's rate limit is sufficient.
            """,
        subcommands: [MakePlanCommand.self, ShowPlanCommand.self],
        defaultSubcommand: MakePlanCommand.self
    )
}

/// `tollgate plan FILE`, the default subcommand.
struct MakePlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make",
        abstract: "Make a plan for a routes.json.",
        discussion: """
            Without a window, the plan covers all stored events. A window is by timestamp or by acceptance, not both. Plans are kept for \
            7 days. Requires the scope migrations:manage; with the scope admin, the plan covers the events of all tenants.
            """
    )

    @Argument(help: "The new configuration file.")
    var file: String

    @OptionGroup var time: TimestampOptions
    @OptionGroup var acceptance: AcceptanceOptions

    @Option(help: "Percentage of the events to translate, such as 10%. All are routed and counted.")
    var sample: String?

    @Flag(help: "Allow vendor keys in the file itself, as `serve` does with this flag.")
    var allowInlineSecrets = false

    @OptionGroup var response: ResponseOptions

    mutating func run() async throws {
        let content: [UInt8]
        do {
            let reading = try await RoutesFile.check(
                URL(filePath: file),
                allowsInlineSecrets: allowInlineSecrets,
                environment: ProcessInfo.processInfo.environment
            )
            if !reading.warnings.isEmpty { Terminal.message(reading.warnings.lines(in: file)) }
            content = try RoutesFile.content(of: URL(filePath: file))
        } catch {
            Terminal.message("\(error)")
            throw ExitCode(1)
        }
        let answer = try await response.gateway.post(parameters.appended(to: "/v1/plans"), body: content)
        try await PlanProgress(gateway: response.gateway).finish(answer).show(in: response)
    }

    private var parameters: QueryParameters {
        var parameters = QueryParameters()
        time.add(to: &parameters)
        acceptance.add(to: &parameters)
        parameters.add("sample", sample)
        return parameters
    }
}

/// `tollgate plan show ID`: a plan that was made.
struct ShowPlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a plan that was made within the last 7 days."
    )

    @Argument(help: "Id of the plan.")
    var id: String

    @OptionGroup var response: ResponseOptions

    mutating func run() async throws {
        let answer = try await response.gateway.get("/v1/plans/\(id.percentEncoded)")
        try await PlanProgress(gateway: response.gateway).finish(answer).show(in: response)
    }
}
