import Access
import ArgumentParser
import Events
import Gateway
import Routing

/// `tollgate keys import`: registers a key that an application already has.
struct KeysImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Register an existing key, such as a vendor's, read from standard input.",
        discussion:
            "The application then only changes its base URL: printf '%s' \"$LAGO_API_KEY\" | tollgate keys import shop"
    )

    /// Shorter keys can be guessed.
    private static let shortest = 20

    @Argument(help: "Client, as named in routes.json.")
    var client: String

    @OptionGroup var new: NewKeyOptions
    @OptionGroup var keys: KeyOptions

    func run() async throws {
        guard let key = readLine(strippingNewline: true), !key.isEmpty else {
            throw ValidationError("pass the key on standard input: tollgate keys import \(client) < key.txt")
        }
        guard key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw ValidationError(
                "a key must consist of visible ASCII characters, because it is sent in a header field"
            )
        }
        if key.utf8.count < Self.shortest {
            Terminal.message(
                "This key is short enough to be guessed, and it allows writing to your bills. Rotate it soon."
            )
        }
        let stored = try await keys.administer {
            try await $0.importKey(Secret(key), for: client, id: new.id, term: new.term)
        }
        Terminal.message("\(stored.summary) is registered.")
    }
}
