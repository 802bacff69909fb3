import Foundation

/// `POST /v1/events/usage`: how many ids an event name has, or the sum of a property, in a window whose end does not belong to it.
///
/// It counts distinct ids where the query counts rows, and of several rows of an id it adds up one. Source: flexprice/flexprice,
/// internal/repository/clickhouse/aggregators.go.
extension FlexpriceSimulator {
    /// Numbers a bucket.
    private struct Tally {
        var count = 0
        var sum = 0.0
    }

    /// The usage of one event name, aggregated as the request says.
    func usage(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        guard let body = SandboxJSON(beginning: request.body), let members = body.members else {
            return validationError("Invalid request payload")
        }
        let texts = Dictionary(members.map { ($0.name, $0.value.string ?? "") }) { $1 }
        guard let name = texts["event_name"], !name.isEmpty, let kind = texts["aggregation_type"]?.uppercased() else {
            return validationError("Request validation failed")
        }
        let times = texts.filter { ["start_time", "end_time"].contains($0.key) && !$0.value.isEmpty }
        guard let window = FlexpriceWindow(times, now) else { return validationError("Invalid request payload") }
        guard window.start <= window.end else { return validationError("end time must be after start time") }
        let size = texts["window_size"] ?? ""
        let zone = texts["timezone"] ?? ""
        guard ["COUNT", "SUM"].contains(kind), size.isEmpty || FlexpriceBucket(size) != nil, ["", "UTC"].contains(zone)
        else { return validationError("the simulator has COUNT and SUM, in windows of its own, in UTC") }
        let property = texts["property_name"] ?? ""
        // Without a property everything is a count.
        let isCount = kind == "COUNT" || property.isEmpty
        let filters = (body["filters"]?.members ?? []).map { ($0.name, $0.value.array?.compactMap(\.string) ?? []) }
        let tallies = tally(
            Asked(name: name, customer: texts["external_customer_id"] ?? "", property: isCount ? nil : property),
            window,
            filters,
            FlexpriceBucket(size),
            now
        )
        // Go writes no infinite number as JSON.
        guard tallies.values.allSatisfy(\.sum.isFinite) else { return failure(500, retryAfter: nil) }
        var answer: [SandboxJSON.Member] = []
        func value(_ tally: Tally) -> SandboxJSON {
            // Less than nothing is nothing.
            isCount ? .number("\(tally.count)") : .number("\(max(0, tally.sum))")
        }
        if size.isEmpty {
            if let tally = tallies.values.first, value(tally) != 0, value(tally) != .number("0.0") {
                answer.append(.init(name: "value", value: value(tally)))
            }
        } else if !tallies.isEmpty {
            let results = tallies.sorted { $0.key < $1.key }.map { start, tally -> SandboxJSON in
                [
                    "window_size": .string(SandboxTime.text(Date(timeIntervalSince1970: Double(start)), decimals: 0)),
                    "value": value(tally),
                ]
            }
            answer.append(.init(name: "results", value: .array(results)))
        }
        answer += [
            .init(name: "event_name", value: .string(name)), .init(name: "type", value: isCount ? "COUNT" : "SUM"),
        ]
        return SimulatedAnswer(200, .object(answer))
    }

    /// The parameters of a usage request.
    private struct Asked {
        let name: String
        let customer: String
        /// Nil for a count.
        let property: String?
    }

    /// By the start of each bucket, in seconds since 1970.
    private func tally(
        _ asked: Asked,
        _ window: FlexpriceWindow,
        _ filters: [(String, [String])],
        _ bucket: FlexpriceBucket?,
        _ now: Date
    ) -> [Int: Tally] {
        var query = BookQuery()
        query.names = [asked.name]
        query.customers = asked.customer.isEmpty ? [] : [asked.customer]
        query.from = window.start * 1000
        query.through = window.end * 1000 - 1
        if !filters.isEmpty {
            query.takes = { found in
                let properties = found.entry.event["properties"]
                return filters.allSatisfy { name, values in
                    values.isEmpty || properties?[name]?.string.map(values.containsBytes) ?? false
                }
            }
        }
        let number = asked.property.flatMap { books.property($0) }
        var tallies: [Int: Tally] = [:]
        var seen: [Int: Set<String>] = [:]
        books.forEach(query, at: now) { row in
            let second = SandboxTime.floored(row.time, by: 1000).quotient
            let start = bucket?.start(of: second) ?? 0
            if row.sharesID, !seen[start, default: []].insert(row.entry.id).inserted { return }
            tallies[start, default: Tally()].count += 1
            guard let property = asked.property else { return }
            tallies[start, default: Tally()].sum +=
                row.amountProperty == number
                ? row.amount : row.entry.event["properties"]?[property]?.amount ?? 0
        }
        return tallies
    }
}

/// Into what spans of time usage is divided, in UTC.
enum FlexpriceBucket: Equatable {
    case seconds(Int)
    case week
    case month

    init?(_ size: String) {
        switch size.uppercased() {
        case "MINUTE": self = .seconds(60)
        case "15MIN": self = .seconds(900)
        case "30MIN": self = .seconds(1800)
        case "HOUR": self = .seconds(3600)
        case "3HOUR": self = .seconds(10_800)
        case "6HOUR": self = .seconds(21_600)
        case "12HOUR": self = .seconds(43_200)
        case "DAY": self = .seconds(86_400)
        case "WEEK": self = .week
        case "MONTH": self = .month
        default: return nil
        }
    }

    /// - Parameter second: since 1970.
    func start(of second: Int) -> Int {
        switch self {
        case .seconds(let length): second - SandboxTime.floored(second, by: length).rest
        // Weeks begin on Sunday; the first day of 1970 was a Thursday.
        case .week: second - SandboxTime.floored(second + 4 * 86_400, by: 7 * 86_400).rest
        case .month: SandboxTime.startOfMonth(second)
        }
    }
}
