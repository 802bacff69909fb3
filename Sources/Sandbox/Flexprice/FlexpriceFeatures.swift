import Foundation
import HTTPTypes

/// Flexprice's features and the meters behind them. Every plan sells each metered feature, two cents a unit.
///
/// Source: flexprice/flexprice, internal/api/dto/feature.go and meter.go; the SDK creates both in one call.
extension FlexpriceSimulator {
    private static let kinds: [String: UsageKind] = [
        "COUNT": .count, "SUM": .sum, "MAX": .max, "COUNT_UNIQUE": .unique, "LATEST": .latest,
    ]

    /// A metered feature as usage needs it.
    struct Feature {
        let id: String
        let name: String
        let meter: String
        let eventName: String
        let aggregation: String
        let kind: UsageKind
        /// The metered property; nil for a count.
        let field: String?
        /// Texts of which a property must have one, by property.
        let filters: [(key: String, values: [String])]

        fileprivate init?(_ record: Records.Record, _ meters: Records) {
            guard let meter = record.fields["meter_id"]?.string.flatMap({ meters.find(id: $0) }),
                let aggregation = meter.fields["aggregation"]?["type"]?.string,
                let kind = FlexpriceSimulator.kinds[aggregation]
            else { return nil }
            id = record.id
            name = record.fields["name"]?.string ?? ""
            self.meter = meter.id
            eventName = meter.fields["event_name"]?.string ?? ""
            self.aggregation = aggregation
            self.kind = kind
            field = kind == .count ? nil : meter.fields["aggregation"]?["field"]?.string
            filters = (meter.fields["filters"]?.array ?? []).map { filter in
                (filter["key"]?.string ?? "", filter["values"]?.array?.compactMap(\.string) ?? [])
            }
        }
    }

    var features: [Feature] { books.features.all.compactMap { Feature($0, books.meters) } }

    /// Nil for a path that is none of theirs.
    func answerFeatures(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer? {
        let parts = request.path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        switch (request.method, parts) {
        case (.post, ["v1", "meters"]):
            guard let body = SandboxJSON(beginning: request.body) else {
                return validationError("Invalid request payload")
            }
            return createMeter(body, now).map { SimulatedAnswer(201, meter($0)) }
                ?? validationError("Request validation failed")
        case (.get, ["v1", "meters"]):
            return search(books.meters.all.map(meter), SandboxJSON.object(Self.page(request.query)))
        case (.post, ["v1", "features"]): return createFeature(request, now)
        case (.post, ["v1", "features", "search"]):
            let body = SandboxJSON(beginning: request.body) ?? [:]
            let expands = body["expand"]?.string?.split(separator: ",").contains("meters") ?? false
            return search(books.features.all.map { feature($0, withMeter: expands) }, body)
        default: return nil
        }
    }

    /// The numbers of the query, which page through a list.
    private static func page(_ query: [(name: String, value: String)]) -> [SandboxJSON.Member] {
        query.filter { Int($0.value) != nil }.map { .init(name: $0.name, value: .number($0.value)) }
    }

    /// Nil if it is none.
    private func createMeter(_ body: SandboxJSON, _ now: Date) -> Records.Record? {
        guard body["name"]?.string?.isEmpty == false, body["event_name"]?.string?.isEmpty == false,
            body["reset_usage"]?.string != nil, let type = body["aggregation"]?["type"]?.string,
            let kind = Self.kinds[type],
            kind == .count || body["aggregation"]?["field"]?.string?.isEmpty == false
        else { return nil }
        return books.meters.keep(body, externalID: nil, at: now)
    }

    private func createFeature(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        guard let body = SandboxJSON(beginning: request.body), let members = body.members else {
            return validationError("Invalid request payload")
        }
        guard body["name"]?.string?.isEmpty == false, body["type"]?.string == "metered" else {
            return validationError("Request validation failed")
        }
        var meter = body["meter_id"]?.string.flatMap { books.meters.find(id: $0) }
        if let created = body["meter"], !created.isNull { meter = createMeter(created, now) }
        guard let meter else { return validationError("meter_id is required for metered features") }
        let own = members.filter { !["meter", "meter_id"].contains($0.name) }
        let fields = SandboxJSON.object(own + [.init(name: "meter_id", value: .string(meter.id))])
        return SimulatedAnswer(201, feature(books.features.keep(fields, externalID: nil, at: now)))
    }

    private func meter(_ record: Records.Record) -> SandboxJSON {
        let time = SandboxJSON.string(SandboxTime.text(record.createdAt))
        return [
            "id": .string(record.id), "name": record.fields["name"] ?? "", "tenant_id": "tenant_sandbox",
            "event_name": record.fields["event_name"] ?? "", "aggregation": record.fields["aggregation"] ?? [:],
            "filters": record.fields["filters"] ?? [], "reset_usage": record.fields["reset_usage"] ?? "",
            "created_at": time, "updated_at": time, "status": "published",
        ]
    }

    private func feature(_ record: Records.Record, withMeter: Bool = false) -> SandboxJSON {
        let time = SandboxJSON.string(SandboxTime.text(record.createdAt))
        let json: SandboxJSON = [
            "id": .string(record.id), "name": record.fields["name"] ?? "", "type": record.fields["type"] ?? "",
            "lookup_key": record.fields["lookup_key"] ?? "", "description": record.fields["description"] ?? "",
            "meter_id": record.fields["meter_id"] ?? "", "tenant_id": "tenant_sandbox",
            "environment_id": "env_sandbox", "status": "published", "created_at": time, "updated_at": time,
        ]
        let meter = record.fields["meter_id"]?.string.flatMap { books.meters.find(id: $0) }
        guard withMeter, let meter else { return json }
        return .object((json.members ?? []) + [.init(name: "meter", value: self.meter(meter))])
    }
}
