import ConfigurationFile
package import Events
import JSON

/// How the vendors of a migration make a figure of their bills out of the events of one name.
package struct MigrationMetric: Sendable, Equatable {
    package let aggregate: MetricAggregate
    /// Whose values count; nil if events are counted.
    package let property: String?
    /// What the metric is called at the providers, where that is known.
    package let names: [ProviderName: String]

    static let fields = [
        Field(
            "aggregate",
            .choice(MetricAggregate.allCases.map(\.rawValue)),
            required: true,
            "How the figure is made."
        ),
        Field("property", .text, "The property whose values count; required unless events are counted."),
        Field(
            "names",
            .map(.text),
            "What the metric is at each of the two providers, by the provider: the code of a billable metric or the ID of a meter."
        ),
    ]

    /// Names with a metric in one migration.
    static let most = 1000

    /// Reads the metrics of a migration, by the names of events.
    /// - Parameter providers: of the migration.
    static func read(_ map: JSONValue?, of providers: [String], _ fields: inout FieldReader) -> [String:
        MigrationMetric]
    {
        var metrics: [String: MigrationMetric] = [:]
        let members = map.map { Array($0.members) } ?? []
        if let map, members.count > most { fields.fault(map, "a migration has at most \(most) metrics") }
        for member in members.prefix(most) {
            guard member.value.kind == .object else {
                fields.fault(member.value, "a metric must be an object, found \(member.value.kind.phrase)")
                continue
            }
            guard let metric = MigrationMetric(member.value, providers, &fields) else { continue }
            if metrics.updateValue(metric, forKey: member.name) != nil {
                fields.fault(member.key, "the metric of \"\(member.name)\" is duplicated")
            }
        }
        return metrics
    }

    private init?(_ value: JSONValue, _ providers: [String], _ fields: inout FieldReader) {
        let members = fields.members(of: value, Self.fields, in: "a metric")
        guard let aggregate = members["aggregate"]?.string.flatMap(MetricAggregate.init(rawValue:)) else { return nil }
        let property = members["property"]?.string
        if aggregate == .count, let value = members["property"] {
            fields.fault(value, "\"property\" has no effect with \"count\", which counts events; remove it")
        }
        if aggregate != .count, property == nil {
            fields.fault(
                value,
                "\"property\" is missing in a metric: \"\(aggregate.rawValue)\" needs the property whose values count"
            )
        }
        var names: [ProviderName: String] = [:]
        for member in members["names"].map({ Array($0.members) }) ?? [] {
            guard providers.contains(member.name) else {
                let hint = fields.hint(for: member.name, among: providers)
                fields.fault(member.key, "\"\(member.name)\" is no provider of this migration\(hint)")
                continue
            }
            guard let name = member.value.string, !name.isEmpty else {
                fields.fault(member.value, "\"names\" must give the metric's name at \"\(member.name)\"")
                continue
            }
            names[ProviderName(member.name)] = name
        }
        self.aggregate = aggregate
        self.property = property
        self.names = names
    }
}
