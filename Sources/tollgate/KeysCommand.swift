import Access
import ArgumentParser
import Foundation
import Routing

/// `tollgate keys`: makes and ends clients' keys.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make, list and end clients' keys.",
        discussion: """
            The keys' digests stand in keys.json in the data folder; a running gateway takes changes over within a second. The clients \
            themselves, and what they may do, stand in routes.json.
            """,
        subcommands: [
            KeysCreateCommand.self, KeysListCommand.self, KeysRotateCommand.self, KeysRevokeCommand.self,
            KeysImportCommand.self, KeysDigestCommand.self,
        ]
    )
}

/// `tollgate keys digest`: the SHA-256 that `routes.json` wants.
struct KeysDigestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "digest",
        abstract: "Print the key_sha256 of a key that is read from standard input."
    )

    func run() throws {
        guard let key = readLine(strippingNewline: true), !key.isEmpty else {
            throw ValidationError("give the key on standard input: tollgate keys digest < key.txt")
        }
        Terminal.data(KeyDigest(of: key).hexadecimal)
    }
}
