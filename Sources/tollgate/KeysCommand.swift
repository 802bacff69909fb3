import Access
import ArgumentParser
import Foundation
import Routing

/// `tollgate keys`: helps with clients' keys.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Help with clients' keys.",
        subcommands: [DigestKeyCommand.self]
    )
}

/// `tollgate keys digest`: the SHA-256 that `routes.json` wants.
struct DigestKeyCommand: ParsableCommand {
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
