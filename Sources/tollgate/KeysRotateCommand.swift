import Access
import ArgumentParser
import ConfigurationFile
import Events
import Gateway
import Routing

/// `tollgate keys rotate`: a new key, and an end for the old one.
struct KeysRotateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Make a key that follows another, and print it: this once. Both open until the overlap is over."
    )

    @Argument(help: "The id of the key that is followed, or a client: all its keys then.")
    var target: String

    @Option(help: "How long the old key may still be used: 30m, 24h, 7d; 0 ends it at once.")
    var overlap = "24h"

    @OptionGroup var new: NewKeyOptions
    @OptionGroup var keys: KeyOptions

    func run() throws {
        guard let overlap = overlap == "0" ? .zero : DurationText.read(overlap) else {
            throw ValidationError("--overlap is a time such as 30m, 24h or 7d, or 0; found \"\(overlap)\"")
        }
        let made = try keys.administer { try $0.rotate(target, id: new.id, overlap: overlap, term: new.term) }
        for old in made.ended { Terminal.message("It follows \(old.words).") }
        for old in made.lasting {
            Terminal.message(
                "The key \(old.id) of \(made.stored.client) stands in routes.json and does not end; take it out there in time."
            )
        }
        Terminal.message("\(made.stored.words). It is shown this once:")
        Terminal.data(made.key.reveal())
    }
}
