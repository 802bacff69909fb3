import Events
import Parity
import Testing

/// Which metrics of two vendors are the same.
@Suite struct MetricProposalTests {
    private static func metric(
        _ id: String,
        _ event: String?,
        _ aggregate: MetricAggregate?,
        _ property: String? = nil,
        filter: String? = nil
    ) -> CatalogueMetric {
        CatalogueMetric(
            id: id,
            name: id,
            eventName: event,
            aggregate: aggregate,
            vendorAggregate: aggregate?.rawValue ?? "weighted_sum",
            property: property,
            filter: filter
        )
    }

    private static func propose(
        _ first: [CatalogueMetric],
        _ second: [CatalogueMetric],
        renamed: [String: String] = [:]
    ) -> MetricProposal {
        MetricProposal([
            MetricCatalogue(provider: "a", metrics: first, originalNames: [:]),
            MetricCatalogue(provider: "b", metrics: second, originalNames: renamed),
        ])
    }

    @Test func `metrics of one event name are a pair, also where routes rename it`() throws {
        let proposal = Self.propose(
            [Self.metric("api", "api", .sum, "units"), Self.metric("seat", "seat", .count)],
            [Self.metric("m1", "api.request", .sum, "units"), Self.metric("m2", "seat", .count)],
            renamed: ["api.request": "api"]
        )
        #expect(proposal.singles.isEmpty && proposal.pairs.allSatisfy(\.differences.isEmpty))
        let text =
            #"{"api":{"aggregate":"sum","property":"units","names":{"a":"api","b":"m1"}},"seat":{"aggregate":"count","names":{"a":"seat","b":"m2"}}}"#
        #expect(proposal.metrics?.text == text)
    }

    @Test func `of several metrics of a name, those that are alike are paired`() {
        let first = [Self.metric("count", "api", .count), Self.metric("sum", "api", .sum, "units")]
        let second = [
            Self.metric("other", "api", .sum, "tokens"), Self.metric("same", "api", .sum, "units"),
            Self.metric("max", "api", .max, "units"),
        ]
        for first in [first, first.reversed()] {
            for second in [second, second.reversed()] {
                let proposal = Self.propose(first, second)
                #expect(proposal.pairs.map(\.ids) == [["a": "sum", "b": "same"]])
                #expect(Set(proposal.singles.map(\.metric.id)) == ["count", "other", "max"])
            }
        }
    }

    @Test(arguments: [
        (metric("m", "api", .count), "is a count, and the gateway's a sum"),
        (metric("m", "api", .sum, "tokens"), "takes the property \"tokens\""),
        (metric("m", "api", .sum, "units", filter: "region in (eu)"), "takes only events with region in (eu)"),
    ])
    func `says in what a pair differs`(other: CatalogueMetric, words: String) {
        let pair = Self.propose([Self.metric("api", "api", .sum, "units")], [other]).pairs.first
        #expect(
            pair?.differences.count == 1 && pair?.differences[0].contains(words) == true,
            "\(pair?.differences ?? [])"
        )
        #expect(pair?.metric?.aggregate == .sum, "the first provider's metric says how it is computed")
    }

    @Test func `what only one has, or nobody can tell apart, stays single`() {
        let proposal = Self.propose(
            [Self.metric("api", "api", .count), Self.metric("any", nil, .count)],
            [Self.metric("other", "other", .count)]
        )
        #expect(proposal.pairs.isEmpty && proposal.metrics == nil)
        #expect(proposal.singles.map(\.metric.id) == ["api", "any", "other"])
    }

    @Test func `what the gateway cannot compute is a pair without a metric`() {
        let proposal = Self.propose([Self.metric("w", "api", nil, "units")], [Self.metric("m", "api", .sum, "units")])
        #expect(proposal.pairs.map(\.metric) == [nil] && proposal.metrics == nil)
        #expect(proposal.pairs[0].differences == ["a computes a weighted_sum, which the gateway cannot."])
    }
}
