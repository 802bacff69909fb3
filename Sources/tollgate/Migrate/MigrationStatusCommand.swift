import ArgumentParser
import Client
import JSON

/// `tollgate migrate status [NAME]`.
struct MigrationStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the stages of a migration with their gates, the next command, and what stands in its way."
    )

    @Argument(help: "Name of the migration; all by default.")
    var name: String?

    @OptionGroup var response: ResponseOptions

    mutating func run() async throws {
        if let name {
            guard let shown = try await response.get("/v1/migrations/\(name.percentEncoded)") else { return }
            return Terminal.data(MigrationStatusText(shown).text)
        }
        guard let list = try await response.get("/v1/migrations") else { return }
        let all = list.elements(of: "migrations").map { MigrationStatusText($0).text }
        Terminal.data(all.isEmpty ? "routes.json has no migrations" : all.joined(separator: "\n\n"))
    }
}
