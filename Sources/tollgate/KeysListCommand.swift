import Access
import ArgumentParser
import Events
import Gateway
import JSON
import Routing

/// `tollgate keys list`: the stored keys, without the keys themselves.
struct KeysListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List client keys: id, client, origin, validity and state. Keys themselves are never shown."
    )

    @Argument(help: "Only this client's keys.")
    var client: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var keys: KeyOptions

    func run() async throws {
        let list = try await keys.administer { try await $0.list(of: client) }
        guard !json else { return Terminal.data(Self.json(list)) }
        let rows = list.map { listed in
            [
                listed.key.id, listed.client.rawValue, Self.origin(listed), Self.text(listed.stored?.created),
                Self.text(listed.key.notBefore), Self.text(listed.key.expires), listed.state.rawValue,
            ]
        }
        Terminal.data(Terminal.table([["ID", "CLIENT", "FROM", "CREATED", "STARTS", "ENDS", "STATE"]] + rows))
    }

    private static func origin(_ listed: KeyAdministration.Listed) -> String {
        listed.stored?.origin.rawValue ?? "routes.json"
    }

    private static func text(_ timestamp: Timestamp?) -> String { timestamp?.rfc3339 ?? "-" }

    private static func json(_ list: [KeyAdministration.Listed]) -> [UInt8] {
        var writer = JSONWriter(capacity: 256 * list.count + 16)
        writer.beginObject()
        writer.key("keys")
        writer.beginArray()
        for listed in list {
            writer.beginObject()
            writer.member("id", string: listed.key.id)
            writer.member("client", string: listed.client.rawValue)
            writer.member("from", string: origin(listed))
            writer.member("created", stringOrNull: listed.stored?.created.rfc3339)
            writer.member("starts", stringOrNull: listed.key.notBefore?.rfc3339)
            writer.member("ends", stringOrNull: listed.key.expires?.rfc3339)
            writer.member("revoked", stringOrNull: listed.stored?.revoked?.rfc3339)
            writer.member("state", string: listed.state.rawValue)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
