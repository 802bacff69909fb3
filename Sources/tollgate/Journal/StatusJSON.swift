import Events
import JSON
import JournalPostgres

extension JournalStatus {
    /// For programs.
    var json: [UInt8] {
        var writer = JSONWriter(capacity: 4096)
        writer.beginObject()
        writer.member("database", string: address)
        writer.member("schema", string: schema)
        writer.member("server", string: server)
        writer.member("journal", string: journalID)
        writer.key("format")
        writer.beginObject()
        writer.member("current", integer: format.current)
        writer.member("oldest_writer", integer: format.oldestWriter)
        writer.member("known", integer: format.known)
        writer.endObject()
        writer.member("moving", bool: isMoving)
        writer.member("bytes", integer: bytes)
        writer.member("routes_differ", bool: routesDiffer)
        writer.array("gateways", nodes) { $1.write(to: &$0) }
        writer.array("accounts", accounts) { writer, account in
            writer.member("name", string: account.name)
            writer.member("gateway", stringOrNull: account.node)
            writer.member("epoch", integer: account.epoch)
            writer.member("since", stringOrNull: account.since?.rfc3339)
            writer.member("backlog", integer: account.backlog)
        }
        writer.array("streams", slots) { writer, slot in
            writer.member("number", integer: slot.number)
            writer.member("gateway", stringOrNull: slot.node)
            writer.member("epoch", integer: slot.epoch)
            writer.member("newest_event", stringOrNull: slot.newest?.rfc3339)
        }
        writer.array("identity_parts", identityParts) { writer, part in
            writer.member("number", integer: part.number)
            writer.member("state", string: part.state)
            writer.member("opened", string: part.opened.rfc3339)
            writer.member("approximate_identities", integer: part.identities)
            writer.member("bytes", integer: part.bytes)
            writer.member("has_filter", bool: part.hasFilter)
        }
        writer.array("partitions", partitions) { writer, partition in
            writer.member("table", string: partition.name)
            writer.member("approximate_rows", integer: partition.rows)
            writer.member("bytes", integer: partition.bytes)
        }
        writer.array("duties", duties) { writer, duty in
            writer.member("name", string: duty.name)
            writer.member("gateway", stringOrNull: duty.node)
        }
        writer.endObject()
        return writer.bytes
    }
}

extension JournalStatus.Node {
    /// The members of its object.
    func write(to writer: inout JSONWriter) {
        writer.member("name", string: name)
        writer.member("version", string: version)
        writer.member("format", integer: format)
        writer.member("started", string: started.rfc3339)
        writer.member("draining", bool: isDraining)
        writer.member("routes", string: NodeText.digest(routes))
        writer.member("accounts", integer: accounts)
        writer.member("streams", integer: slots)
        writer.key("waiting")
        if let waiting { writer.integer(waiting) } else { writer.null() }
        writer.member("oldest_waiting", stringOrNull: oldest?.rfc3339)
    }
}

extension JSONWriter {
    /// A member that is an array of objects.
    /// - Parameter body: writes the members of one.
    mutating func array<Element>(
        _ name: String,
        _ elements: [Element],
        _ body: (inout JSONWriter, Element) -> Void
    ) {
        key(name)
        beginArray()
        for element in elements {
            beginObject()
            body(&self, element)
            endObject()
        }
        endArray()
    }
}
