import Events

/// Joins translated events to a request body.
enum EventEnvelope {
    /// The events with commas between them, `opening` before and `closing` after.
    static func joined(_ events: [TranslatedEvent], opening: StaticString, closing: StaticString) -> [UInt8] {
        var body: [UInt8] = []
        let around = opening.utf8CodeUnitCount + closing.utf8CodeUnitCount
        body.reserveCapacity(events.reduce(around) { $0 + $1.bytes.count + 1 })
        opening.withUTF8Buffer { body.append(contentsOf: $0) }
        var isFirst = true
        for event in events {
            if !isFirst { body.append(UInt8(ascii: ",")) }
            isFirst = false
            body.append(contentsOf: event.bytes)
        }
        closing.withUTF8Buffer { body.append(contentsOf: $0) }
        return body
    }
}
