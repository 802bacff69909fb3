import ArgumentParser
import Foundation
import Gateway
import Routing

/// `tollgate check`: looks over a `routes.json`.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a routes.json: every fault with line and column, or what it sets up."
    )

    @Argument(help: "The file.")
    var file: String = "routes.json"

    func run() throws {
        do {
            let reading = try RoutesFile.read(URL(filePath: file))
            if !reading.warnings.isEmpty { Terminal.message(RoutesReport.faults(reading.warnings, file: file)) }
            Terminal.data(RoutesReport.summary(of: reading.routes, file: file))
        } catch {
            Terminal.message("\(error)")
            throw ExitCode(1)
        }
    }
}
