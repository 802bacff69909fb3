import ArgumentParser

/// The benchmark: without a subcommand it runs all rows and prints the table; the subcommands are its other processes.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tollgate-bench",
        abstract: "Measure the gateway's rates and latencies next to a server that does nothing, in one run.",
        subcommands: [
            RunCommand.self, PostgresCommand.self, PartsCommand.self, LoadCommand.self, SinkCommand.self,
            NoopCommand.self,
            WriterCommand.self,
        ],
        defaultSubcommand: RunCommand.self
    )
}

/// The benchmark could not be carried out.
struct BenchFailure: Error, CustomStringConvertible {
    let description: String
}
