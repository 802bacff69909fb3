import Events
import JSON
import Journal
import Parity

/// As it is saved. Of events it has numbers, IDs and names, and none of their properties.
extension VerifyBook {
    /// - Parameter now: what ``checkedUpTo(at:)`` is told for; whoever reads it knows no better.
    func encoded(at now: Timestamp) -> [UInt8] {
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.member("start", integer: start.milliseconds)
        writer.member("position", stringOrNull: position?.text)
        writer.member("walked_to", integer: min(walkedTo, now).milliseconds)
        writer.key("items")
        writer.beginArray()
        for item in items {
            writer.beginObject()
            writer.member("sequence", integer: item.sequence.rawValue)
            writer.member("tenant", string: item.tenant.rawValue)
            writer.member("due", integer: item.due.milliseconds)
            if let absentAt = item.absentAt { writer.member("absent_at", integer: absentAt.milliseconds) }
            writer.endObject()
        }
        writer.endArray()
        writer.key("lost")
        writer.beginArray()
        for event in lost { Self.write(event, to: &writer) }
        writer.endArray()
        writer.key("hours")
        writer.beginArray()
        for hour in hours {
            writer.beginObject()
            writer.member("start", integer: hour.start.milliseconds)
            writer.member("verified", integer: hour.verified)
            writer.member("different", integer: hour.different)
            writer.member("lost", integer: hour.lost)
            writer.endObject()
        }
        writer.endArray()
        writer.member("fault", stringOrNull: fault)
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ event: LostEvent, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("sequence", integer: event.sequence.rawValue)
        writer.member("tenant", string: event.tenant.rawValue)
        writer.member("id", string: event.eventID.rawValue)
        writer.member("name", string: event.name)
        writer.member("delivered_at", integer: event.deliveredAt.milliseconds)
        writer.member("found_at", integer: event.foundAt.milliseconds)
        writer.member("look_at", integer: event.lookAt.milliseconds)
        writer.endObject()
    }

    /// Reads what ``encoded(at:)`` wrote.
    /// - Returns: nil if the bytes are something else, so that reading back starts again.
    init?(_ bytes: [UInt8]) {
        guard let root = JSONDocument(ifValid: bytes)?.root, let start = root.time("start"),
            let walkedTo = root.time("walked_to"), let items = root["items"], let lost = root["lost"],
            let hours = root["hours"]
        else { return nil }
        self.init(
            start: start,
            position: root["position"]?.string.flatMap { JournalPosition($0) },
            walkedTo: walkedTo,
            items: items.elements.prefix(Self.mostItems + Self.pieceSize).compactMap { value in
                guard let sequence = value["sequence"]?.int64, let tenant = value["tenant"]?.string,
                    let due = value.time("due")
                else { return nil }
                return Item(
                    sequence: SequenceNumber(sequence),
                    tenant: TenantID(tenant),
                    due: due,
                    absentAt: value.time("absent_at")
                )
            },
            lost: lost.elements.compactMap(Self.lostEvent).suffix(Self.mostLost),
            hours: hours.elements.compactMap(Self.hour).suffix(Self.mostHours),
            fault: root["fault"]?.string
        )
    }

    private static func hour(_ value: JSONValue) -> VerifyReport.Hour? {
        guard let start = value.time("start"), let verified = value.count("verified"),
            let different = value.count("different"), let lost = value.count("lost")
        else { return nil }
        return VerifyReport.Hour(start: start, verified: verified, different: different, lost: lost)
    }

    private static func lostEvent(_ value: JSONValue) -> LostEvent? {
        guard let sequence = value["sequence"]?.int64, let tenant = value["tenant"]?.string,
            let id = value["id"]?.string, let name = value["name"]?.string,
            let deliveredAt = value.time("delivered_at"), let foundAt = value.time("found_at"),
            let lookAt = value.time("look_at")
        else { return nil }
        return LostEvent(
            sequence: SequenceNumber(sequence),
            tenant: TenantID(tenant),
            eventID: EventID(id),
            name: name,
            deliveredAt: deliveredAt,
            foundAt: foundAt,
            lookAt: lookAt
        )
    }
}

extension JSONValue {
    /// A member with milliseconds since 1970; nil if there is none.
    func time(_ name: String) -> Timestamp? { self[name]?.int64.map { Timestamp(milliseconds: $0) } }

    /// A member with a number of things; nil if there is none, or if it is none that may be added up: it comes from a file or a database.
    func count(_ name: String) -> Int? {
        self[name]?.int64.flatMap { (0...1 << 50).contains($0) ? Int($0) : nil }
    }
}
