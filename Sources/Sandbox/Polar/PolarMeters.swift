import Foundation
import HTTPTypes

/// Polar's meters, and their quantities by the hour or the day in UTC.
///
/// Source: polarsource/polar, server/polar/meter/service.py and aggregation.py (c6c3645e).
extension PolarSimulator {
    /// The longest span of a question, in days, by interval.
    private static let longestDays = ["hour": 7, "day": 366]
    private static let widths = ["hour": 3_600_000, "day": 86_400_000]

    /// Nil for a path that is none of theirs.
    func answerMeters(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer? {
        let parts = request.path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        guard parts.starts(with: ["v1", "meters"]) else { return nil }
        switch (request.method, parts.count) {
        case (.post, 2): return createMeter(request, now)
        case (.get, 2):
            let meters = meters.map(meter)
            return SimulatedAnswer(
                200,
                [
                    "items": .array(meters),
                    "pagination": ["total_count": .number("\(meters.count)"), "max_page": meters.isEmpty ? 0 : 1],
                ]
            )
        case (.get, 3): return findMeter(parts[2]).map { SimulatedAnswer(200, meter($0)) } ?? noMeter
        case (.get, 4) where parts[3] == "quantities":
            return findMeter(parts[2]).map { quantities(of: $0, request, now) } ?? noMeter
        default: return nil
        }
    }

    /// As long as nobody has made a meter, one that counts all events but those that the setting `without_metric` names.
    var meters: [Records.Record] {
        let made = books.meters.all
        guard made.isEmpty else { return made }
        let clauses = books.settings.withoutMetric.sorted().map { name -> SandboxJSON in
            ["property": "name", "operator": "ne", "value": .string(name)]
        }
        return [
            Records.Record(
                id: "8a4db0c5-0000-4000-8000-000000000003",
                externalID: nil,
                createdAt: Date(timeIntervalSince1970: 1_767_225_600),
                fields: [
                    "name": "Events", "aggregation": ["func": "count"],
                    "filter": ["conjunction": "and", "clauses": .array(clauses)],
                ]
            )
        ]
    }

    private func findMeter(_ id: String) -> Records.Record? { meters.first { $0.id == id } }

    private var noMeter: SimulatedAnswer { SimulatedAnswer(404, ["error": "ResourceNotFound", "detail": "Not found"]) }

    private func createMeter(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        let body = SandboxJSON(request.body) ?? nil
        let kind = body["aggregation"]?["func"]?.string
        guard body["name"]?.string != nil, let filter = body["filter"], PolarFilter(filter) != nil,
            kind == "count"
                || ["sum", "max", "unique"].contains(kind) && body["aggregation"]?["property"]?.string != nil
        else {
            return refused([
                PolarValidationError(
                    type: "value_error",
                    location: ["body"],
                    message:
                        "The simulator's meters have a name, a filter, and the aggregation count, sum, max or unique"
                )
            ])
        }
        return SimulatedAnswer(201, meter(books.meters.keep(body, externalID: nil, at: now)))
    }

    func meter(_ record: Records.Record) -> SandboxJSON {
        [
            "id": .string(record.id), "created_at": .string(SandboxTime.text(record.createdAt, decimals: 6)),
            "modified_at": nil, "metadata": [:], "unit": "scalar", "custom_label": nil,
            "custom_multiplier": nil, "name": record.fields["name"] ?? nil,
            "filter": record.fields["filter"] ?? nil, "aggregation": record.fields["aggregation"] ?? nil,
            "organization_id": .string(Self.organization), "archived_at": nil,
        ]
    }

    private func quantities(of meter: Records.Record, _ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        let interval = request.parameter("interval") ?? ""
        let times = ["start_timestamp", "end_timestamp"].map { name in
            request.parameter(name).flatMap(PolarTime.exact)?.milliseconds
        }
        guard let start = times[0], let end = times[1], let width = Self.widths[interval],
            let longest = Self.longestDays[interval]
        else {
            return refused([
                PolarValidationError(
                    type: "missing",
                    location: ["query"],
                    message: "start_timestamp, end_timestamp and interval hour or day are needed"
                )
            ])
        }
        let days = [start, end].map { SandboxTime.floored($0, by: 86_400_000).quotient }
        guard start <= end, days[1] - days[0] <= longest else {
            let message =
                "The interval is too small for the given date range. Use a larger interval or reduce the date range."
            return refused(
                [PolarValidationError(type: "value_error", location: ["query"], message: message)],
                error: "PolarRequestValidationError"
            )
        }
        let shown = quantities(of: meter, from: start, through: end, by: width, now)
        // Python's writer of responses refuses infinite numbers.
        guard shown.total.isFinite, shown.buckets.values.allSatisfy(\.isFinite) else {
            return failure(500, retryAfter: nil)
        }
        // A bucket is shown whole whatever the bounds.
        let items = stride(from: start, through: end, by: width).map { time -> SandboxJSON in
            let quantity = shown.buckets[SandboxTime.floored(time, by: width).quotient] ?? 0
            return ["timestamp": .string(SandboxTime.text(milliseconds: time)), "quantity": .number("\(quantity)")]
        }
        return SimulatedAnswer(200, ["quantities": .array(items), "total": .number("\(shown.total)")])
    }

    /// The property that a meter looks at; nil for a count.
    static func property(of meter: Records.Record) -> String? {
        meter.fields["aggregation"]?["property"]?.string.map { name in
            name.hasPrefix("metadata.") ? String(name.dropFirst("metadata.".count)) : name
        }
    }

    /// By the number of the bucket. Only JSON numbers are added or compared, as 64-bit floats.
    private func quantities(of meter: Records.Record, from start: Int, through end: Int, by width: Int, _ now: Date)
        -> (buckets: [Int: Double], total: Double)
    {
        let property = Self.property(of: meter)
        guard let filter = PolarFilter(meter.fields["filter"] ?? nil),
            let kind = meter.fields["aggregation"]?["func"]?.string.flatMap(UsageKind.init)
        else { return ([:], 0) }
        var total = UsageTally<Double>(kind)
        var query = BookQuery()
        query.from = SandboxTime.floored(start, by: width).quotient * width
        query.through = (SandboxTime.floored(end, by: width).quotient + 1) * width - 1
        var tallies: [Int: UsageTally<Double>] = [:]
        books.forEach(query, at: now) { row in
            guard filter.takes(row.entry.event, atSecond: SandboxTime.floored(row.time, by: 1000).quotient) else {
                return
            }
            guard let (amount, text) = Self.metered(row.entry.event, property, kind) else { return }
            let bucket = SandboxTime.floored(row.time, by: width).quotient
            tallies[bucket, default: UsageTally(kind)].add(amount, text, at: row.time)
            total.add(amount, text, at: row.time)
        }
        return (tallies.mapValues(\.units), total.units)
    }

    /// What a meter makes of an event; nil for nothing.
    static func metered(_ event: SandboxJSON, _ property: String?, _ kind: UsageKind) -> (amount: Double, text: String)?
    {
        guard let property else { return (1, "") }
        guard let value = event["metadata"]?[property] else { return nil }
        if kind == .unique { return (0, value.text) }
        return value.number.flatMap { Double($0) }.map { ($0, "") }
    }
}
