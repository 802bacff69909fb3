import Events
import HTTPTypes

/// Problems of corrections.
extension Problem {
    /// 409: corrections are made of the event itself, not of each other.
    static func correctsACorrection(_ correction: CorrectionID) -> Problem {
        Problem(
            status: .conflict,
            kind: "not-correctable",
            title: "A correction cannot be corrected",
            detail:
                "the event \"\(correction.eventID)\" corrects \"\(correction.original)\"; adjust that one, or send a new event"
        )
    }

    /// 403: a client that is not allowed to send an event must not change it at the vendors either.
    static func mayNotCorrect(_ event: AcceptedEvent) -> Problem {
        Problem(
            status: .forbidden,
            kind: "forbidden-events",
            title: "The client may not send these events",
            detail:
                "\"\(event.name)\" by the route \(event.plan.route?.rawValue ?? "none") is not among the names and routes that "
                + "routes.json allows this client; correct the event as a client that may send it"
        )
    }

    /// 409: an ID may be in use in several scopes, such as Lago's subscriptions.
    /// - Parameter subscriptions: those of the events with the ID; nil for one without.
    static func severalEvents(_ id: EventID, _ subscriptions: [String?]) -> Problem {
        let known = subscriptions.compactMap(\.self).prefix(10).map { "\"\(Excerpt.of($0))\"" }.joined(separator: ", ")
        return Problem(
            status: .conflict,
            kind: "several-events",
            title: "Several events have this ID",
            detail:
                "say which one with \"subscription_id\"; the events with the ID \"\(id)\" have \(known.isEmpty ? "none" : known)"
        )
    }

    /// 409: two corrections at a time would both start from the same state.
    static func otherCorrection(of id: EventID) -> Problem {
        Problem(
            status: .conflict,
            kind: "being-corrected",
            title: "The event is being corrected",
            detail: "another correction of \"\(id)\" is being made; look at its outcome and try again"
        )
    }

    /// 409: the ID that the correction follows from, `taken`, was sent by a client as an event of its own.
    static func correctionIDTaken(_ taken: EventID, of id: EventID) -> Problem {
        Problem(
            status: .conflict,
            kind: "correction-id-taken",
            title: "The ID of the correction is taken",
            detail:
                "another event than a correction of \"\(id)\" has the ID \"\(taken)\", so \"\(id)\" was not corrected; "
                + "correct it at the vendors"
        )
    }

    /// 422.
    /// - Parameters:
    ///   - kind: of the correction that is refused.
    ///   - limit: corrections after which an event can have no more of this kind.
    static func tooManyCorrections(of id: EventID, _ kind: CorrectionID.Kind, limit: Int) -> Problem {
        let advice =
            switch kind {
            case .adjust: "void it, and send a new event"
            case .void: "correct it at the vendors"
            }
        return Problem(
            status: .unprocessableContent,
            kind: "too-many-corrections",
            title: "The event was corrected too often",
            detail: "\"\(id)\" has \(limit) corrections or more; \(advice)"
        )
    }

    /// 422: what corrects an event depends on how the vendor's metric aggregates, which neither the order nor a migration's metrics say.
    /// - Parameter name: of the event.
    static func missing(_ missing: CorrectionStep.Missing, for name: String) -> Problem {
        let kinds = MetricAggregate.allCases.map(\.rawValue).joined(separator: ", ")
        let detail =
            switch missing {
            case .aggregate:
                "the gateway does not know how the vendors' metric for \"\(name)\" aggregates, which decides what corrects an event; "
                    + "give \"aggregate\" (\(kinds)) and its \"property\""
            case .property:
                "give \"property\": the property that the vendors' metric for \"\(name)\" aggregates, such as \"units\""
            }
        return Problem(
            status: .unprocessableContent,
            kind: "unknown-metric",
            title: "The metric is not known",
            detail: detail
        )
    }
}
