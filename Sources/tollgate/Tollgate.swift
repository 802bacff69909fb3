import ArgumentParser
// Importing it links it, which replaces the system's malloc and free in the whole program.
import CMimalloc
import Foundation
import Version

/// Where the program starts.
@main
enum Start {
    /// Prepares crash traces for the commands that run for long, and ignores SIGPIPE, so that a closed pipe is an error of the write.
    static func main() async {
        // Only for commands that run for long; for the others a trace may take its time.
        if ["serve", "sandbox"].contains(CommandLine.arguments.dropFirst().first) { CrashTrace.prepare() }
        // The reader of the messages may exit without ending the gateway.
        signal(SIGPIPE, SIG_IGN)
        await Tollgate.main()
    }
}

/// The command line.
struct Tollgate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tollgate",
        abstract: "A gateway for usage events on their way to billing vendors.",
        version: ProgramVersion.current.text,
        subcommands: [
            ServeCommand.self, CheckCommand.self, HealthCommand.self, DoctorCommand.self, SandboxCommand.self,
            SendCommand.self, ImportCommand.self, EventsCommand.self, DeliveriesCommand.self, BackfillCommand.self,
            MigrateCommand.self, ParityCommand.self, MetricsCommand.self,
            PlanCommand.self, ProvidersCommand.self, KeysCommand.self, JournalCommand.self, NodesCommand.self,
            NotificationsCommand.self, LogCommand.self, SchemaCommand.self, RoutesCommand.self, ReferenceCommand.self,
        ]
    )
}
