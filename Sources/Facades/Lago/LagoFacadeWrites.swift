import Events
import JSON
import Vendors

/// `POST /events` and `POST /events/batch`.
enum LagoFacadeWrites {
    /// Maximum number of events of a batch (`LAGO_EVENTS_BATCH_MAX_LENGTH`).
    private static let largestBatch = 100

    /// One event, below the root `event`.
    static func create(_ request: DialectRequest) throws(EarlyAnswer) -> DialectCall {
        let root = try LagoRequestBody.root("event", of: request)
        guard let root, root.kind == .object, root.members.contains(where: { _ in true }) else {
            throw EarlyAnswer(LagoFacadeErrors.missingRoot("event"))
        }
        var reader = LagoEventReader()
        guard let event = reader.read(root) else { throw EarlyAnswer(LagoFacadeErrors.refused(reader.faults)) }
        return .write([event], .allOrNothing) { results in answer(to: event, results) }
    }

    /// A batch, below the root `events`; one invalid event refuses all.
    static func createBatch(_ request: DialectRequest) throws(EarlyAnswer) -> DialectCall {
        let root = try LagoRequestBody.root("events", of: request)
        let elements = root?.kind == .array ? root.map { Array($0.elements) } ?? [] : []
        if elements.isEmpty { throw refusedBatch("no_events") }
        if elements.count > min(largestBatch, request.eventLimit) { throw refusedBatch("too_many_events") }
        return createBatch(elements)
    }

    /// Two passes, as Lago's: first what each event says, and only if that is good what is known already. So an answer never lists
    /// both.
    private static func createBatch(_ elements: [JSONValue]) -> DialectCall {
        var events: [CanonicalEvent] = []
        var faults: [(index: Int, faults: [LagoFault])] = []
        for (index, element) in elements.enumerated() {
            var reader = LagoEventReader()
            if let event = reader.read(element) {
                events.append(event)
            } else {
                faults.append((index, reader.faults))
            }
        }
        guard faults.isEmpty else { return .answer(LagoFacadeErrors.refused(byIndex: faults)) }
        return .write(events, .allOrNothing) { [events] results in answer(to: events, results) }
    }

    /// 422 for the batch as a whole.
    private static func refusedBatch(_ code: String) -> EarlyAnswer {
        EarlyAnswer(LagoFacadeErrors.refused([LagoFault(field: "events", code: code)]))
    }

    /// The event as Lago shows it, or its fault.
    private static func answer(to event: CanonicalEvent, _ results: [DialectWriteResult]) -> DialectAnswer {
        guard let result = results.first else { preconditionFailure("one event has one result") }
        switch result {
        case .accepted:
            var writer = JSONWriter(capacity: 512)
            writer.beginObject()
            writer.key("event")
            LagoEventWriter(event, result)?.write(to: &writer)
            writer.endObject()
            return DialectAnswer(status: 200, contentType: LagoFacade.contentType, body: writer.bytes)
        case .refused(let fault): return LagoFacadeErrors.refused([LagoFault(fault)])
        case .withheld: preconditionFailure("an event that stands alone is not withheld")
        }
    }

    /// The events as Lago shows them, or the faults by index.
    private static func answer(to events: [CanonicalEvent], _ results: [DialectWriteResult]) -> DialectAnswer {
        let faults = results.enumerated().compactMap { index, result in
            if case .refused(let fault) = result { (index: index, faults: [LagoFault(fault)]) } else { nil }
        }
        guard faults.isEmpty else { return LagoFacadeErrors.refused(byIndex: faults) }
        var writer = JSONWriter(capacity: 512 * events.count)
        writer.beginObject()
        writer.key("events")
        writer.beginArray()
        for (event, result) in zip(events, results) { LagoEventWriter(event, result)?.write(to: &writer) }
        writer.endArray()
        writer.endObject()
        return DialectAnswer(status: 200, contentType: LagoFacade.contentType, body: writer.bytes)
    }
}

extension LagoFault {
    /// A fault that only the journal or the routes could find.
    fileprivate init(_ fault: EventFault) {
        switch fault.code {
        case .conflict: self.init(field: "transaction_id", code: "value_already_exist")
        case .unrouted: self.init(field: "code", code: "no_route_takes_this_event")
        case .forbidden: self.init(field: "code", code: "not_allowed_for_this_api_key")
        case .range where fault.field == "timestamp":
            self.init(field: "timestamp", code: "value_is_out_of_range: \(fault.message)")
        case .malformed, .required, .type, .range, .format, .unknownField, .duplicateKey:
            self.init(field: fault.field ?? "event", code: "value_is_invalid")
        }
    }
}

/// The body of a request to Lago.
enum LagoRequestBody {
    /// The member of this name; nil if there is none, or if the body is not said to be JSON, which Rails then does not look at.
    static func root(_ name: String, of request: DialectRequest) throws(EarlyAnswer) -> JSONValue? {
        let type = request.header("Content-Type")?.prefix { $0 != ";" }.lowercased() ?? "application/json"
        guard type.contains("json") else { return nil }
        guard let document = JSONDocument(ifValid: request.body) else {
            throw EarlyAnswer(LagoFacadeErrors.badRequest)
        }
        return LastMemberWins.value(name, of: document.root)
    }
}
