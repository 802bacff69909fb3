import Events
import JSON

/// The parent that an event names for Polar.
///
/// Polar finds a parent by the `external_id` under which it was sent, or by the UUID that Polar gave it. An event whose parent it does not
/// find stays out of its reads and of its customers' meters silently (server/polar/event/service.py, `ingested`), so a name that
/// cannot lead anywhere is refused here.
enum PolarParent {
    /// A UUID that Polar itself gave an event; any other text names a parent by the application's own id of it.
    private static let ownUUID = "urn:uuid:"

    /// What goes to Polar as `parent_id`; nil if the event names no parent.
    /// - Parameters:
    ///   - prefix: the prefix of all the destination's ids, of the parent's too.
    ///   - child: the event's own id at Polar.
    static func id(named fields: VendorFields, prefix: String?, child: String) throws(Untranslatable) -> String? {
        let external = try fields.storableText("parent_external_id", for: PolarAdapter.vendor)
        if let external { return try checked((prefix ?? "") + external, "parent_external_id", child, fields) }
        guard let text = try fields.storableText("parent_id", for: PolarAdapter.vendor) else { return nil }
        if text.hasPrefix(ownUUID) {
            let uuid = String(text.dropFirst(ownUUID.count))
            guard PolarUUID.isPlain(uuid) else {
                throw fields.fault("parent_id", "must be \(ownUUID) followed by a version 4 UUID")
            }
            return uuid
        }
        guard StableUUID.number(in: text) == nil else {
            throw fields.fault(
                "parent_id",
                """
                is an id that only the gateway's own Polar API shows, so Polar would never find this parent; name it by the id \
                that it was sent with
                """
            )
        }
        return try checked((prefix ?? "") + text, "parent_id", child, fields)
    }

    private static func checked(_ id: String, _ field: String, _ child: String, _ fields: VendorFields)
        throws(Untranslatable) -> String
    {
        guard !id.utf8.elementsEqual(child.utf8) else {
            throw fields.fault(
                field,
                "names the event itself; Polar would never find such a parent, nor bill the event"
            )
        }
        return id
    }
}
