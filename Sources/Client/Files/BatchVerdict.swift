import JSON

/// What the answer to a batch of events means for each of them.
///
/// A refusal is narrowed down to the events that cause it, so that no event blocks others.
struct BatchVerdict: Sendable, Equatable {
    var accepted = 0
    var duplicates = 0
    /// Events that were refused permanently, by their index in the batch, and why.
    var refused: [Int: String] = [:]
    /// Batches to send again, as indices of this one: what the answer did not name, or halves where it named nothing.
    var again: [[Int]] = []

    /// What an answer says.
    enum Response: Sendable, Equatable {
        case verdict(BatchVerdict)
        /// The gateway takes nothing from this client, such as with a key that is unknown.
        case stop(String)
    }

    /// - Parameters:
    ///   - count: how many events the batch has.
    static func response(status: Int, json: JSONValue?, problem: String, count: Int) -> Response {
        switch status {
        case 200, 202, 207: return results(json, count: count)
        case 401, 404, 405: return .stop(problem)
        case 400..<500: return rejected(json, status: status, problem: problem, count: count)
        default: return .stop(problem)
        }
    }

    /// One result per event. An answer that lacks one, such as that of a proxy, confirms nothing: an event of which it does not tell may be
    /// lost.
    private static func results(_ json: JSONValue?, count: Int) -> Response {
        var verdict = BatchVerdict()
        var told: Set<Int> = []
        for event in json?["events"].map({ Array($0.elements) }) ?? [] {
            guard let index = Self.index(event, below: count), !told.contains(index) else { continue }
            switch event["status"]?.string {
            case "accepted": verdict.accepted += 1
            case "duplicate": verdict.duplicates += 1
            case "rejected": verdict.refused[index] = reason(event)
            default: continue
            }
            told.insert(index)
        }
        guard told.count == count else {
            return .stop("the gateway's answer does not tell what became of each event")
        }
        return .verdict(verdict)
    }

    /// Why an event was refused. The gateway lists the faults of the first ones only.
    private static func reason(_ event: JSONValue) -> String {
        let reasons = event["errors"].map { Array($0.elements) } ?? []
        let messages = reasons.compactMap { $0["message"]?.string }
        return messages.isEmpty ? "the gateway refused the event and lists no reason" : messages.joined(separator: "; ")
    }

    /// Nothing of the batch was accepted: the named events are the reason, and the others are sent again.
    private static func rejected(_ json: JSONValue?, status: Int, problem: String, count: Int) -> Response {
        var verdict = BatchVerdict()
        for error in json?["errors"].map({ Array($0.elements) }) ?? [] {
            guard let index = Self.index(error, below: count) else { continue }
            let message = error["message"]?.string ?? problem
            verdict.refused[index] = verdict.refused[index].map { "\($0); \(message)" } ?? message
        }
        if verdict.refused.isEmpty {
            // A missing scope is reported without an event's index.
            guard status != 403 else { return .stop(problem) }
            if count == 1 {
                verdict.refused[0] = problem
            } else {
                verdict.again = [Array(0..<(count / 2)), Array((count / 2)..<count)]
            }
        } else {
            let others = (0..<count).filter { verdict.refused[$0] == nil }
            if !others.isEmpty { verdict.again = [others] }
        }
        return .verdict(verdict)
    }

    private static func index(_ value: JSONValue, below count: Int) -> Int? {
        guard let index = value["index"]?.int64, index >= 0, index < count else { return nil }
        return Int(index)
    }
}
