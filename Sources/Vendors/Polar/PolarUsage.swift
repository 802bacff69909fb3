import Events
import JSON

/// What Polar bills, and its meters.
///
/// A customer meter holds what was consumed since the last reset, by receipt, as a 64-bit float; it is brought up to date from seconds to
/// hours after an event. Source: polarsource/polar, server/polar/customer_meter/service.py and server/polar/meter/aggregation.py.
extension PolarReads {
    /// Pages of customers, or of meters, that one read takes.
    private static let mostPages = 1000

    func usage(of metric: String) -> VendorInquiry<[VendorUsage]> { Self.usage(of: metric, page: 1, before: []) }

    private static func usage(of meter: String, page: Int, before: [VendorUsage]) -> VendorInquiry<[VendorUsage]> {
        let parameters = [
            (name: "meter_id", value: meter), ("page", "\(page)"), ("limit", "\(largestPage)"),
            // The order of pages that do not shift while usage changes.
            ("sorting", "created_at"),
        ]
        let path = "/v1/customer-meters/" + PercentEncoding.query(parameters)
        return .read(VendorRequest(method: "GET", path: path, body: []), of: vendor) { root, read in
            guard let items = root["items"], items.kind == .array, let last = root["pagination"]?["max_page"]?.int64
            else { return .failed(read.notUnderstood) }
            var rows = before
            for item in items.elements {
                guard let units = item["consumed_units"]?.numberText, let customer = item["customer"],
                    customer.kind == .object
                else { return .failed(read.notUnderstood) }
                rows.append(
                    VendorUsage(
                        metric: meter,
                        customerID: customer["external_id"]?.string,
                        units: units,
                        events: nil,
                        period: nil
                    )
                )
            }
            guard page < last else { return .done(rows) }
            guard page < mostPages else { return .failed(tooMany("customers")) }
            return usage(of: meter, page: page + 1, before: rows)
        }
    }

    func catalogue() -> VendorInquiry<[CatalogueMetric]> { Self.meters(Self.metric, page: 1, before: []) { .done($0) } }

    var obstacles: ObstacleTraits { ObstacleTraits(ofNames: true) }

    /// By the filters of all meters. An event that none of them takes is stored, and on no customer's meter.
    func countedNames() -> VendorInquiry<CountedNames> {
        Self.meters({ PolarMeterFilter($1["filter"]) }, page: 1, before: []) { filters in
            .done(CountedNames { name in filters.contains { $0.mayTake(name) } })
        }
    }

    /// All meters that are not archived: those that are count nothing.
    private static func meters<Meter: Sendable, Value>(
        _ meter: @escaping @Sendable (String, JSONValue) -> Meter,
        page: Int,
        before: [Meter],
        _ end: @escaping @Sendable ([Meter]) -> VendorInquiry<Value>
    ) -> VendorInquiry<Value> {
        let parameters = [(name: "is_archived", value: "false"), ("page", "\(page)"), ("limit", "\(largestPage)")]
        let path = "/v1/meters/" + PercentEncoding.query(parameters)
        return .read(VendorRequest(method: "GET", path: path, body: []), of: vendor) { root, read in
            guard let items = root["items"], items.kind == .array, let last = root["pagination"]?["max_page"]?.int64
            else { return .failed(read.notUnderstood) }
            var all = before
            for item in items.elements {
                guard let id = item["id"]?.string else { return .failed(read.notUnderstood) }
                all.append(meter(id, item))
            }
            guard page < last else { return end(all) }
            guard page < mostPages else { return .failed(tooMany("meters")) }
            return meters(meter, page: page + 1, before: all, end)
        }
    }

    private static func metric(_ id: String, _ item: JSONValue) -> CatalogueMetric {
        let word = item["aggregation"]?["func"]?.string ?? ""
        let aggregate: MetricAggregate? =
            switch word {
            case "count": .count
            case "sum": .sum
            case "max": .max
            case "unique": .unique
            default: nil
            }
        let property = item["aggregation"]?["property"]?.string
        let (name, filter) = item["filter"].map(name(in:)) ?? (nil, nil)
        return CatalogueMetric(
            id: id,
            name: item["name"]?.string ?? id,
            eventName: name,
            aggregate: aggregate,
            vendorAggregate: word,
            property: property.map { $0.hasPrefix("metadata.") ? String($0.dropFirst("metadata.".count)) : $0 },
            filter: filter
        )
    }

    /// The one name that a filter takes, and what else it wants.
    private static func name(in filter: JSONValue) -> (name: String?, rest: String?) {
        let clauses = filter["clauses"].map { Array($0.elements) } ?? []
        // Polar's own editor puts each group into another one.
        if clauses.count == 1, let inner = clauses.first, inner["clauses"] != nil { return name(in: inner) }
        let isAll = filter["conjunction"]?.string == "and" || clauses.count == 1
        let names = clauses.filter { $0["property"]?.string == "name" && $0["operator"]?.string == "eq" }
        guard isAll, names.count == 1 else {
            return (nil, clauses.isEmpty ? nil : String(decoding: filter.raw, as: UTF8.self))
        }
        let others = clauses.filter { !($0["property"]?.string == "name" && $0["operator"]?.string == "eq") }
        let rest = others.map { String(decoding: $0.raw, as: UTF8.self) }.joined(separator: " and ")
        return (names[0]["value"]?.string, rest.isEmpty ? nil : rest)
    }

    private static func tooMany(_ what: String) -> DeliveryFault {
        DeliveryFault(code: .vendorError, message: "Polar has more than \(mostPages * largestPage) \(what)")
    }
}
