import Access
import ArgumentParser
import Gateway
import Routing

/// `tollgate keys revoke`: the end of a key, for good.
struct KeysRevokeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revoke a key permanently. A running gateway refuses it within a second."
    )

    @Argument(help: "Key id, as shown by `tollgate keys list`.")
    var id: String

    @OptionGroup var keys: KeyOptions

    func run() throws {
        let revoked = try keys.administer { try $0.revoke(id) }
        Terminal.message("\(revoked.summary) is revoked.")
    }
}
