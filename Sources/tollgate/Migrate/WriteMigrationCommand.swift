import ArgumentParser
import Client
import Events
import Foundation
import JSON
import OfRecord
import Routing

/// `tollgate migrate write NAME [FILE]`.
struct WriteMigrationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write",
        abstract: "Print routes.json with what was ordered in a migration.",
        discussion: """
            What is ordered changes no file. This prints the file with the stage that was ordered, or without a migration that was closed; \
            everything else keeps its text. Who moves, and when, stays in the migration's log: no file can say it.
            """
    )

    @Argument(help: "Name of the migration in routes.json.")
    var name: String

    @Argument(help: "The configuration file.")
    var file = "routes.json"

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        let content: [UInt8]
        do {
            content = [UInt8](try Data(contentsOf: URL(filePath: file)))
        } catch {
            Terminal.message("\(file) cannot be read: \(error.localizedDescription)")
            throw ExitCode.failure
        }
        guard let migration = try await gateway.get("/v1/migrations/\(name.percentEncoded)").json else {
            Terminal.message("the gateway sent an unrecognized response")
            throw ExitCode.failure
        }
        let log = migration.elements(of: "log")
        let ordered = log.last { $0["action"]?.string == "stage" }?["stage"]?.string
        do throws(RoutesFold.Fault) {
            let fold = try RoutesFold(
                content,
                migration: .init(name),
                delivery: ordered.flatMap(MigrationEntry.Delivery.init),
                isClosed: log.contains { $0["action"]?.string == "close" }
            )
            for change in fold.changes { Terminal.message(change) }
            if fold.changes.isEmpty { Terminal.message("the file says the same already") }
            let kept = Set(log.compactMap { $0["action"]?.string }).subtracting(["stage", "close"]).sorted()
            if !kept.isEmpty { Terminal.message("kept in the log alone: \(kept.joined(separator: ", "))") }
            Terminal.data(fold.text)
        } catch {
            Terminal.message("\(file): \(error.message)")
            throw ExitCode.failure
        }
    }
}
