import Access
import ArgumentParser
import Foundation
import Routing

/// `tollgate keys`: creates, lists and revokes client keys.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Create, list, rotate and revoke client keys.",
        discussion: """
            keys.json in the data folder holds the digests of the keys, or the database if several gateways share one (--store). Running \
            gateways reload them within a second. Clients and their permissions are in routes.json.
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
        abstract: "Print the key_sha256 of a key read from standard input."
    )

    func run() throws {
        guard let key = readLine(strippingNewline: true), !key.isEmpty else {
            throw ValidationError("pass the key on standard input: tollgate keys digest < key.txt")
        }
        Terminal.data(KeyDigest(of: key).hexadecimal)
    }
}
