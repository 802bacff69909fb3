import Foundation
import HTTPTypes

/// Lago's billable metrics. Every plan charges for each of them, two cents a unit.
extension LagoSimulator {
    private static let kinds: [String: UsageKind] = [
        "count_agg": .count, "sum_agg": .sum, "max_agg": .max, "unique_count_agg": .unique, "latest_agg": .latest,
    ]

    /// A billable metric as usage needs it.
    struct Metric {
        let id: String
        let code: String
        let name: String
        let aggregation: String
        let kind: UsageKind
        /// The metered property; nil for a count.
        let field: String?

        fileprivate init?(_ record: Records.Record) {
            guard let code = record.externalID, let aggregation = record.fields["aggregation_type"]?.string,
                let kind = LagoSimulator.kinds[aggregation]
            else { return nil }
            id = record.id
            self.code = code
            self.aggregation = aggregation
            self.kind = kind
            name = record.fields["name"]?.string ?? code
            field = kind == .count ? nil : record.fields["field_name"]?.string
        }

        /// What counts the events of a code for which nobody has made a metric, so that usage can be tried without one.
        init(counting code: String) {
            id = "8a4db0c5-0000-4000-8000-000000000002"
            (self.code, name, aggregation, kind, field) = (code, code, "count_agg", .count, nil)
        }
    }

    /// In the order of their names.
    var metrics: [Metric] {
        books.meters.all.compactMap { Metric($0) }.sorted { ($0.name, $0.code) < ($1.name, $1.code) }
    }

    /// Nil for a path that is none of theirs.
    func answerMetrics(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer? {
        let parts = request.path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        guard parts.starts(with: ["api", "v1", "billable_metrics"]) else { return nil }
        switch (request.method, parts.count) {
        case (.post, 3): return createMetric(request, now)
        case (.get, 3): return list(books.meters.all.reversed().map(metric), as: "billable_metrics", request)
        case (.get, 4): return found(books.meters.find(externalID: parts[3]), "billable_metric", metric)
        default: return nil
        }
    }

    private func createMetric(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        guard let body = SandboxJSON(request.body) else {
            return SimulatedAnswer(400, ["status": 400, "error": "Bad Request"])
        }
        guard let fields = body["billable_metric"], fields.members?.isEmpty == false else {
            return missingRoot("billable_metric")
        }
        guard let name = fields["name"]?.string, !name.isEmpty else { return refused(["name": ["value_is_mandatory"]]) }
        guard let code = fields["code"]?.string, !code.isEmpty else { return refused(["code": ["value_is_mandatory"]]) }
        guard let kind = fields["aggregation_type"]?.string.flatMap({ Self.kinds[$0] }) else {
            return refused(["aggregation_type": ["value_is_invalid"]])
        }
        if kind != .count, fields["field_name"]?.string?.isEmpty != false {
            return refused(["field_name": ["value_is_mandatory"]])
        }
        guard books.meters.find(externalID: code) == nil else { return refused(["code": ["value_already_exist"]]) }
        return SimulatedAnswer(
            200,
            ["billable_metric": metric(books.meters.keep(fields, externalID: code, at: now))]
        )
    }

    private func metric(_ record: Records.Record) -> SandboxJSON {
        [
            "lago_id": .string(record.id), "name": record.fields["name"] ?? nil,
            "code": .string(record.externalID ?? ""), "description": record.fields["description"] ?? nil,
            "aggregation_type": record.fields["aggregation_type"] ?? nil, "weighted_interval": nil,
            "recurring": record.fields["recurring"] ?? false, "rounding_function": nil, "rounding_precision": nil,
            "created_at": .string(SandboxTime.text(record.createdAt, decimals: 0)), "expression": nil,
            "field_name": record.fields["field_name"] ?? nil, "filters": record.fields["filters"] ?? [],
        ]
    }
}
