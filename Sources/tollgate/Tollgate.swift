import ArgumentParser

/// The command line.
@main
struct Tollgate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tollgate",
        abstract: "A gateway for usage events on their way to billing vendors.",
        version: "0.1.0",
        subcommands: [
            ServeCommand.self, CheckCommand.self, SandboxCommand.self, SendCommand.self, EventsCommand.self,
            DeliveriesCommand.self, KeysCommand.self, SchemaCommand.self,
        ]
    )
}
