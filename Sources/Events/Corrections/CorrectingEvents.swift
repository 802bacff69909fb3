/// Events that correct others. Settings of its destinations mark an event as one. No client and no `routes.json` can set them; they are
/// frozen with the plan like all others, and the journal's format needs no field for them.
extension DestinationSettings {
    /// The setting of a correction's destinations.
    package static let corrects = "corrects"
    /// What the correction does: a ``CorrectionID/Kind``.
    package static let correctsKind = "corrects_kind"
    /// The property that a correction's metric aggregates.
    package static let correctsProperty = "corrects_property"
    /// Settings that `routes.json` cannot set, and that a retry with other settings keeps.
    package static let ofCorrections = [corrects, correctsKind, correctsProperty]
}

/// How a correction is sent to a destination.
package enum CorrectionStyle: String, Sendable, CaseIterable {
    /// As an event beside the original.
    case beside
    /// With the original's id, so that it replaces the original.
    case replacing
}

extension Destination {
    /// How a correction is sent here; nil if the event is not a correction.
    package var correction: CorrectionStyle? {
        settings.text(DestinationSettings.corrects).flatMap { CorrectionStyle(rawValue: $0) }
    }

    /// What the correction does; nil if the event is not a correction, or one of an earlier version.
    fileprivate var correctionKind: CorrectionID.Kind? {
        settings.text(DestinationSettings.correctsKind).flatMap { CorrectionID.Kind(rawValue: $0) }
    }

    /// The destination for a correction of an event that was sent here.
    /// - Parameters:
    ///   - style: how the correction is sent.
    ///   - kind: what the correction does.
    ///   - property: what its metric aggregates, if that was given.
    package func correcting(
        _ style: CorrectionStyle,
        _ kind: CorrectionID.Kind,
        property: String?
    ) -> Destination {
        var values = settings.values
        values[DestinationSettings.corrects] = .text(style.rawValue)
        values[DestinationSettings.correctsKind] = .text(kind.rawValue)
        values[DestinationSettings.correctsProperty] = property.map { .text($0) }
        return Destination(
            provider: provider,
            adapter: adapter,
            mode: mode,
            rename: rename,
            settings: DestinationSettings(values)
        )
    }
}

extension Plan {
    /// Whether its events correct others.
    package var isOfCorrections: Bool { destinations.contains { $0.correction != nil } }
}

extension AcceptedEvent {
    /// The event that it corrects; nil if it is not a correction.
    package var corrects: CorrectionID? { plan.isOfCorrections ? CorrectionID(id) : nil }

    /// What it does to the event that it corrects; nil if it is not a correction. Corrections of earlier versions say it in their id.
    package var correctionKind: CorrectionID.Kind? {
        guard let corrects else { return nil }
        return plan.destinations.lazy.compactMap(\.correctionKind).first ?? corrects.earlierKind
    }

    /// The event as an adapter translates it: a correction that replaces an event has that event's id.
    package func asSent(to destination: Destination) -> AcceptedEvent {
        guard destination.correction == .replacing, let correction = CorrectionID(id) else { return self }
        return AcceptedEvent(
            submission,
            id: correction.original,
            idScope: idScope,
            name: name,
            customerID: customerID,
            subscriptionID: subscriptionID,
            timestamp: timestamp,
            timestampWasGiven: timestampWasGiven,
            source: source,
            properties: properties,
            vendor: vendor
        )
    }
}
