import Events
import JSON

/// What Knetik's responses mean. Only 202, 400 and 401 are documented; the others are what web servers mean by them, and whatever may
/// hide a recorded event is never called anything better than unknown.
struct KnetikAnswers {
    private let table: StatusTable

    init(answer: VendorAnswer, events: Int) {
        // The form of its errors is unknown, so a body is quoted as it is.
        table = StatusTable(vendor: KnetikAdapter.vendor, answer: answer, events: events) { _ in nil }
    }

    var verdict: Verdict {
        switch table.answer.status {
        case 207: each
        // Success has no body, so a page for people comes from somebody else who is in the way.
        case 200..<300:
            VendorMessage.isMarkup(table.answer.body) ? table.verdict : .all(.delivered(deduplicated: false))
        case 415: .all(.reject(table.fault(.unsupported, "does not accept requests of this kind")))
        default: table.verdict
        }
    }

    /// One result per event, in the order sent; any other number of results tells nothing.
    private var each: Verdict {
        guard let root = table.root, root.kind == .array else { return table.verdict }
        let outcomes = root.elements.map(outcome)
        return outcomes.count == table.events ? .each(outcomes) : table.verdict
    }

    private func outcome(of result: JSONValue) -> Outcome {
        guard result.kind == .object else { return .ambiguous(table.notUnderstood) }
        let message = result["errors"].flatMap {
            VendorMessage.quoted(String(decoding: $0.raw.prefix(2000), as: UTF8.self))
        }
        switch result["code"]?.int64 {
        case .some(200..<300): return .delivered(deduplicated: false)
        case .some(400..<500): return .reject(table.fault(.invalidEvent, "refuses the event", quoting: message))
        case .some: return .ambiguous(table.notUnderstood)
        case nil:
            let hasErrors = result["errors"].map { !$0.isNull } ?? false
            return hasErrors ? .ambiguous(table.notUnderstood) : .delivered(deduplicated: false)
        }
    }
}
