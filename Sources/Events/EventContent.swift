import JSON

/// Compares what an application said in two events, as idempotency needs it.
extension AcceptedEvent {
    /// Whether both have the same identity: tenant, scope and id.
    package func hasIdentity(of other: AcceptedEvent) -> Bool {
        Self.same(id.rawValue, other.id.rawValue) && Self.same(tenant.rawValue, other.tenant.rawValue)
            && Self.same(idScope, other.idScope)
    }

    /// The canonical fields in which this event differs from `stored`, by their names in the API; empty if both say the same.
    ///
    /// JSON is compared by content: the order of members and whitespace do not matter, and numbers are compared by their exact value. A
    /// timestamp that the application did not give differs from none: the gateway chose it, and a repeat may arrive at any time.
    package func fieldsDiffering(from stored: AcceptedEvent) -> [String] {
        var fields: [String] = []
        if !Self.same(name, stored.name) { fields.append("name") }
        if !Self.same(customerID, stored.customerID) { fields.append("customer_id") }
        if !Self.same(subscriptionID, stored.subscriptionID) { fields.append("subscription_id") }
        if !Self.sameTimestamp(self, stored) { fields.append("timestamp") }
        if !Self.same(source, stored.source) { fields.append("source") }
        if !Self.sameContent(properties, stored.properties) { fields.append("properties") }
        if !Self.sameContent(vendor, stored.vendor) { fields.append("vendor") }
        return fields
    }

    /// Byte for byte: Swift's `==` treats composed and decomposed letters as equal, and vendors do not.
    private static func same(_ left: String?, _ right: String?) -> Bool {
        guard let left, let right else { return left == nil && right == nil }
        return left.utf8.elementsEqual(right.utf8)
    }

    private static func sameTimestamp(_ sent: AcceptedEvent, _ stored: AcceptedEvent) -> Bool {
        !sent.timestampWasGiven || !stored.timestampWasGiven || sent.timestamp == stored.timestamp
    }

    private static func sameContent(_ sent: JSONText?, _ stored: JSONText?) -> Bool {
        guard let sent, let stored else { return sent == nil && stored == nil }
        if sent.bytes == stored.bytes { return true }
        // Both were valid JSON when they were accepted; text that no longer is valid equals nothing.
        guard let left = try? JSONDocument(parsing: Array(sent.bytes)),
            let right = try? JSONDocument(parsing: Array(stored.bytes))
        else { return false }
        return JSONValue.sameContent(left.root, right.root)
    }
}
