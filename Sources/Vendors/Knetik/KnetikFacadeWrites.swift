import Events
import JSON

/// `POST /events` and `POST /batch`.
enum KnetikFacadeWrites {
    static func event(_ request: DialectRequest) -> DialectCall {
        let root: JSONValue
        switch body(of: request) {
        case .failure(let refusal): return .answer(refusal.answer)
        case .success(let value): root = value
        }
        var reader = KnetikFacadeEvent()
        guard let event = reader.read(root) else { return .answer(KnetikWords.failure(400, reader.faults)) }
        return .write([event], .allOrNothing) { results in
            switch results[0] {
            case .accepted: KnetikWords.recorded
            case .refused(let fault): KnetikWords.failure(400, [fault.message])
            case .withheld: preconditionFailure("an event that stands alone is not withheld")
            }
        }
    }

    /// Each event for itself: the good ones are recorded, the others named.
    static func batch(_ request: DialectRequest) -> DialectCall {
        let root: JSONValue
        switch body(of: request) {
        case .failure(let refusal): return .answer(refusal.answer)
        case .success(let value): root = value
        }
        guard let batch = LastMemberWins.value("batch", of: root), !batch.isNull else {
            return .answer(KnetikWords.failure(400, ["batch may not be null"]))
        }
        guard batch.kind == .array else {
            return .answer(KnetikWords.failure(400, ["batch must be an array, found \(batch.kind.phrase)"]))
        }
        let count = batch.elements.reduce(0) { count, _ in count + 1 }
        guard count <= request.eventLimit else {
            return .answer(
                KnetikWords.failure(400, ["batch must have at most \(request.eventLimit) events, has \(count)"])
            )
        }
        var events: [CanonicalEvent] = []
        var elements: [KnetikBatchElement] = []
        for element in batch.elements {
            var reader = KnetikFacadeEvent()
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

    private struct Refusal: Error {
        let answer: DialectAnswer
    }

    private static func body(of request: DialectRequest) -> Result<JSONValue, Refusal> {
        guard !request.body.isEmpty else {
            return .failure(Refusal(answer: KnetikWords.failure(400, ["the request has no body"])))
        }
        do {
            let root = try JSONDocument(parsing: request.body).root
            if root.kind == .object { return .success(root) }
            let text = "the body must be an object, found \(root.kind.phrase)"
            return .failure(Refusal(answer: KnetikWords.failure(400, [text])))
        } catch {
            return .failure(Refusal(answer: KnetikWords.failure(400, ["malformed JSON: \(error)"])))
        }
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
            KnetikWords.write(faults, to: &writer)
            writer.member("request", raw: value.raw)
        }
        writer.endObject()
    }
}
