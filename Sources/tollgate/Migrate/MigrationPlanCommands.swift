import ArgumentParser
import Client

/// What a plan for a migration is made of.
struct MigrationPlanOptions: ParsableArguments {
    @Argument(help: "Name of the migration in routes.json.")
    var name: String

    @OptionGroup var time: TimestampOptions
    @OptionGroup var acceptance: AcceptanceOptions

    @Option(help: "Percentage of the events to translate, such as 10%. All are routed and counted.")
    var sample: String?

    @OptionGroup var response: ResponseOptions

    /// Makes the plan and waits for it.
    func make() async throws -> FinishedPlan {
        var parameters = QueryParameters()
        time.add(to: &parameters)
        acceptance.add(to: &parameters)
        parameters.add("sample", sample)
        let path = parameters.appended(to: "/v1/migrations/\(name.percentEncoded)/plans")
        let answer = try await response.gateway.post(path, body: [])
        return try await PlanProgress(gateway: response.gateway).finish(answer)
    }
}

/// `tollgate migrate check NAME`.
struct CheckMigrationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check whether a migration can begin, or go on.",
        discussion: """
            Looks at recorded events, and asks the vendors: whether the new provider has a metric for every name and knows every customer, \
            whether its rate limit is sufficient, and, once customers move, whether their old subscriptions end. Makes a plan, on which \
            orders can rest. Exit code 0: all conditions are green. 1: one is red. 2: one is unknown.
            """
    )

    @OptionGroup var plan: MigrationPlanOptions

    mutating func run() async throws { try await plan.make().showCheck(in: plan.response) }
}

/// `tollgate migrate plan NAME`.
struct PlanMigrationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what a migration would do to recorded traffic. Nothing is sent.",
        discussion: """
            Like `tollgate plan`, with the routes in force and the new provider getting all events, and with what `check` finds. Orders can \
            rest on it by its id: they are refused if the routes or the migration have changed since.
            """
    )

    @OptionGroup var plan: MigrationPlanOptions

    mutating func run() async throws { try await plan.make().show(in: plan.response) }
}
