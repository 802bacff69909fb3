import Events
import JSON
import Vendors

/// `POST /events/ingest`: all events or none; one whose id is known already is counted and left out, whatever else it says.
enum PolarFacadeWrites {
    /// Polar requires a `Content-Length`.
    static func ingest(_ request: DialectRequest) throws(EarlyAnswer) -> DialectCall {
        guard request.header("Content-Length") != nil else { throw EarlyAnswer(PolarFacadeErrors.lengthRequired) }
        let events = try PolarRequestBody.events(of: request)
        let count = events.elements.reduce(0) { count, _ in count + 1 }
        guard count <= request.eventLimit else {
            let error = PolarValidationError.tooMany(count, in: "List", most: request.eventLimit)
            throw EarlyAnswer(PolarFacadeErrors.invalid([error.at(["body", "events"], input: events)]))
        }
        return ingest(events.elements, at: request.receivedAt, .notLookedFor)
    }

    private static func ingest(_ elements: JSONElements, at now: Timestamp, _ parents: PolarParents) -> DialectCall {
        var events: [CanonicalEvent] = []
        var numberedParents: Set<SequenceNumber> = []
        // No more than are listed; what is beyond is only counted.
        var errors: [PolarValidationError] = []
        var errorCount = 0
        for (index, element) in elements.enumerated() {
            var reader = PolarEventReader(now: now, parents: parents)
            if let event = reader.read(element) {
                events.append(event)
                if let parent = reader.numberedParent { numberedParents.insert(parent) }
            } else {
                errorCount += reader.errors.count
                let listed = reader.errors.prefix(EventFault.mostListed - errors.count)
                errors += listed.map { $0.below(["body", "events", .index(index)]) }
            }
        }
        if errorCount > 0 { return .answer(PolarFacadeErrors.invalid(errors, count: errorCount)) }
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
        return PolarFacadeErrors.invalid([
            .value(reason).at(["body", "events"], input: Array("[]".utf8)[...])
        ])
    }

    /// The numbers of new and duplicate events, or all errors.
    private static func answer(to results: [DialectWriteResult], _ names: [String], _ times: [String]) -> DialectAnswer
    {
        var errors: [PolarValidationError] = []
        var inserted = 0
        for (index, result) in results.enumerated() {
            switch result {
            case .accepted(_, _, _, isDuplicate: false): inserted += 1
            case .accepted, .withheld: break
            // Another event has the id: Polar keeps the first and counts this one.
            case .refused(let fault) where fault.code == .conflict: break
            case .refused(let fault) where fault.code == .range && fault.field == "timestamp":
                let error = PolarValidationError("value_error", "Value error, \(fault.message)")
                errors.append(error.at(["body", "events", .index(index), "timestamp"], text: times[index]))
            case .refused(let fault):
                let error = PolarValidationError("name", "The gateway does not accept this event: \(fault.message).")
                errors.append(error.at(["body", "events", .index(index), "name"], text: names[index]))
            }
        }
        if !errors.isEmpty { return PolarFacadeErrors.invalid(errors, error: "PolarRequestValidationError") }
        var writer = JSONWriter(capacity: 48)
        writer.beginObject()
        writer.member("inserted", integer: inserted)
        writer.member("duplicates", integer: results.count - inserted)
        writer.endObject()
        return DialectAnswer(status: 200, body: writer.bytes)
    }
}
