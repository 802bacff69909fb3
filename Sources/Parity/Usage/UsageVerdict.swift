package import Events
import JSON

/// What a vendor's figure is, beside the journal's.
package enum UsageVerdict: Sendable, Equatable {
    case equal
    /// As far off as binary floats make it.
    case rounding
    /// Another figure, for a reason that the figures alone tell.
    case explained(Cause, detail: String)
    /// Another figure; its events may tell why.
    case open
    /// The journal's figure cannot be told exactly.
    case unknown(String)

    /// Compares a vendor's figure with the journal's.
    /// - Parameters:
    ///   - shown: nil if the vendor shows nothing, which is 0.
    ///   - definition: of the vendor's metric; nil if its catalogue is not known.
    ///   - vendor: its name, for people.
    package static func of(
        _ shown: VendorUsage?,
        _ totals: UsageTotals,
        _ metric: UsageMetric,
        _ rules: UsageRules,
        definition: CatalogueMetric?,
        vendor: String
    ) -> UsageVerdict {
        let aggregate = metric.aggregate
        guard let planned = totals.planned.units(aggregate) else {
            return .unknown("the events of \(metric.name) have too many digits, or too many different values")
        }
        let figure = UsageFigure(shown?.units ?? "0")
        if figure.equals(planned) { return .equal }
        if rules.traits.isFloat, figure.isNear(planned, totals.planned.tolerance(aggregate)) { return .rounding }
        func isFigure(_ amount: UsageAmount, _ aggregate: MetricAggregate) -> Bool {
            guard let units = amount.units(aggregate) else { return false }
            return figure.equals(units)
                || rules.traits.isFloat && figure.isNear(units, amount.tolerance(aggregate))
        }
        if let period = shown?.period, period != rules.window {
            return .explained(
                .otherPeriod,
                detail: "\(vendor)'s period is from \(period.from.rfc3339) to \(period.until.rfc3339)."
            )
        }
        if let difference = Self.difference(metric, definition) {
            return .explained(.aggregationDiffers, detail: "\(vendor)'s metric \(difference).")
        }
        if isFigure(totals.delivered, aggregate) {
            let missing = totals.planned.events - totals.delivered.events
            return .explained(.usageDiffers, detail: "\(missing) of the events are not delivered.")
        }
        if isFigure(totals.readByVendor, aggregate) {
            let detail = "\(vendor) takes other values of \"\(metric.property ?? "")\" for numbers than the gateway."
            return .explained(.aggregationDiffers, detail: detail)
        }
        if isBehind(figure, totals, aggregate) {
            return .explained(.staleTotal, detail: "\(vendor) may not have counted the latest events yet.")
        }
        if isFigure(totals.otherClock, aggregate) {
            let clock = rules.clock == .receipt ? "occurred" : "arrived"
            return .explained(.otherPeriod, detail: "It is the figure of the events that \(clock) in the period.")
        }
        let others = [MetricAggregate.count, .sum, .max, .latest].filter { $0 != aggregate && metric.property != nil }
        if totals.readByVendor.events > 1, let other = others.first(where: { isFigure(totals.readByVendor, $0) }) {
            return .explained(
                .aggregationDiffers,
                detail: "It is the \(other.rawValue) of the events, and not the \(aggregate.rawValue)."
            )
        }
        return .open
    }

    /// Whether the vendor may have counted all events but for some of the latest.
    private static func isBehind(_ figure: UsageFigure, _ totals: UsageTotals, _ aggregate: MetricAggregate) -> Bool {
        guard totals.settled.events < totals.readByVendor.events, let least = totals.settled.units(aggregate),
            let most = totals.readByVendor.units(aggregate)
        else { return false }
        switch aggregate {
        case .count, .unique, .max: return figure.isBetween(least, most)
        // With negative numbers sums fall, too.
        case .sum: return figure.isBetween(least, most) || figure.isBetween(most, least)
        case .latest: return figure.equals(least)
        }
    }

    /// In what a vendor's metric is another one; nil in nothing.
    package static func difference(_ metric: UsageMetric, _ definition: CatalogueMetric?) -> String? {
        guard let definition else { return nil }
        guard definition.aggregate == metric.aggregate else {
            return "is a \(definition.vendorAggregate), and the gateway's a \(metric.aggregate.rawValue)"
        }
        if metric.aggregate.needsProperty, definition.property != metric.property {
            return
                "takes the property \"\(definition.property ?? "")\", and the gateway's \"\(metric.property ?? "")\""
        }
        return definition.filter.map { "takes only events with \($0)" }
    }
}

/// A figure that a vendor shows.
package struct UsageFigure: Sendable {
    private let number: JSONNumber?

    /// - Parameter text: a decimal number, as a vendor shows it. A text that is not a number equals nothing.
    package init(_ text: String) { number = JSONNumber(text) }

    /// Whether both are the same number, in whatever notation.
    package func equals(_ text: String) -> Bool {
        guard let number, let other = JSONNumber(text) else { return false }
        return number == other
    }

    /// Whether the numbers differ by at most `tolerance`; false if the difference cannot be computed exactly.
    package func isNear(_ text: String, _ tolerance: Double) -> Bool {
        guard let number, let other = JSONNumber(text) else { return false }
        var difference = DecimalSum()
        difference.add(number)
        difference.subtract(other)
        return difference.isExact && difference.approximation.magnitude <= tolerance
    }

    /// Both ends belong to it.
    package func isBetween(_ least: String, _ most: String) -> Bool {
        guard let number, let least = JSONNumber(least), let most = JSONNumber(most) else { return false }
        return least <= number && number <= most
    }
}
