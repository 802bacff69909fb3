import Events
import JSON

/// `POST /events/ingest`: all events or none; one whose id is known already is counted and left out, whatever else it says.
enum PolarFacadeIngest {
    static func call(_ request: DialectRequest) -> DialectCall {
        guard request.header("Content-Length") != nil else { return .answer(PolarWords.lengthRequired) }
        let elements: JSONElements
        switch PolarFacadeBody.events(of: request) {
        case .failure(let refusal): return .answer(refusal.answer)
        case .success(let events):
            let count = events.elements.reduce(0) { count, _ in count + 1 }
            guard count <= request.eventLimit else { return .answer(tooMany(count, events, most: request.eventLimit)) }
            elements = events.elements
        }
        return ingest(elements, at: request.receivedAt, .notLookedFor)
    }

    private static func ingest(_ elements: JSONElements, at now: Timestamp, _ parents: PolarParents) -> DialectCall {
        var events: [CanonicalEvent] = []
        var numberedParents: Set<SequenceNumber> = []
        var refusal = PolarRefusal()
        var isRefused = false
        for (index, element) in elements.enumerated() {
            var reader = PolarFacadeEvent(now: now, parents: parents)
            if let event = reader.read(element) {
                events.append(event)
                if let parent = reader.numberedParent { numberedParents.insert(parent) }
            } else {
                isRefused = true
                reader.report(below: ["body", "events", .index(index)], to: &refusal)
            }
        }
        if isRefused { return .answer(refusal.answer) }
        if case .notLookedFor = parents, !numberedParents.isEmpty {
            guard numberedParents.count <= mostNumberedParents else { return .answer(tooManyParents) }
            // The events are read again with what is found.
            return .lookUp(numberedParents) { found in
                ingest(elements, at: now, .found(found.mapValues { EventIdentity.unscoped($0.event, prefix: nil) }))
            }
        }
        let (names, times) = (events.map(\.name), events.map { $0.timestamp?.rfc3339 ?? "" })
        return .write(events, .firstWins) { results in answer(to: results, names, times) }
    }

    /// Each is a look into the journal, one after the other.
    private static let mostNumberedParents = 1000

    private static var tooManyParents: DialectAnswer {
        let reason = """
            The events name more than \(mostNumberedParents) parents by the ids that this API shows; name them by their external_id.
            """
        return PolarRefusal.answer(
            PolarComplaint(.value(reason), at: ["body", "events"], input: Array("[]".utf8)[...])
        )
    }

    /// In pydantic's words for a list that is too long.
    private static func tooMany(_ count: Int, _ events: JSONValue, most: Int) -> DialectAnswer {
        let finding = PolarFinding(
            "too_long",
            "List should have at most \(most) items after validation, not \(count)",
            context: #"{"field_type":"List","max_length":\#(most),"actual_length":\#(count)}"#
        )
        return PolarRefusal.answer(PolarComplaint(finding, at: ["body", "events"], input: events))
    }

    private static func answer(to results: [DialectWriteResult], _ names: [String], _ times: [String]) -> DialectAnswer
    {
        var refusal = PolarRefusal(error: "PolarRequestValidationError")
        var isRefused = false
        var inserted = 0
        for (index, result) in results.enumerated() {
            switch result {
            case .accepted(_, _, _, isDuplicate: false): inserted += 1
            case .accepted, .withheld: break
            // Another event has the id: Polar keeps the first and counts this one.
            case .refused(let fault) where fault.code == .conflict: break
            case .refused(let fault):
                isRefused = true
                if fault.code == .range, fault.field == "timestamp" {
                    let finding = PolarFinding("value_error", "Value error, \(fault.message)")
                    let position: [PolarPlace] = ["body", "events", .index(index), "timestamp"]
                    refusal.add(PolarComplaint(finding, at: position, text: times[index]))
                    continue
                }
                let finding = PolarFinding("name", "The gateway takes no such event: \(fault.message).")
                let place: [PolarPlace] = ["body", "events", .index(index), "name"]
                refusal.add(PolarComplaint(finding, at: place, text: names[index]))
            }
        }
        if isRefused { return refusal.answer }
        var writer = JSONWriter(capacity: 48)
        writer.beginObject()
        writer.member("inserted", integer: inserted)
        writer.member("duplicates", integer: results.count - inserted)
        writer.endObject()
        return DialectAnswer(status: 200, body: writer.bytes)
    }
}
