import Events
import Parity
import Testing

/// Figures as vendors show them.
@Suite struct UsageFigureTests {
    @Test(
        arguments: [
            ("1", "1", true), ("1", "1.000", true), ("1e3", "1000", true), ("0", "-0.0", true), (".5", "0.5", true),
            ("007", "7", true), ("1", "1.0000000000000000000000000001", false), ("", "0", false), ("0", "", false),
            ("null", "0", false), ("NaN", "NaN", false), ("Infinity", "Infinity", false), ("1,5", "1.5", false),
            (" 1", "1", false), ("1e999999999", "1e999999999", true), ("1e99999999999", "1e99999999999", false),
        ] as [(String, String, Bool)]
    )
    func `are equal if they are one number`(figure: String, other: String, isEqual: Bool) {
        #expect(UsageFigure(figure).equals(other) == isEqual)
    }

    @Test(
        arguments: [
            ("10", "10", 0, true), ("10", "10.1", 0.1, true), ("10", "10.1000001", 0.1, false),
            ("10", "9.9", 0.1, true),
            ("-10", "10", 20, true), ("-10", "10", 19.9, false), ("x", "10", .infinity, false),
            ("10", "x", .infinity, false),
            // The difference has more digits than are held: unknown, and so never near.
            ("1e40", "1", .infinity, false), ("1e-40", "1", .infinity, false),
            ("123456789012345678901234567890123456789", "0", .infinity, false),
        ] as [(String, String, Double, Bool)]
    )
    func `are near if their exact difference is`(figure: String, other: String, tolerance: Double, isNear: Bool) {
        #expect(UsageFigure(figure).isNear(other, tolerance) == isNear)
    }

    @Test(
        arguments: [
            ("5", "5", "7", true), ("7", "5", "7", true), ("6", "5", "7", true), ("4.999", "5", "7", false),
            ("7.001", "5", "7", false), ("6", "7", "5", false), ("x", "5", "7", false), ("6", "x", "7", false),
            ("6", "5", "", false), ("-1", "-2", "0", true),
        ] as [(String, String, String, Bool)]
    )
    func `are between two others, both included`(figure: String, least: String, most: String, isBetween: Bool) {
        #expect(UsageFigure(figure).isBetween(least, most) == isBetween)
    }

    private static func definition(_ aggregate: MetricAggregate?, _ property: String?, filter: String? = nil)
        -> CatalogueMetric
    {
        CatalogueMetric(
            id: "m",
            name: "M",
            eventName: "api",
            aggregate: aggregate,
            vendorAggregate: aggregate?.rawValue ?? "percentile",
            property: property,
            filter: filter
        )
    }

    @Test(arguments: MetricAggregate.allCases, MetricAggregate.allCases)
    func `of one aggregate are no others, whatever a count's property`(own: MetricAggregate, other: MetricAggregate) {
        let metric = UsageMetric(name: "api", aggregate: own, property: own.needsProperty ? "n" : nil, ids: [:])
        let same = UsageVerdict.difference(metric, Self.definition(other, "n"))
        #expect((same == nil) == (own == other))
        #expect(UsageVerdict.difference(metric, nil) == nil, "nothing is known of it")
        let unknown = UsageVerdict.difference(metric, Self.definition(nil, "n"))
        #expect(unknown == "is a percentile, and the gateway's a \(own.rawValue)")
    }

    @Test func `of a metric that differs in several ways are told by the first`() {
        let metric = UsageMetric(name: "api", aggregate: .sum, property: "n", ids: [:])
        let text = UsageVerdict.difference(metric, Self.definition(.sum, nil, filter: "region"))
        #expect(text == "takes the property \"\", and the gateway's \"n\"")
        #expect(
            UsageVerdict.difference(metric, Self.definition(.sum, "n", filter: "region"))
                == "takes only events with region"
        )
    }
}
