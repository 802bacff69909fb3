import ArgumentParser
import Gateway

/// `tollgate schema`: the JSON Schema of `routes.json`, or its reference for people.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of routes.json, for editors."
    )

    @Flag(help: "Print the configuration reference in Markdown instead.")
    var markdown = false

    func run() {
        Terminal.data(markdown ? Array(RoutesFile.reference.utf8.dropLast()) : RoutesFile.schema)
    }
}
