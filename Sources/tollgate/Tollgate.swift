import ArgumentParser
// To import it is to link it, and to link it is to use it: its malloc and free take the place of the system's in the whole program.
import CMimalloc
import Foundation

/// Where the program starts.
@main
enum Start {
    static func main() async {
        // What runs for long; all else is gone before anybody waits for its trace.
        if ["serve", "sandbox"].contains(CommandLine.arguments.dropFirst().first) { CrashTrace.prepare() }
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
            DeliveriesCommand.self, PlanCommand.self, ProvidersCommand.self, KeysCommand.self, LogCommand.self,
            SchemaCommand.self,
            ReferenceCommand.self,
        ]
    )
}
