package import Access
import Events
import JSON

/// Clients' keys as JSON, without the keys themselves: of `GET /v1/keys`, and of `tollgate keys list --json`.
package enum KeyListWriter {
    /// An object whose `keys` are those of the list, in its order.
    package static func json(_ list: [KeyAdministration.Listed]) -> [UInt8] {
        var writer = JSONWriter(capacity: 256 * list.count + 16)
        writer.beginObject()
        writer.key("keys")
        writer.beginArray()
        for listed in list { write(listed, to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// `created` and `revoked` are null for a key of `routes.json`; `last_used` is a day.
    private static func write(_ listed: KeyAdministration.Listed, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", string: listed.key.id)
        writer.member("client", string: listed.client.rawValue)
        writer.member("from", string: listed.stored?.origin.rawValue ?? "routes.json")
        writer.member("created", stringOrNull: listed.stored?.created.rfc3339)
        writer.member("starts", stringOrNull: listed.key.notBefore?.rfc3339)
        writer.member("ends", stringOrNull: listed.key.expires?.rfc3339)
        writer.member("revoked", stringOrNull: listed.stored?.revoked?.rfc3339)
        writer.member("state", string: listed.state.rawValue)
        writer.member("last_used", stringOrNull: listed.lastUsed)
        writer.endObject()
    }
}
