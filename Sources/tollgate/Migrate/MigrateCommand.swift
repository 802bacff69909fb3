import ArgumentParser

/// `tollgate migrate`: moves a route's customers from one provider to another, step by step.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Move customers from one provider to another, step by step.",
        discussion: """
            The migrations are in routes.json. What is ordered here is kept in the journal and in the audit log, and followed by all \
            gateways within a second; the file is not changed. Orders require the scope migrations:manage, the status events:read.
            """,
        subcommands: [
            MigrationStatusCommand.self, CheckMigrationCommand.self, PlanMigrationCommand.self,
            StartMigrationCommand.self,
            StageMigrationCommand.self, RampMigrationCommand.self, CutMigrationCommand.self, HoldMigrationCommand.self,
            ResumeMigrationCommand.self,
            ReturnMigrationCommand.self, CloseMigrationCommand.self, AnchorsCommand.self, MigrationMetricsCommand.self,
            WriteMigrationCommand.self,
        ]
    )
}
