import Client
import Digest
import Events
import JSON

/// An event of a file, in the gateway's own fields.
struct ImportedEvent {
    /// Nil: the gateway's client makes one out of the row's content.
    var id: String?
    var name: String
    var customerID: String?
    var subscriptionID: String?
    var timestamp: Timestamp
    var source: String?
    /// A JSON object.
    var properties: [UInt8]?
    /// Fields that exist at one vendor only: a JSON object by the vendor's adapter.
    var vendor: (adapter: String, fields: [UInt8])?
    /// What the event is known by where the file is from; nil if its rows do not tell.
    var identity: FileEvent.Identity?

    /// The event as the gateway accepts it.
    var json: [UInt8] {
        var writer = JSONWriter(capacity: 256 + (properties?.count ?? 0))
        writer.beginObject()
        if let id { writer.member("id", string: id) }
        writer.member("name", string: name)
        if let customerID { writer.member("customer_id", string: customerID) }
        if let subscriptionID { writer.member("subscription_id", string: subscriptionID) }
        writer.member("timestamp", timestamp: timestamp)
        if let source { writer.member("source", string: source) }
        if let properties { writer.member("properties", raw: properties) }
        if let vendor {
            writer.key("vendor")
            writer.beginObject()
            writer.member(vendor.adapter, raw: vendor.fields)
            writer.endObject()
        }
        writer.endObject()
        return writer.bytes
    }

    /// The ID of an event by its identity at the vendor, the same in every import: `lago:sub_1/evt-1`.
    ///
    /// Two identities never have one ID: a slash inside a part that another one follows is written `%2F`, and a percent sign `%25`.
    /// An ID has at most 255 bytes; a longer identity is told by its digest.
    static func id(_ vendor: String, _ parts: String...) -> String {
        let first = parts.dropLast().map { $0.replacing("%", with: "%25").replacing("/", with: "%2F") }
        let id = "\(vendor):\((first + parts.suffix(1)).joined(separator: "/"))"
        guard id.utf8.count > 255 else { return id }
        let hash = SHA256()
        hash.update(Array(id.utf8))
        return "\(vendor):sha256:" + hash.digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
