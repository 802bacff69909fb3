import Access
import ArgumentParser
import ConfigurationFile
import Events
import Gateway
import Routing

/// `tollgate keys rotate`: replaces a key; the old one expires.
struct KeysRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Replace a key with a new one and print it. Both work until the overlap ends."
    )

    @Argument(help: "Id of the key to replace, or a client to replace all its keys.")
    var target: String

    @Option(help: "How long the old key still works, such as 30m, 24h or 7d; 0 revokes it at once.")
    var overlap = "24h"

    @OptionGroup var new: NewKeyOptions
    @OptionGroup var keys: KeyOptions

    func run() async throws {
        guard let overlap = overlap == "0" ? .zero : DurationText.read(overlap) else {
            throw ValidationError("--overlap must be a duration such as 30m, 24h or 7d, or 0; found \"\(overlap)\"")
        }
        let made = try await keys.administer {
            try await $0.rotate(target, id: new.id, overlap: overlap, term: new.term)
        }
        for old in made.ended { Terminal.message("It replaces \(old.summary).") }
        for old in made.lasting {
            Terminal.message(
                "The key \(old.id) of \(made.stored.client) is in routes.json and does not expire; remove it there."
            )
        }
        Terminal.message("\(made.stored.summary). It is not shown again:")
        Terminal.data(made.key.reveal())
    }
}
