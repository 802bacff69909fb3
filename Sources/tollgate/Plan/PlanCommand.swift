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
            Each recorded event gets the destinations that it would get under the file, and is translated for them. The plan says per \
            provider what is added, removed and changed, what cannot be translated, and whether the vendor's rate limit suffices.
            """,
        subcommands: [MakePlanCommand.self, ShowPlanCommand.self],
        defaultSubcommand: MakePlanCommand.self
    )
}

/// `tollgate plan FILE`, the default subcommand.
struct MakePlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make",
        abstract: "Make a plan for a file.",
        discussion: """
            Without a window, all events that are kept. Plans are kept for 7 days. Requires the scope migrations:manage; with the scope \
            admin too, the events of all tenants.
            """
    )

    @Argument(help: "The new configuration file.")
    var file: String

    @Option(help: "Events of this time or later, such as 2026-01-31T00:00:00Z.")
    var from: String?

    @Option(help: "Events before this time.")
    var until: String?

    @Option(help: "Events accepted at or after this time; instead of --from and --until.")
    var acceptedFrom: String?

    @Option(help: "Events accepted before this time.")
    var acceptedUntil: String?

    @Option(help: "Percentage of the events to translate, such as 10%. All are routed and counted.")
    var sample: String?

    @Flag(help: "Allow vendor keys in the file itself, as `serve` does with this flag.")
    var allowInlineSecrets = false

    @Flag(help: "Print the gateway's JSON.")
    var json = false

    @OptionGroup var gateway: GatewayOptions

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
        let answer = try await gateway.post(parameters.appended(to: "/v1/plans"), body: content)
        try await PlanProgress(gateway: gateway).finish(answer).show(json: json)
    }

    private var parameters: QueryParameters {
        var parameters = QueryParameters()
        parameters.add("from", from)
        parameters.add("until", until)
        parameters.add("accepted_from", acceptedFrom)
        parameters.add("accepted_until", acceptedUntil)
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

    @Argument(help: "The plan's id.")
    var id: String

    @Flag(help: "Print the gateway's JSON.")
    var json = false

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        let answer = try await gateway.get("/v1/plans/\(id.percentEncoded)")
        try await PlanProgress(gateway: gateway).finish(answer).show(json: json)
    }
}

/// Waits until a plan is finished, and shows on a terminal how far it is.
private struct PlanProgress {
    let gateway: GatewayOptions

    private static let interval = Duration.milliseconds(300)

    /// - Parameter answer: the plan as it stands.
    func finish(_ answer: GatewayClient.Answer) async throws -> FinishedPlan {
        var answer = answer
        var isShown = false
        while answer.status == 202, let id = answer.json?["id"]?.string {
            if Terminal.isWatched {
                Terminal.bar("\r\(answer.json?["events_read"]?.numberText ?? "0") events")
                isShown = true
            }
            try await Task.sleep(for: Self.interval)
            answer = try await gateway.get("/v1/plans/\(id.percentEncoded)")
        }
        if isShown { Terminal.bar("\n") }
        return FinishedPlan(answer: answer)
    }
}

/// A plan with its result, or why there is none.
private struct FinishedPlan {
    let answer: GatewayClient.Answer

    func show(json: Bool) throws {
        guard !json, let plan = answer.json else { return Terminal.data(answer.body) }
        guard let result = plan["result"], !result.isNull else {
            Terminal.message(plan["error"]?.string ?? "the plan has no result")
            throw ExitCode(1)
        }
        Terminal.data(PlanText(plan: plan, result: result).text)
    }
}
