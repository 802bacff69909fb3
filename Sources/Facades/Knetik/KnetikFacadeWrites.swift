import Events
import JSON
import Vendors

/// `POST /events` and `POST /batch`.
enum KnetikFacadeWrites {
    /// Recorded: there is nothing to say.
    private static let recorded = DialectAnswer(status: 202, contentType: nil, body: [])

    /// One event. Every fault of it is in the response.
    static func event(_ request: DialectRequest) throws(EarlyAnswer) -> DialectCall {
        var reader = KnetikEventReader()
        guard let event = reader.read(try body(of: request)) else {
            return .answer(KnetikFacadeErrors.failure(400, reader.faults))
        }
        return .write([event], .allOrNothing) { results in
            switch results[0] {
            case .accepted: recorded
            case .refused(let fault): KnetikFacadeErrors.failure(400, [fault.message])
            case .withheld: preconditionFailure("an event that stands alone is not withheld")
            }
        }
    }

    /// Each event for itself: the valid ones are recorded, the others named.
    static func batch(_ request: DialectRequest) throws(EarlyAnswer) -> DialectCall {
        guard let batch = LastMemberWins.value("batch", of: try body(of: request)), !batch.isNull else {
            throw refused("batch may not be null")
        }
        guard batch.kind == .array else { throw refused("batch must be an array, found \(batch.kind.phrase)") }
        let count = batch.elements.reduce(0) { count, _ in count + 1 }
        guard count <= request.eventLimit else {
            throw refused("batch must have at most \(request.eventLimit) events, has \(count)")
        }
        var events: [CanonicalEvent] = []
        var elements: [KnetikBatchElement] = []
        for element in batch.elements {
            var reader = KnetikEventReader()
            let event = reader.read(element)
            if let event { events.append(event) }
            elements.append(KnetikBatchElement(value: element, faults: reader.faults))
        }
        guard !events.isEmpty else { return .answer(answer(for: elements)) }
        return .write(events, .each) { [elements] results in answer(for: elements, results) }
    }

    /// - Parameter results: one for each element without faults, in their order.
    private static func answer(for elements: [KnetikBatchElement], _ results: [DialectWriteResult] = [])
        -> DialectAnswer
    {
        var writer = JSONWriter(capacity: 48 * elements.count + 16)
        var isAnyRefused = false
        var rest = results[...]
        var listed = 0
        writer.beginArray()
        for element in elements {
            var faults = element.faults
            if faults.isEmpty, case .refused(let fault)? = rest.popFirst() { faults = [fault.message] }
            if !faults.isEmpty { isAnyRefused = true }
            let room = EventFault.mostListed - listed
            if faults.count > room { faults = faults.prefix(room) + ["and \(faults.count - room) more errors"] }
            listed += min(faults.count, room)
            element.write(refusedFor: faults, to: &writer)
        }
        writer.endArray()
        return DialectAnswer(status: isAnyRefused ? 207 : 202, body: writer.bytes)
    }

    /// The body as JSON; Knetik refuses an empty one.
    private static func body(of request: DialectRequest) throws(EarlyAnswer) -> JSONValue {
        guard !request.body.isEmpty else { throw refused("the request has no body") }
        let root: JSONValue
        do {
            root = try JSONDocument(parsing: request.body).root
        } catch {
            throw refused("malformed JSON: \(error)")
        }
        guard root.kind == .object else { throw refused("the body must be an object, found \(root.kind.phrase)") }
        return root
    }

    private static func refused(_ error: String) -> EarlyAnswer {
        EarlyAnswer(KnetikFacadeErrors.failure(400, [error]))
    }
}

/// One request of a batch.
struct KnetikBatchElement: Sendable {
    let value: JSONValue
    /// Empty if it is an event that could be recorded.
    let faults: [String]

    /// `{"code": 202, "errors": null, "request": null}`, or what is wrong, with the request as it came.
    func write(refusedFor faults: [String], to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("code", integer: faults.isEmpty ? 202 : 400)
        if faults.isEmpty {
            writer.key("errors")
            writer.null()
            writer.key("request")
            writer.null()
        } else {
            KnetikFacadeErrors.write(faults, to: &writer)
            writer.member("request", raw: value.raw)
        }
        writer.endObject()
    }
}
