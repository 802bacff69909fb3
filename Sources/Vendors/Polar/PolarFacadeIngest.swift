import Events
import JSON

/// `POST /events/ingest`: all events or none; one whose id is known already is counted and left out, whatever else it says.
enum PolarFacadeIngest {
    static func call(_ request: DialectRequest) -> DialectCall {
        guard request.header("Content-Length") != nil else { return .answer(PolarWords.lengthRequired) }
        let elements: JSONElements
        switch PolarFacadeBody.events(of: request) {
        case .failure(let refusal): return .answer(refusal.answer)
        case .success(let events): elements = events.elements
        }
        var events: [CanonicalEvent] = []
        var refusal = PolarRefusal()
        var isRefused = false
        for (index, element) in elements.enumerated() where !refusal.isFull {
            var reader = PolarFacadeEvent(now: request.receivedAt)
            if let event = reader.read(element) {
                events.append(event)
            } else {
                isRefused = true
                reader.report(below: ["body", "events", .index(index)], to: &refusal)
            }
        }
        if isRefused { return .answer(refusal.answer) }
        let (names, times) = (events.map(\.name), events.map { $0.timestamp?.rfc3339 ?? "" })
        return .write(events, .firstWins) { results in answer(to: results, names, times) }
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
