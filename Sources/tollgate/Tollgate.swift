import ArgumentParser
import Foundation

/// Where the program starts.
@main
enum Start {
    static func main() async {
        // Whoever read the messages may go away: the gateway stays.
        signal(SIGPIPE, SIG_IGN)
        await Tollgate.main()
    }
}

/// The command line.
struct Tollgate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tollgate",
        abstract: "A gateway for usage events on their way to billing vendors.",
        version: "0.1.0",
        subcommands: [
            ServeCommand.self, CheckCommand.self, SandboxCommand.self, SendCommand.self, EventsCommand.self,
            DeliveriesCommand.self, ProvidersCommand.self, KeysCommand.self, SchemaCommand.self,
        ]
    )
}
