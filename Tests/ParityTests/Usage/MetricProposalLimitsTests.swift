import Events
import Parity
import Testing

/// Proposals over no, one and three catalogues, and over metrics that are alike.
@Suite struct MetricProposalLimitsTests {
    private static func metric(
        _ id: String,
        _ event: String?,
        _ aggregate: MetricAggregate? = .count,
        _ property: String? = nil
    ) -> CatalogueMetric {
        CatalogueMetric(
            id: id,
            name: id,
            eventName: event,
            aggregate: aggregate,
            vendorAggregate: aggregate?.rawValue ?? "custom",
            property: property,
            filter: nil
        )
    }

    private static func catalogue(_ provider: ProviderName, _ metrics: [CatalogueMetric]) -> MetricCatalogue {
        MetricCatalogue(provider: provider, metrics: metrics, originalNames: [:])
    }

    @Test func `are empty without catalogues, and all single with one`() {
        let none = MetricProposal([])
        #expect(none.pairs.isEmpty && none.singles.isEmpty && none.metrics == nil)
        let one = MetricProposal([Self.catalogue("a", [Self.metric("m", "api"), Self.metric("n", nil)])])
        #expect(
            one.pairs.isEmpty && one.singles.map(\.metric.id) == ["m", "n"] && one.singles.map(\.name) == ["api", nil]
        )
    }

    @Test func `pair three providers, or those of them that have the name`() {
        let proposal = MetricProposal([
            Self.catalogue("a", [Self.metric("a1", "api"), Self.metric("a2", "disk")]),
            Self.catalogue("b", [Self.metric("b1", "api")]),
            Self.catalogue("c", [Self.metric("c1", "api"), Self.metric("c2", "disk"), Self.metric("c3", "cpu")]),
        ])
        #expect(proposal.pairs.map(\.name) == ["api", "disk"])
        #expect(proposal.pairs.map(\.ids) == [["a": "a1", "b": "b1", "c": "c1"], ["a": "a2", "c": "c2"]])
        #expect(proposal.singles.map(\.metric.id) == ["c3"])
        #expect(proposal.metrics?.all.map(\.name) == ["api", "disk"])
    }

    @Test func `take of equal metrics the first that a vendor lists`() {
        let proposal = MetricProposal([
            Self.catalogue("a", [Self.metric("a1", "api")]),
            Self.catalogue("b", [Self.metric("b1", "api"), Self.metric("b2", "api")]),
        ])
        #expect(proposal.pairs.map(\.ids) == [["a": "a1", "b": "b1"]])
        #expect(proposal.singles.map(\.metric.id) == ["b2"])
    }

    /// What a gateway computes needs a property, except for a count.
    @Test(arguments: MetricAggregate.allCases)
    func `have no metric where the first provider's lacks the property that it needs`(aggregate: MetricAggregate) {
        let proposal = MetricProposal([
            Self.catalogue("a", [Self.metric("a1", "api", aggregate)]),
            Self.catalogue("b", [Self.metric("b1", "api", aggregate)]),
        ])
        let pair = proposal.pairs.first
        #expect((pair?.metric == nil) == aggregate.needsProperty)
        #expect(
            pair?.differences
                == (aggregate.needsProperty
                    ? ["a computes a \(aggregate.rawValue), which the gateway cannot."] : [])
        )
    }

    @Test func `say of every provider in what its metric differs`() {
        let proposal = MetricProposal([
            Self.catalogue("a", [Self.metric("a1", "api", .sum, "units")]),
            Self.catalogue("b", [Self.metric("b1", "api", .sum, "tokens")]),
            Self.catalogue("c", [Self.metric("c1", "api", .max, "units")]),
        ])
        #expect(
            proposal.pairs.first?.differences == [
                "The metric of b takes the property \"tokens\", and the gateway's \"units\".",
                "The metric of c is a max, and the gateway's a sum.",
            ]
        )
        #expect(proposal.pairs.first?.metric?.property == "units")
    }

    @Test func `propose a count without the property that a vendor lists with it`() throws {
        let proposal = MetricProposal([
            Self.catalogue("a", [Self.metric("a1", "api", .count, "units")]),
            Self.catalogue("b", [Self.metric("b1", "api", .count)]),
        ])
        let pair = try #require(proposal.pairs.first)
        #expect(pair.metric?.property == nil && pair.differences.isEmpty)
    }
}
