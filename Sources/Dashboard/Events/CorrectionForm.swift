package import Events

/// The fields of a correction, as somebody filled them in.
package struct CorrectionForm: Sendable {
    let reason: String
    let aggregates: [Choice]
    let property: String
    /// The members that should be others, as JSON.
    let properties: String
    /// Which of several events with one ID; empty if there is one only.
    let subscription: String

    /// - Parameters:
    ///   - aggregate: the one that is chosen; nil: what the metric of a migration says.
    ///   - metric: what the metric of a migration says, for the first choice; nil if none says anything.
    package init(
        reason: String = "",
        aggregate: String? = nil,
        property: String = "",
        properties: String = "",
        subscription: String = "",
        metric: String? = nil
    ) {
        self.reason = reason
        self.property = property
        self.properties = properties
        self.subscription = subscription
        let unsaid = Choice(
            "",
            label: metric.map { "as routes.json says: \($0)" } ?? "choose",
            isChosen: aggregate == nil
        )
        aggregates =
            [unsaid]
            + MetricAggregate.allCases.map {
                Choice($0.rawValue, label: Self.label($0), isChosen: $0.rawValue == aggregate)
            }
    }

    private static func label(_ aggregate: MetricAggregate) -> String {
        switch aggregate {
        case .sum: "sum: adds up a property"
        case .count: "count: counts events"
        case .unique: "unique: counts different values"
        case .latest: "latest: takes the newest value"
        case .max: "max: takes the largest value"
        }
    }
}

/// What a form for a correction asks, and where it leads.
package struct CorrectionPage: PageContent {
    package static let template = "Correction"
    package let title: String
    let id: String
    let eventHref: String
    let checkHref: String
    let isAdjustment: Bool
    let form: CorrectionForm
    /// The properties that the event was accepted with.
    let accepted: String?
    /// Why the correction was refused.
    let fault: String?

    /// - Parameters:
    ///   - properties: of the event, as text; nil if it has none, or if they are hidden.
    ///   - form: what somebody filled in, to be corrected rather than typed again.
    package init(
        _ kind: CorrectionID.Kind,
        of id: EventID,
        properties: String?,
        _ form: CorrectionForm,
        fault: String? = nil
    ) {
        title = "\(kind.verb) \(id.rawValue)"
        self.id = id.rawValue
        eventHref = PageLink.event(id.rawValue)
        checkHref = "\(PageLink.event(id.rawValue))/\(kind.rawValue)/check"
        isAdjustment = kind == .adjust
        self.form = form
        accepted = properties
        self.fault = fault
    }
}

extension CorrectionID.Kind {
    /// What a button says.
    var verb: String {
        switch self {
        case .void: "Void"
        case .adjust: "Adjust"
        }
    }
}
