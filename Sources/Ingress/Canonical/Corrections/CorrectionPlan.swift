import Events
import Journal

/// What a correction does at each destination of an event, and the correcting events.
struct CorrectionPlan: Sendable {
    /// One destination of the event.
    struct Part: Sendable {
        let delivery: Delivery
        /// How the event was sent there; nil if that is no longer known.
        let destination: Destination?
        /// ``CorrectionTraits/note`` of the vendor.
        let note: String?
        let result: CorrectionResult
    }

    let event: AcceptedEvent
    let parts: [Part]
    /// The events to append, each with the indices of its parts.
    let corrections: [(event: AcceptedEvent, parts: [Int])]

    /// - Parameters:
    ///   - kind: of the correction.
    ///   - number: the first that no correction of the event has yet.
    ///   - property: what the metric aggregates.
    init(
        of event: AcceptedEvent,
        _ kind: CorrectionID.Kind,
        _ parts: [Part],
        number: Int,
        property: String?,
        by client: ClientName,
        at now: Timestamp
    ) {
        self.event = event
        self.parts = parts
        var groups: [(style: CorrectionStyle, properties: JSONText, later: Duration, parts: [Int])] = []
        for (index, part) in parts.enumerated() where part.destination != nil {
            guard let (style, properties, later) = part.result.sent else { continue }
            let found = groups.firstIndex { $0.style == style && $0.properties == properties && $0.later == later }
            if let found {
                groups[found].parts.append(index)
            } else {
                groups.append((style, properties, later, [index]))
            }
        }
        corrections = groups.enumerated().map { offset, group in
            let id = CorrectionID(number: number + offset, of: event.id)
            let destinations = group.parts.compactMap {
                parts[$0].destination?.correcting(group.style, kind, property: property)
            }
            let submission = Submission(
                tenant: event.tenant,
                client: client,
                acceptedAt: now,
                plan: Plan(route: event.plan.route, destinations: destinations)
            )
            let correction = AcceptedEvent(
                submission,
                id: id.eventID,
                idScope: event.idScope,
                name: event.name,
                customerID: event.customerID,
                subscriptionID: event.subscriptionID,
                timestamp: event.timestamp + group.later,
                timestampWasGiven: true,
                source: event.source,
                properties: group.properties,
                vendor: event.vendor
            )
            return (correction, group.parts)
        }
    }

    /// The id of the event that corrects a part; nil if none does.
    func correction(ofPart index: Int) -> EventID? {
        if let new = corrections.first(where: { $0.parts.contains(index) }) { return new.event.id }
        if case .already(let record) = parts[index].result { return record?.id.eventID }
        return nil
    }
}

extension CorrectionResult {
    /// What is sent; nil if nothing is.
    fileprivate var sent: (CorrectionStyle, JSONText, Duration)? {
        switch self {
        case .beside(let properties, let later): (.beside, properties, later)
        case .replace(let properties): (.replacing, properties, .zero)
        case .already, .impossible, .needs: nil
        }
    }
}
