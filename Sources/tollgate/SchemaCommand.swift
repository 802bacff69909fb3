import ArgumentParser
import Gateway

/// `tollgate schema`: the JSON Schema of `routes.json`.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of routes.json, for editors."
    )

    func run() {
        Terminal.data(RoutesFile.schema)
    }
}
