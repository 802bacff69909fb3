import Events
import HTTPTypes

/// Problems of events that were sent or requested.
extension Problem {
    /// - Parameters:
    ///   - omitted: how many more faults there are.
    ///   - bad: how many events are faulty, if not all of them are listed.
    ///   - isPartial: whether the client wants the valid events of a request accepted if others are not.
    static func events(
        _ faults: [EventFault],
        omitted: Int = 0,
        bad: Int = 0,
        count: Int,
        isPartial: Bool
    ) -> Problem {
        if faults.count == 1, faults[0].index == nil, faults[0].code == .malformed {
            return Problem(
                status: .badRequest,
                kind: "malformed",
                title: "The body is not JSON",
                detail: faults[0].message
            )
        }
        let bad = max(bad, Set(faults.map(\.index)).count)
        let more = omitted + max(0, faults.count - EventFault.mostListed)
        let detail = detail(faults, more: more, bad: bad, count: max(count, bad), isPartial: isPartial)
        if faults.allSatisfy({ $0.code == .conflict }) {
            return Problem(
                status: .conflict,
                kind: "conflict",
                title: "ID already used with different content",
                detail: detail,
                errors: faults
            )
        }
        if faults.allSatisfy({ $0.code == .forbidden }) {
            return Problem(
                status: .forbidden,
                kind: "forbidden-events",
                title: "The client may not send these events",
                detail: detail,
                errors: faults
            )
        }
        return Problem(
            status: .unprocessableContent,
            kind: "invalid-events",
            title: "The request has invalid events",
            detail: detail,
            errors: faults,
            omittedErrors: omitted
        )
    }

    /// The same for an estimate, which cannot be partial.
    static func estimate(_ faults: [EventFault], omitted: Int, count: Int) -> Problem {
        events(faults, omitted: omitted, count: count, isPartial: true)
    }

    /// How many events are refused, which IDs are already in use, and whether `partial=true` would accept the others.
    private static func detail(
        _ faults: [EventFault],
        more: Int,
        bad: Int,
        count: Int,
        isPartial: Bool
    ) -> String {
        // A fault of the request as a whole is the message itself.
        if let whole = faults.first(where: { $0.index == nil }) { return whole.message }
        let reasons =
            more > 0
            ? "errors has the first \(EventFault.mostListed) faults, and there are \(more) more"
            : "errors has the reason for each"
        var sentences: [String] = []
        if count == 1, more == 0 {
            sentences.append("the event was not accepted: \(faults[0].message)")
        } else if bad == count {
            sentences.append("none of the \(count) events was accepted; \(reasons)")
        } else {
            sentences.append("\(bad) of \(count) events cannot be accepted, so none was; \(reasons)")
        }
        let conflicts = faults.filter { $0.code == .conflict }.compactMap(\.eventID)
        if count > 1, !conflicts.isEmpty {
            let named = conflicts.prefix(10).map { "\"\(Excerpt.of($0.rawValue))\"" }.joined(separator: ", ")
            let more = conflicts.count > 10 ? " and \(conflicts.count - 10) more" : ""
            sentences.append("already used with different content: \(named)\(more)")
        }
        if bad < count, !isPartial { sentences.append("send with ?partial=true to accept the valid events") }
        return sentences.joined(separator: ". ")
    }

    /// 413: more events than `--event-limit` in one request.
    static func tooManyEvents(limit: Int) -> Problem {
        Problem(
            status: .contentTooLarge,
            kind: "too-many-events",
            title: "The request has too many events",
            detail: "at most \(limit) events are allowed per request, and none of these was stored; split the request"
        )
    }

    /// 404, also for an event of another tenant.
    static func unknownEvent(_ id: String) -> Problem {
        Problem(
            status: .notFound,
            kind: "unknown-event",
            title: "No such event",
            detail: "this tenant has no event with the id \"\(Excerpt.of(id, longest: 300))\""
        )
    }
}
