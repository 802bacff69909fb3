import ArgumentParser

/// `tollgate backfill`: sends a provider events that were accepted before it was in the routes.
struct BackfillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backfill",
        abstract: "Send a provider the events that were accepted before it was in the routes.",
        discussion: """
            No event is delivered to a provider twice, and live deliveries come first. Requires the scope migrations:manage; with the \
            scope admin, it includes the events of all tenants.
            """,
        subcommands: [
            StartBackfillCommand.self, ListBackfillsCommand.self, ShowBackfillCommand.self, PauseBackfillCommand.self,
            ResumeBackfillCommand.self, RateBackfillCommand.self, CancelBackfillCommand.self,
        ]
    )
}
