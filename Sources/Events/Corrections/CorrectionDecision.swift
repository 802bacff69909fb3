import JSON

/// What to correct about an event, and how the vendors' metric aggregates it.
package struct CorrectionOrder: Sendable, Equatable {
    /// What to change about the event.
    package enum Change: Sendable, Equatable {
        /// The event should not count at all.
        case void
        /// Its properties should be different: these members replace those of the same name, the others stay.
        case adjust(JSONText)

        package var kind: CorrectionID.Kind {
            switch self {
            case .void: .void
            case .adjust: .adjust
            }
        }
    }

    package let change: Change
    /// Nil if the request does not say.
    package let aggregate: MetricAggregate?
    /// The property that the metric aggregates; nil if the request does not say.
    package let property: String?

    package init(_ change: Change, aggregate: MetricAggregate?, property: String?) {
        self.change = change
        self.aggregate = aggregate
        self.property = property
    }
}

/// How to correct an event at one destination.
package enum CorrectionStep: Sendable, Equatable {
    /// With another event with these properties, this much later than the original's timestamp.
    case beside(properties: JSONText, later: Duration)
    /// By sending the event once more, with these properties.
    case replace(properties: JSONText)
    /// Not at all: it already has these properties.
    case unchanged
    /// Not possible; for people: why, and what to do instead.
    case impossible(String)
    /// Undecided: the request must say this first.
    case needs(Missing)

    /// What a request for a correction leaves open.
    package enum Missing: Sendable, Equatable {
        /// How the metric aggregates.
        case aggregate
        /// Which property it aggregates.
        case property
    }
}

/// Decides how to correct an event at a destination, from data alone.
package struct CorrectionDecision: Sendable {
    private let order: CorrectionOrder
    private let traits: CorrectionTraits
    private let vendor: String

    /// - Parameter vendor: its name for people.
    package init(_ order: CorrectionOrder, at vendor: String, _ traits: CorrectionTraits) {
        self.order = order
        self.vendor = vendor
        self.traits = traits
    }

    /// Whether the event is taken back as a whole.
    var isVoid: Bool { order.change == .void }

    /// - Parameter current: the properties that are effective there now: the event's, or those of its last correction.
    package func step(from current: JSONText?) -> CorrectionStep {
        guard let aggregate = order.aggregate else {
            // If no correction is possible, the request need not say anything more.
            if traits.isImpossible, case .impossible(let reason) = traits[.sum] { return .impossible(reason) }
            return .needs(.aggregate)
        }
        let properties = PropertyObject(current)
        switch (traits[aggregate], order.change) {
        case (.impossible(let reason), _): return .impossible(reason)
        case (.compensate, .void): return takeBack(properties)
        case (.compensate, .adjust(let change)): return compensate(properties, change)
        case (.replace, .void): return cancel(properties, aggregate)
        case (.replace, .adjust(let change)):
            let changed = properties.merged(with: PropertyObject(change))
            return changed.says(the: properties) ? .unchanged : .replace(properties: changed.text)
        case (.remove(let marker), .void):
            let removed = properties.setting(marker.property, toText: marker.value)
            // The vendor applies additions and removals in the order of their timestamps.
            return .beside(properties: removed.text, later: .milliseconds(1))
        case (.remove, .adjust):
            return .impossible(
                "\(vendor) can take a unique value back and not change it; void the event, and send a new one"
            )
        }
    }

    /// An event that takes the whole value back.
    private func takeBack(_ properties: PropertyObject) -> CorrectionStep {
        guard let property = order.property else { return .needs(.property) }
        guard let value = properties.number(property) else { return notANumber(property) }
        if value.digits.isEmpty { return .unchanged }
        var sum = DecimalSum()
        sum.subtract(value)
        return beside(properties, property, sum)
    }

    /// An event that adds what is missing.
    private func compensate(_ properties: PropertyObject, _ change: JSONText) -> CorrectionStep {
        guard let property = order.property else { return .needs(.property) }
        let changed = properties.merged(with: PropertyObject(change))
        if changed.says(the: properties) { return .unchanged }
        guard let old = properties.number(property), let new = changed.number(property) else {
            return notANumber(property)
        }
        guard changed.removing(property).says(the: properties.removing(property)) else {
            return .impossible(
                "\(vendor) cannot change an event, and a further event corrects properties.\(property) alone; "
                    + "void the event, and send a new one"
            )
        }
        // The same number, written in another way.
        if old == new { return .unchanged }
        var sum = DecimalSum()
        sum.add(new)
        sum.subtract(old)
        return beside(properties, property, sum)
    }

    private func beside(_ properties: PropertyObject, _ property: String, _ sum: DecimalSum) -> CorrectionStep {
        guard let text = sum.plainText else {
            return .impossible(
                "properties.\(property) has more digits than are computed exactly; correct it at \(vendor)"
            )
        }
        return .beside(properties: properties.setting(property, to: text).text, later: .zero)
    }

    /// The event with a value that adds nothing.
    private func cancel(_ properties: PropertyObject, _ aggregate: MetricAggregate) -> CorrectionStep {
        guard aggregate != .latest else {
            return .impossible(
                "\(vendor) keeps the event, and whatever replaces its value would be the latest one; "
                    + "adjust it to the value that should count"
            )
        }
        guard let property = order.property else { return .needs(.property) }
        guard let value = properties.number(property) else { return notANumber(property) }
        if value.digits.isEmpty { return .unchanged }
        return .replace(properties: properties.setting(property, to: "0").text)
    }

    private func notANumber(_ property: String) -> CorrectionStep {
        .impossible(
            "the event has no number in properties.\(property), so the metric did not count it by that property"
        )
    }
}
