import Access
import ArgumentParser
import Events
import Gateway
import Ingress
import Routing

/// `tollgate keys list`: the stored keys, without the keys themselves.
struct KeysListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract:
            "List client keys: id, client, origin, validity, state and day of the last use. Keys themselves are never shown."
    )

    @Argument(help: "Only this client's keys.")
    var client: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var keys: KeyOptions

    func run() async throws {
        let list = try await keys.administer { try await $0.list(of: client) }
        guard !json else { return Terminal.data(KeyListWriter.json(list)) }
        let rows = list.map { listed in
            [
                listed.key.id, listed.client.rawValue, Self.origin(listed), Self.text(listed.stored?.created),
                Self.text(listed.key.notBefore), Self.text(listed.key.expires), listed.state.rawValue,
                listed.lastUsed ?? "-",
            ]
        }
        Terminal.data(
            Terminal.table([["ID", "CLIENT", "FROM", "CREATED", "STARTS", "ENDS", "STATE", "LAST USED"]] + rows)
        )
    }

    /// Where the key comes from; keys without a record are those of `routes.json`.
    private static func origin(_ listed: KeyAdministration.Listed) -> String {
        listed.stored?.origin.rawValue ?? "routes.json"
    }

    private static func text(_ timestamp: Timestamp?) -> String { timestamp?.rfc3339 ?? "-" }
}
