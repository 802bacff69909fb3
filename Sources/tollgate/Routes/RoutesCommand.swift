import ArgumentParser

/// `tollgate routes`: what a `routes.json` means.
struct RoutesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes",
        abstract: "Explain what a routes.json does.",
        subcommands: [ExplainRoutesCommand.self]
    )
}
