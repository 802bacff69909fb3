import Access
import ArgumentParser
import Events
import Gateway
import Routing

/// `tollgate keys create`: a new key, shown once.
struct KeysCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a key for a client and print it. It is not shown again."
    )

    @Argument(help: "Client, as named in routes.json.")
    var client: String

    @OptionGroup var new: NewKeyOptions
    @OptionGroup var keys: KeyOptions

    func run() async throws {
        let made = try await keys.administer { try await $0.create(for: client, id: new.id, term: new.term) }
        Terminal.message("\(made.stored.summary). It is not shown again:")
        Terminal.data(made.key.reveal())
    }
}

extension StoredKey {
    /// `key 3f9a0c12 of shop, from 2027-01-01T00:00:00.000Z, until 2027-02-01T00:00:00.000Z`
    var summary: String {
        "key \(key.id) of \(client)" + (key.notBefore.map { ", from \($0.rfc3339)" } ?? "")
            + (key.expires.map { ", until \($0.rfc3339)" } ?? "")
    }
}
