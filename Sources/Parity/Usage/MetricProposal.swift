package import Events

/// What a provider can bill by.
package struct MetricCatalogue: Sendable {
    package let provider: ProviderName
    package let metrics: [CatalogueMetric]
    /// The names of events as the application sends them, by what routes rename them to.
    package let originalNames: [String: String]

    package init(provider: ProviderName, metrics: [CatalogueMetric], originalNames: [String: String]) {
        self.provider = provider
        self.metrics = metrics
        self.originalNames = originalNames
    }

    /// The event name that a metric takes, as the application sends it; nil if it is not distinguished by one name.
    fileprivate func name(of metric: CatalogueMetric) -> String? {
        metric.eventName.map { originalNames[$0] ?? $0 }
    }
}

/// Which metrics of several providers bill the same, and in what they differ: a proposal for people.
package struct MetricProposal: Sendable, Equatable {
    /// Metrics of one event name, one a provider.
    package struct Pair: Sendable, Equatable {
        /// The metric as the first provider computes it; nil if the gateway cannot.
        package let metric: UsageMetric?
        package let name: String
        package let ids: [ProviderName: String]
        /// Sentences for people, by provider.
        package let differences: [String]
    }

    /// A metric for which another provider has none.
    package struct Single: Sendable, Equatable {
        package let provider: ProviderName
        package let metric: CatalogueMetric
        /// As the application sends the events; nil if it is not distinguished by one name.
        package let name: String?
    }

    /// By event name.
    package let pairs: [Pair]
    /// By provider, in the order in which the vendors list them.
    package let singles: [Single]

    /// - Parameter catalogues: of two providers or more; the first one's metrics say how an amount is computed.
    package init(_ catalogues: [MetricCatalogue]) {
        var (pairs, paired): ([Pair], [ProviderName: Set<String>]) = ([], [:])
        guard let first = catalogues.first else {
            (self.pairs, singles) = ([], [])
            return
        }
        let names = Set(first.metrics.compactMap(first.name))
        for name in names.sorted() {
            let own = first.metrics.filter { first.name(of: $0) == name }
            // One metric a name: of several the one that the others have, too.
            let choices = own.map { metric in
                (metric, catalogues.dropFirst().map { other in Self.counterpart(of: metric, named: name, in: other) })
            }
            let best = choices.max { left, right in
                Self.likeness(left.0, left.1) < Self.likeness(right.0, right.1)
            }
            guard let (metric, others) = best, others.contains(where: { $0 != nil }) else { continue }
            var chosen = [(first.provider, metric)]
            for (catalogue, other) in zip(catalogues.dropFirst(), others) {
                if let other { chosen.append((catalogue.provider, other)) }
            }
            for (provider, metric) in chosen { paired[provider, default: []].insert(metric.id) }
            pairs.append(Self.pair(name, chosen))
        }
        self.pairs = pairs
        singles = catalogues.flatMap { catalogue in
            catalogue.metrics.filter { !(paired[catalogue.provider]?.contains($0.id) ?? false) }.map { metric in
                Single(provider: catalogue.provider, metric: metric, name: catalogue.name(of: metric))
            }
        }
    }

    /// The pairs as `metrics` of a comparison; nil if the gateway can compute none of them.
    package var metrics: UsageMetrics? {
        let metrics = pairs.compactMap(\.metric)
        return metrics.isEmpty ? nil : UsageMetrics(metrics)
    }

    private static func counterpart(of metric: CatalogueMetric, named name: String, in catalogue: MetricCatalogue)
        -> CatalogueMetric?
    {
        // Of equals the one that the vendor lists first.
        catalogue.metrics.filter { catalogue.name(of: $0) == name }
            .max { likeness(metric, [$0]) < likeness(metric, [$1]) }
    }

    private static func likeness(_ metric: CatalogueMetric, _ others: [CatalogueMetric?]) -> Int {
        others.reduce(0) { sum, other in
            guard let other else { return sum }
            return sum + 1 + (other.aggregate == metric.aggregate ? 4 : 0) + (other.property == metric.property ? 2 : 0)
        }
    }

    private static func pair(_ name: String, _ chosen: [(ProviderName, CatalogueMetric)]) -> Pair {
        let (ids, definition) = (Dictionary(uniqueKeysWithValues: chosen.map { ($0.0, $0.1.id) }), chosen[0].1)
        guard let aggregate = definition.aggregate, !aggregate.needsProperty || definition.property != nil else {
            let sentence = "\(chosen[0].0) computes a \(definition.vendorAggregate), which the gateway cannot."
            return Pair(metric: nil, name: name, ids: ids, differences: [sentence])
        }
        let metric = UsageMetric(
            name: name,
            aggregate: aggregate,
            property: aggregate.needsProperty ? definition.property : nil,
            ids: ids
        )
        let differences = chosen.compactMap { provider, other in
            UsageVerdict.difference(metric, other).map { "The metric of \(provider) \($0)." }
        }
        return Pair(metric: metric, name: name, ids: ids, differences: differences)
    }
}
