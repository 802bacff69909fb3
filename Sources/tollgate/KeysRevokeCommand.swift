import Access
import ArgumentParser
import Gateway
import Routing

/// `tollgate keys revoke`: revokes a key permanently.
struct KeysRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revoke a key permanently. Running gateways refuse it within a second."
    )

    @Argument(help: "Key id, as shown by `tollgate keys list`.")
    var id: String

    @OptionGroup var keys: KeyOptions

    func run() async throws {
        let revoked = try await keys.administer { try await $0.revoke(id) }
        Terminal.message("\(revoked.summary) is revoked.")
    }
}
