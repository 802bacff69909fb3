package import Events

/// One event as bytes inside a chunk.
///
/// ```
/// length of the rest   4 bytes
/// fields present       1 byte: bits of ``Fields``
/// origin, plan         varying: numbers of tables beside the chunks
/// id, scope, name, customer, subscription, source   varying length, then UTF-8; absent ones are left out
/// timestamp            varying, signed, milliseconds
/// accepted             varying, signed, milliseconds after the timestamp
/// properties, vendor   varying length, then JSON; absent ones are left out
/// ```
enum EventFrame {
    /// Which of the optional fields follow.
    struct Fields: OptionSet {
        let rawValue: UInt8
        static let timestampWasGiven = Fields(rawValue: 1)
        static let scope = Fields(rawValue: 2)
        static let customer = Fields(rawValue: 4)
        static let subscription = Fields(rawValue: 8)
        static let source = Fields(rawValue: 16)
        static let properties = Fields(rawValue: 32)
        static let vendor = Fields(rawValue: 64)
    }

    static let lengthBytes = 4

    /// At least as many bytes as ``write(_:origin:plan:to:)`` needs.
    static func longest(_ event: AcceptedEvent) -> Int {
        let texts =
            event.id.rawValue.utf8.count + event.idScope.utf8.count + event.name.utf8.count
            + (event.customerID?.utf8.count ?? 0) + (event.subscriptionID?.utf8.count ?? 0)
            + (event.source?.utf8.count ?? 0) + (event.properties?.bytes.count ?? 0) + (event.vendor?.bytes.count ?? 0)
        return texts + lengthBytes + 1 + 12 * ByteWriter.longestVarying
    }

    static func write(_ event: AcceptedEvent, origin: UInt32, plan: UInt32, to writer: inout ByteWriter) {
        let start = writer.place
        writer.fixed(UInt32(0))
        writer.byte(fields(of: event).rawValue)
        writer.varying(UInt64(origin))
        writer.varying(UInt64(plan))
        writer.text(event.id.rawValue)
        if !event.idScope.isEmpty { writer.text(event.idScope) }
        writer.text(event.name)
        if let customer = event.customerID { writer.text(customer) }
        if let subscription = event.subscriptionID { writer.text(subscription) }
        if let source = event.source { writer.text(source) }
        writer.signed(event.timestamp.milliseconds)
        writer.signed(event.acceptedAt.milliseconds &- event.timestamp.milliseconds)
        if let properties = event.properties { writer.json(properties.bytes) }
        if let vendor = event.vendor { writer.json(vendor.bytes) }
        writer.put(UInt32(writer.place - start - lengthBytes), at: start)
    }

    /// Reads the frame at the reader's place.
    /// - Parameters:
    ///   - storage: the bytes the reader reads, which the event's JSON fields then share.
    ///   - submissions: those of the frames before.
    static func read(
        from reader: inout ByteReader,
        storage: [UInt8],
        of submissions: inout FrameSubmissions<some ChunkNames>
    ) throws(ChunkFault) -> AcceptedEvent {
        let length = Int(try reader.fixed(UInt32.self))
        let end = reader.place + length
        let fields = Fields(rawValue: try reader.byte())
        let (origin, plan) = (try reader.varying(), try reader.varying())
        let id = EventID(try reader.text())
        let scope = fields.contains(.scope) ? try reader.text() : ""
        let name = try reader.text()
        let customer = fields.contains(.customer) ? try reader.text() : nil
        let subscription = fields.contains(.subscription) ? try reader.text() : nil
        let source = fields.contains(.source) ? try reader.text() : nil
        let timestamp = try reader.signed()
        let accepted = timestamp &+ (try reader.signed())
        let properties = fields.contains(.properties) ? JSONText(checked: storage[try reader.counted()]) : nil
        let vendor = fields.contains(.vendor) ? JSONText(checked: storage[try reader.counted()]) : nil
        guard reader.place == end else { throw .malformed }
        return AcceptedEvent(
            try submissions.submission(origin: origin, plan: plan, at: Timestamp(milliseconds: accepted)),
            id: id,
            idScope: scope,
            name: name,
            customerID: customer,
            subscriptionID: subscription,
            timestamp: Timestamp(milliseconds: timestamp),
            timestampWasGiven: fields.contains(.timestampWasGiven),
            source: source,
            properties: properties,
            vendor: vendor
        )
    }

    private static func fields(of event: AcceptedEvent) -> Fields {
        var fields: Fields = event.timestampWasGiven ? .timestampWasGiven : []
        if !event.idScope.isEmpty { fields.insert(.scope) }
        if event.customerID != nil { fields.insert(.customer) }
        if event.subscriptionID != nil { fields.insert(.subscription) }
        if event.source != nil { fields.insert(.source) }
        if event.properties != nil { fields.insert(.properties) }
        if event.vendor != nil { fields.insert(.vendor) }
        return fields
    }
}

/// Who sent an event: the part of it that repeats from event to event, kept in a table beside the chunks.
package struct EventOrigin: Sendable, Hashable {
    package let tenant: TenantID
    package let client: ClientName

    package init(tenant: TenantID, client: ClientName) {
        self.tenant = tenant
        self.client = client
    }
}

/// What the numbers in frames stand for.
package protocol ChunkNames {
    /// - Throws: ``ChunkFault/unknownOrigin(_:)``
    func origin(_ number: UInt64) throws(ChunkFault) -> EventOrigin
    /// The same object for the same number, so that thousands of events share one plan.
    /// - Throws: ``ChunkFault/unknownPlan(_:)``
    func plan(_ number: UInt64) throws(ChunkFault) -> Plan
}
