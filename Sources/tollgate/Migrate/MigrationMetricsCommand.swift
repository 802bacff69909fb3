import ArgumentParser
import Client
import JSON

/// `tollgate migrate metrics NAME`: like `tollgate metrics propose`, for the two providers of a migration.
struct MigrationMetricsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Propose which metrics of a migration's two providers are the same.",
        discussion: """
            Like `tollgate metrics propose`; the old provider's metrics say how an amount is computed. The pairs can be used as `metrics` of \
            the migration.
            """
    )

    @Argument(help: "Name of the migration in routes.json.")
    var name: String

    @OptionGroup var proposal: MetricsProposalOptions

    mutating func run() async throws {
        let path = "/v1/migrations/\(name.percentEncoded)"
        guard let migration = try await proposal.response.gateway.get(path).json,
            let from = migration["from"]?.string, let to = migration["to"]?.string
        else {
            Terminal.message("the gateway sent an unrecognized response")
            throw ExitCode.failure
        }
        try await proposal.propose(for: [from, to])
    }
}
