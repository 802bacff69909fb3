package import Events
package import JSON

/// What the application bills by, and what vendors call it.
package struct UsageMetric: Sendable, Equatable {
    /// The name of the events that it takes, as the application sends them.
    package let name: String
    package let aggregate: MetricAggregate
    /// The metered property; nil for a count.
    package let property: String?
    /// The vendor's id by provider; see ``CatalogueMetric/id``.
    package let ids: [ProviderName: String]

    package init(name: String, aggregate: MetricAggregate, property: String?, ids: [ProviderName: String]) {
        self.name = name
        self.aggregate = aggregate
        self.property = property
        self.ids = ids
    }
}

/// Why a text is no list of metrics, for people.
package struct UsageMetricsFault: Error, Sendable, Equatable {
    package let message: String
}

/// The metrics of a comparison, one an event name.
package struct UsageMetrics: Sendable, Equatable {
    /// In the order of their names.
    package let all: [UsageMetric]

    /// Metrics of one comparison.
    package static let most = 100
    private static let longest = 255

    /// Sorts the metrics by name.
    package init(_ metrics: [UsageMetric]) { all = metrics.sorted { $0.name < $1.name } }

    /// The metric with this name; nil if there is none.
    package subscript(name: String) -> UsageMetric? { all.first { $0.name.exact == name.exact } }

    /// Reads `{"api_request": {"aggregate": "sum", "property": "units", "names": {"lago-prod": "api_request"}}}`, as `metrics` of a
    /// migration in `routes.json`. The names may also be members beside the aggregate.
    /// - Throws: ``UsageMetricsFault`` that names the member and says how to fix it.
    package init(parsing value: JSONValue) throws(UsageMetricsFault) {
        guard value.kind == .object else {
            throw UsageMetricsFault(
                message: "metrics must be an object such as {\"api_request\": {\"aggregate\": \"count\", …}}"
            )
        }
        var metrics: [ExactText: UsageMetric] = [:]
        for member in value.members {
            let metric = try Self.metric(member.name, member.value)
            guard metrics.updateValue(metric, forKey: member.name.exact) == nil else {
                throw UsageMetricsFault(message: "metric \"\(member.name.prefix(60))\" is given twice")
            }
        }
        guard (1...Self.most).contains(metrics.count) else {
            throw UsageMetricsFault(message: "metrics must hold 1 to \(Self.most) metrics; found \(metrics.count)")
        }
        self.init(Array(metrics.values))
    }

    private static func metric(_ name: String, _ value: JSONValue) throws(UsageMetricsFault) -> UsageMetric {
        let place = "metric \"\(name.prefix(60))\""
        guard value.kind == .object, !name.isEmpty, name.utf8.count <= longest else {
            throw UsageMetricsFault(
                message: "\(place) must be an object with \"aggregate\", \"property\" and the vendor's id by provider"
            )
        }
        var (aggregate, property): (MetricAggregate?, String?) = (nil, nil)
        var ids: [ProviderName: String] = [:]
        for member in value.members.flatMap({ $0.name == "names" ? Array($0.value.members) : [$0] }) {
            guard let text = member.value.string, !text.isEmpty, text.utf8.count <= longest else {
                throw UsageMetricsFault(
                    message: "\(place): \"\(member.name.prefix(60))\" must be a string of 1 to \(longest) bytes"
                )
            }
            switch member.name {
            case "aggregate":
                guard let known = MetricAggregate(rawValue: text) else {
                    let words = MetricAggregate.allCases.map(\.rawValue).joined(separator: ", ")
                    throw UsageMetricsFault(
                        message: "\(place): unknown aggregate \"\(text.prefix(60))\"; use one of \(words)"
                    )
                }
                aggregate = known
            case "property": property = text
            default: ids[ProviderName(member.name)] = text
            }
        }
        guard let aggregate else { throw UsageMetricsFault(message: "\(place) lacks \"aggregate\"") }
        guard aggregate.needsProperty == (property != nil) else {
            throw UsageMetricsFault(
                message: aggregate.needsProperty
                    ? "\(place) lacks \"property\", which the aggregate \(aggregate.rawValue) needs"
                    : "\(place): a count has no \"property\"; leave it out"
            )
        }
        return UsageMetric(name: name, aggregate: aggregate, property: property, ids: ids)
    }

    /// As ``init(parsing:)`` reads it.
    package var text: String {
        var writer = JSONWriter(capacity: 128 * all.count)
        writer.beginObject()
        for metric in all {
            writer.key(metric.name)
            writer.beginObject()
            writer.member("aggregate", string: metric.aggregate.rawValue)
            if let property = metric.property { writer.member("property", string: property) }
            writer.key("names")
            writer.beginObject()
            for (provider, id) in metric.ids.sorted(by: { $0.key < $1.key }) {
                writer.member(provider.rawValue, string: id)
            }
            writer.endObject()
            writer.endObject()
        }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
