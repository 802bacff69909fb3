import ArgumentParser
import Client
import JSON

/// What every order for a migration has.
struct MigrationOrderOptions: ParsableArguments {
    @Argument(help: "Name of the migration in routes.json.")
    var name: String

    @Flag(help: "Only show what the order would do.")
    var dryRun = false

    @Option(help: "ID of the plan that the order rests on; refused if the routes or the migration have changed since.")
    var plan: String?

    @Option(help: "Why; kept with the order.")
    var reason: String?

    @OptionGroup var response: ResponseOptions

    /// Sends the order and shows the outcome.
    /// - Parameter write: adds members to the body.
    func send(
        _ action: String,
        despite gates: [String] = [],
        _ write: (inout JSONWriter) -> Void = { _ in }
    ) async throws {
        let path = "/v1/migrations/\(name.percentEncoded)/actions"
        guard let outcome = try await response.post(path, body: body(action, despite: gates, write)) else { return }
        Terminal.data(MigrationOutcomeText(outcome).text)
    }

    /// The order, as the API takes it.
    func body(_ action: String, despite gates: [String] = [], _ write: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("action", string: action)
        write(&writer)
        if let plan { writer.member("plan", string: plan) }
        if let reason { writer.member("reason", string: reason) }
        if !gates.isEmpty { writer.member("despite", strings: gates) }
        if dryRun { writer.member("dry_run", bool: true) }
        writer.endObject()
        return writer.bytes
    }
}

/// Gates that need not be green.
struct DespiteOptions: ParsableArguments {
    @Option(
        help: """
            Gates that need not be green: unexplained, usage, rejected, uncertain, backlog_age or lost. May be repeated, or contain \
            several separated by commas.
            """
    )
    var despite: [String] = []

    var gates: [String] { QueryParameters.split(despite) }
}
