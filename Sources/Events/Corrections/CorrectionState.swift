import JSON

/// A correction of an event at one destination, as the journal has it.
package struct CorrectionRecord: Sendable, Equatable {
    package let id: CorrectionID
    package let kind: CorrectionID.Kind
    package let style: CorrectionStyle
    /// The property that its metric aggregates, if that was said.
    package let property: String?
    /// What it was sent with.
    package let properties: JSONText?
    package let status: DeliveryStatus

    package init(
        _ id: CorrectionID,
        _ kind: CorrectionID.Kind,
        style: CorrectionStyle,
        property: String?,
        properties: JSONText?,
        status: DeliveryStatus
    ) {
        self.id = id
        self.kind = kind
        self.style = style
        self.property = property
        self.properties = properties
        self.status = status
    }

    /// - Returns: nil if the event is not a correction at the destination.
    /// - Parameter status: of its delivery there.
    package init?(_ event: AcceptedEvent, at destination: Destination, status: DeliveryStatus) {
        guard let id = event.corrects, let kind = event.correctionKind, let style = destination.correction else {
            return nil
        }
        self.init(
            id,
            kind,
            style: style,
            property: destination.settings.text(DestinationSettings.correctsProperty),
            properties: event.properties,
            status: status
        )
    }
}

/// What is effective for an event at a destination, after the corrections that were made there.
package struct CorrectionState: Sendable, Equatable {
    /// The effective properties.
    package private(set) var properties: JSONText?
    /// The correction that took the event back.
    package private(set) var voided: CorrectionRecord?
    /// The last correction.
    package private(set) var last: CorrectionRecord?
    /// The first correction that the vendor has not confirmed.
    package private(set) var unsettled: CorrectionRecord?

    /// - Parameters:
    ///   - original: the properties of the event.
    ///   - records: oldest first.
    package init(of original: JSONText?, after records: [CorrectionRecord]) {
        properties = original
        for record in records { add(record) }
    }

    private mutating func add(_ record: CorrectionRecord) {
        switch record.status {
        case .discarded, .skipped: return
        case .delivered: break
        case .pending, .retrying, .rejected, .uncertain: unsettled = unsettled ?? record
        }
        last = record
        switch (record.kind, record.style) {
        case (.void, _): voided = record
        case (.adjust, .replacing): properties = record.properties
        case (.adjust, .beside): compensate(record)
        }
    }

    private mutating func compensate(_ record: CorrectionRecord) {
        let before = PropertyObject(properties)
        guard let property = record.property, let old = before.number(property),
            let difference = PropertyObject(record.properties).number(property)
        else { return }
        var sum = DecimalSum()
        sum.add(old)
        sum.add(difference)
        if let text = sum.plainText { properties = before.setting(property, to: text).text }
    }
}

/// What a correction does at one destination, given earlier corrections there.
package enum CorrectionResult: Sendable, Equatable {
    /// A further event takes it back, or adds what is missing.
    case beside(properties: JSONText, later: Duration)
    /// The event is sent once more, with these properties.
    case replace(properties: JSONText)
    /// It was already corrected in this way by this event; nil: it needs no correction.
    case already(CorrectionRecord?)
    /// For people: why it cannot be corrected there, and what to do instead.
    case impossible(String)
    /// What the request must say first.
    case needs(CorrectionStep.Missing)
}

extension CorrectionDecision {
    /// The result at one destination.
    /// - Parameter state: what is effective there.
    package func result(after state: CorrectionState) -> CorrectionResult {
        if let voided = state.voided {
            if isVoid { return .already(voided) }
            return .impossible("the event was voided there by \(voided.id.eventID); send a new event")
        }
        let step = step(from: state.properties)
        switch step {
        case .unchanged: return .already(state.last)
        case .impossible(let reason): return .impossible(reason)
        case .needs(let missing): return .needs(missing)
        case .beside, .replace: break
        }
        if let unsettled = state.unsettled { return .impossible(Self.waiting(for: unsettled)) }
        switch step {
        case .beside(let properties, let later): return .beside(properties: properties, later: later)
        case .replace(let properties): return .replace(properties: properties)
        case .unchanged, .impossible, .needs: preconditionFailure("these have returned above")
        }
    }

    private static func waiting(for record: CorrectionRecord) -> String {
        let id = record.id.eventID
        switch record.status {
        case .rejected, .uncertain:
            return "the correction \(id) is \(record.status.rawValue) there; retry or discard its delivery first"
        case .pending, .retrying, .delivered, .discarded, .skipped:
            return "the correction \(id) is still on its way there; try again when it is delivered"
        }
    }
}

extension DeliveryStatus {
    /// Why an event in this state cannot be corrected at a destination; nil if it can.
    package var whyNotCorrectable: String? {
        switch self {
        case .delivered: nil
        case .pending, .retrying:
            "the event is not delivered there yet; wait for that, or discard the delivery if it is retrying"
        case .uncertain: "it is unknown whether the event arrived there; retry or discard the delivery first"
        case .rejected, .discarded: "the event was never delivered there"
        case .skipped: "the event was not sent there, because the destination's mode is shadow"
        }
    }
}
