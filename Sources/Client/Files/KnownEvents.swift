package import Events
import JSON

/// Leaves out events of a file that the journal has already under another ID: the vendor or the log that the file is from knows them, and so
/// does the gateway.
package struct KnownEvents: Sendable {
    /// The adapter of the vendor that the file is from; nil if no vendor of the gateway's is.
    package let vendor: AdapterName?
    /// Whether an event is refused that the journal may have had and removed: it would be sent a second time.
    package let needsWholeJournal: Bool

    package init(vendor: AdapterName?, needsWholeJournal: Bool) {
        self.vendor = vendor
        self.needsWholeJournal = needsWholeJournal
    }

    static let path = "/v1/events/known"
    /// Identities of one request.
    static let most = 500
    /// An event may be accepted so long before its own time.
    private static let earliestAcceptance = Duration.seconds(86_400)

    /// What the gateway says of some events.
    struct Verdict: Equatable {
        /// By their indices.
        var known: Set<Int> = []
        /// Events of which the journal cannot tell, by their indices, and why.
        var unknowable: [Int: String] = [:]
    }

    /// What is asked of these events; nil if none has an identity.
    func question(about events: [FileEvent]) -> [UInt8]? {
        guard events.contains(where: { $0.identity != nil }) else { return nil }
        var writer = JSONWriter(capacity: 64 + events.count * 100)
        writer.beginObject()
        if let vendor { writer.member("sent_to", string: vendor.rawValue) }
        writer.key("events")
        writer.beginArray()
        for event in events {
            guard let identity = event.identity else { continue }
            writer.beginObject()
            writer.member("id", string: identity.id)
            if let customer = identity.customerID { writer.member("customer_id", string: customer) }
            if let subscription = identity.subscriptionID { writer.member("subscription_id", string: subscription) }
            if let source = identity.source { writer.member("source", string: source) }
            if identity.includesTime { writer.member("timestamp", string: identity.timestamp.rfc3339) }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// What the answer to ``question(about:)`` says of each event.
    /// - Returns: nil if it is no answer.
    func verdict(_ answer: JSONValue?, on events: [FileEvent]) -> Verdict? {
        guard let list = answer?["known"], list.kind == .array else { return nil }
        let asked = events.indices.filter { events[$0].identity != nil }
        var verdict = Verdict()
        for known in list.elements {
            guard let number = known["index"]?.int64, number >= 0, number < asked.count else { return nil }
            let index = asked[Int(number)]
            // Sent under the ID that it has there, the gateway recognizes the event itself, and says if its content differs.
            if events[index].identity?.isSentUnderID == true, known["scope"]?.string == nil { continue }
            verdict.known.insert(index)
        }
        let removed = answer?["removed_through"].flatMap { $0.string }.flatMap { Timestamp(rfc3339: $0) }
        guard needsWholeJournal, let removed else { return verdict }
        for index in asked where !verdict.known.contains(index) {
            guard let time = events[index].identity?.timestamp, time < removed + Self.earliestAcceptance else {
                continue
            }
            verdict.unknowable[index] =
                "the journal has removed events that were accepted up to \(removed.rfc3339), and may have had this one; give --until: the "
                + "time from which the gateway itself sent events to \(vendor?.rawValue ?? "the vendor")"
        }
        return verdict
    }
}
