import Events

/// Joins translated events to a request body without looking at their bytes again.
enum JSONJoin {
    /// `{"name":[event,event]}`
    static func object(_ name: StaticString, of events: [TranslatedEvent]) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(events.reduce(32) { $0 + $1.bytes.count + 1 })
        body += "{\"".utf8
        name.withUTF8Buffer { body.append(contentsOf: $0) }
        body += "\":[".utf8
        for (index, event) in events.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            body.append(contentsOf: event.bytes)
        }
        body += "]}".utf8
        return body
    }

    /// `{"name":event}`
    static func object(_ name: StaticString, of event: TranslatedEvent) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(event.bytes.count + 32)
        body += "{\"".utf8
        name.withUTF8Buffer { body.append(contentsOf: $0) }
        body += "\":".utf8
        body.append(contentsOf: event.bytes)
        body.append(UInt8(ascii: "}"))
        return body
    }
}
