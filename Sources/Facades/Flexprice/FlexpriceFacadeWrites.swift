import Events
import JSON

/// `POST /events` and `POST /events/bulk`.
///
/// Flexprice takes the events before the first invalid one of a bulk request and does not say so; here nothing of such a request is
/// stored, and the message names the invalid ones.
enum FlexpriceFacadeWrites {
    private static let largestBulk = 1000

    /// One event. Everything is checked before anything is stored.
    static func ingest(_ request: DialectRequest) throws(EarlyAnswer) -> DialectCall {
        var reader = FlexpriceEventReader()
        guard let event = reader.read(try body(of: request)) else {
            let isLimit = reader.faults.allSatisfy { $0.kind == .limit }
            let message = isLimit ? FlexpriceFault.failed : FlexpriceFault.unreadable
            return .answer(FlexpriceFacadeErrors.refused(message, reader.faults))
        }
        return .write([event], .firstWins) { results in
            switch results[0] {
            case .accepted(let id, _, _, _): return accepted(id)
            case .refused(let fault):
                guard let id = event.id, isRepeat(fault) else { return refused([(index: nil, fault: fault)]) }
                return accepted(id)
            case .withheld: preconditionFailure("an event that stands alone is not withheld")
            }
        }
    }

    /// Many events. Nothing is stored unless all of them are valid; see the type's comment.
    static func ingestBulk(_ request: DialectRequest) throws(EarlyAnswer) -> DialectCall {
        let elements = try events(of: request)
        var events: [CanonicalEvent] = []
        events.reserveCapacity(elements.count)
        var bad: [(index: Int, faults: [FlexpriceFault])] = []
        for (index, element) in elements.enumerated() {
            var reader = FlexpriceEventReader()
            if let event = reader.read(element) {
                events.append(event)
            } else {
                bad.append((index, reader.faults))
            }
        }
        guard let first = bad.first else {
            return .write(events, .firstWins, respond: answerToBulk)
        }
        let isUnreadable = bad.contains { $0.faults.contains { $0.kind == .unreadable } }
        let message = isUnreadable ? FlexpriceFault.unreadable : FlexpriceFault.failed
        return .answer(FlexpriceFacadeErrors.refused("\(message) (\(named(bad.map(\.index))))", first.faults))
    }

    /// 202 if all events are stored; an ID with different content counts as stored, as at Flexprice, which keeps the first.
    private static func answerToBulk(_ results: [DialectWriteResult]) -> DialectAnswer {
        let faults = results.enumerated().compactMap { index, result -> (index: Int?, fault: EventFault)? in
            if case .refused(let fault) = result, !isRepeat(fault) { (index, fault) } else { nil }
        }
        guard faults.isEmpty else { return refused(faults) }
        return DialectAnswer(
            status: 202,
            contentType: FlexpriceFacade.contentType,
            body: Array(#"{"message":"Events accepted for processing"}"#.utf8)
        )
    }

    /// Whether an event was left out because its id, customer and timestamp are those of another. Flexprice answers every repeat as it
    /// answered the first, whatever it says.
    private static func isRepeat(_ fault: EventFault) -> Bool { fault.code == .conflict }

    /// The response to one accepted event.
    private static func accepted(_ id: EventID) -> DialectAnswer {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.member("event_id", string: id.rawValue)
        writer.member("message", string: "Event accepted for processing")
        writer.endObject()
        return DialectAnswer(status: 202, contentType: FlexpriceFacade.contentType, body: writer.bytes)
    }

    /// What only the routes could find. Flexprice would take such events.
    private static func refused(_ faults: [(index: Int?, fault: EventFault)]) -> DialectAnswer {
        let indices = faults.compactMap(\.index)
        let place = indices.isEmpty ? "" : " (\(named(indices)))"
        let first = faults[0].fault
        switch first.code {
        case .range where first.field == "timestamp":
            let fault = FlexpriceFault(kind: .limit, field: "timestamp", text: first.message)
            return FlexpriceFacadeErrors.refused(FlexpriceFault.failed + place, [fault])
        case .conflict, .unrouted, .forbidden, .malformed, .required, .type, .range, .format, .unknownField,
            .duplicateKey:
            let fault = FlexpriceFault(kind: .limit, field: "event_name", text: first.message)
            return FlexpriceFacadeErrors.refused(FlexpriceFault.failed + place, [fault])
        }
    }

    /// `events[3], events[7]`, and how many more there are.
    private static func named(_ indices: [Int]) -> String {
        let names = indices.prefix(10).map { "events[\($0)]" }.joined(separator: ", ")
        return indices.count > 10 ? "\(names) and \(indices.count - 10) more" : names
    }
}

/// The bodies.
extension FlexpriceFacadeWrites {
    private enum BulkField: Int, MemberName {
        case events

        static let names = spelled {
            switch $0 {
            case .events: "events"
            }
        }
    }

    /// The value of the body, as an object; null is as good as one without members.
    private static func body(of request: DialectRequest) throws(EarlyAnswer) -> JSONValue {
        let root: JSONValue
        do {
            root = try JSONDocument(parsing: request.body).root
        } catch {
            throw unreadable("body", "\(error)")
        }
        guard root.kind == .object || root.isNull else {
            throw unreadable("body", "must be an object, found \(root.kind.phrase)")
        }
        return root
    }

    private static func events(of request: DialectRequest) throws(EarlyAnswer) -> [JSONValue] {
        guard let value = NamedMembers<BulkField>(of: try body(of: request), by: .go)[.events] else {
            throw broken("required")
        }
        guard value.kind == .array else {
            throw unreadable("events", "must be an array, found \(value.kind.phrase)")
        }
        let events = Array(value.elements)
        if events.isEmpty { throw broken("min") }
        if events.count > min(largestBulk, request.eventLimit) { throw broken("max") }
        return events
    }

    /// The response to a body that Go cannot decode.
    private static func unreadable(_ field: String, _ text: String) -> EarlyAnswer {
        EarlyAnswer(
            FlexpriceFacadeErrors.refused(FlexpriceFault.unreadable, [.unreadable(field, text)])
        )
    }

    /// The response to a body that fails a rule for bulk requests.
    private static func broken(_ tag: String) -> EarlyAnswer {
        let fault = FlexpriceFault.rule(.missing, "BulkIngestEventRequest.Events", tag)
        return EarlyAnswer(FlexpriceFacadeErrors.refused(FlexpriceFault.failed, [fault]))
    }
}
