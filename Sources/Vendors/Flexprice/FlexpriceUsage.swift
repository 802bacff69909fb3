import Events
import JSON

/// What Flexprice bills, and its metered features.
///
/// Usage is of a customer with a subscription; times are cut to whole seconds, and the end does not belong to the window. A quantity that is
/// negative or no number counts as 0. Source: flexprice/flexprice, internal/api/dto/events.go and
/// internal/ee/service/meter_usage_tracking.go.
extension FlexpriceReads {
    private static let catalogPage = 100
    private static let mostPages = 100

    func usage(of customer: UsageCustomer, metrics: [String], in window: ReadWindow) -> VendorInquiry<[VendorUsage]> {
        guard let id = customer.id else { return .unsupported("Flexprice bills by customer, and the events name none") }
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.member("external_customer_id", string: id)
        writer.member("feature_ids", strings: metrics)
        let seconds = FlexpriceWindow(from: window.from, before: window.until)
        writer.member("start_time", string: seconds.startText)
        writer.member("end_time", string: seconds.endText)
        writer.endObject()
        return .ask(VendorRequest(path: "/v1/events/analytics", body: writer.bytes)) { answer in
            let code = JSONDocument(ifValid: answer.body)?.root["code"]?.string
            // Nobody is billed who is not there.
            if answer.status == 404, code == "not_found" { return .done([]) }
            let read = ReadAnswer(vendor: Self.vendor, answer: answer)
            switch read.document {
            case .failure(let fault): return .failed(fault)
            case .success(let document):
                guard let rows = Self.rows(document.root, id) else { return .failed(read.notUnderstood) }
                return .done(rows)
            }
        }
    }

    /// A feature has an item for each price by which it is sold.
    private static func rows(_ root: JSONValue, _ customer: String) -> [VendorUsage]? {
        guard let items = root["items"], items.kind == .array || items.isNull else { return nil }
        var totals: [String: (sum: DecimalSum, events: Int, cost: Cost)] = [:]
        for item in items.elements {
            guard let feature = item["feature_id"]?.string,
                let units = item["total_usage"].flatMap({ $0.string ?? $0.numberText }), let number = JSONNumber(units)
            else { return nil }
            var total = totals[feature] ?? (DecimalSum(), 0, Cost())
            total.sum.add(number)
            let (events, overflows) = total.events.addingReportingOverflow(
                item["event_count"]?.int64.flatMap { Int(exactly: $0) } ?? 0
            )
            guard !overflows else { return nil }
            total.events = events
            total.cost.add(item)
            totals[feature] = total
        }
        var rows: [VendorUsage] = []
        for (feature, total) in totals.sorted(by: { $0.key < $1.key }) {
            guard let units = total.sum.text else { return nil }
            rows.append(
                VendorUsage(
                    metric: feature,
                    customerID: customer,
                    units: units,
                    events: total.events,
                    period: nil,
                    billed: total.cost.billed
                )
            )
        }
        return rows
    }

    /// What the items of a feature cost together.
    private struct Cost {
        private var sum = DecimalSum()
        private var currency: String?
        /// Whether each item has told its cost, in one currency.
        private var isKnown = true

        mutating func add(_ item: JSONValue) {
            guard let cost = item["total_cost"].flatMap({ $0.string ?? $0.numberText }).flatMap({ JSONNumber($0) }),
                let itsCurrency = item["currency"]?.string, !itsCurrency.isEmpty,
                currency == nil || currency == itsCurrency
            else { return isKnown = false }
            currency = itsCurrency
            sum.add(cost)
        }

        var billed: BilledAmount? {
            guard isKnown, let currency, let amount = sum.text else { return nil }
            return BilledAmount(amount: amount, currency: currency.uppercased())
        }
    }

    func catalogue() -> VendorInquiry<[CatalogueMetric]> { Self.catalogue(page: 0, before: []) }

    private static func catalogue(page: Int, before: [CatalogueMetric]) -> VendorInquiry<[CatalogueMetric]> {
        var writer = JSONWriter(capacity: 96)
        writer.beginObject()
        writer.member("limit", integer: catalogPage)
        writer.member("offset", integer: page * catalogPage)
        writer.member("expand", string: "meters")
        writer.endObject()
        return .read(VendorRequest(path: "/v1/features/search", body: writer.bytes), of: vendor) { root, read in
            guard let items = root["items"], items.kind == .array || items.isNull else {
                return .failed(read.notUnderstood)
            }
            var metrics = before
            for item in items.elements where item["type"]?.string == "metered" {
                guard let id = item["id"]?.string, let meter = item["meter"], meter.kind == .object else {
                    return .failed(read.notUnderstood)
                }
                metrics.append(metric(id, item, meter))
            }
            guard Array(items.elements).count == catalogPage else { return .done(metrics) }
            guard page + 1 < mostPages else {
                let message = "Flexprice has more than \(mostPages * catalogPage) features"
                return .failed(DeliveryFault(code: .vendorError, message: message))
            }
            return catalogue(page: page + 1, before: metrics)
        }
    }

    private static func metric(_ id: String, _ item: JSONValue, _ meter: JSONValue) -> CatalogueMetric {
        let aggregation = meter["aggregation"]
        let word = aggregation?["type"]?.string ?? ""
        let aggregate: MetricAggregate? =
            switch word {
            case "COUNT": .count
            case "SUM": .sum
            case "MAX": .max
            case "COUNT_UNIQUE": .unique
            case "LATEST": .latest
            default: nil
            }
        // Such meters compute other figures than their type says.
        let refined = ["expression", "bucket_size", "multiplier"].first { aggregation?[$0]?.string?.isEmpty == false }
        let filters = (meter["filters"].map { Array($0.elements) } ?? []).map { filter in
            let values = (filter["values"].map { Array($0.elements) } ?? []).compactMap(\.string).joined(
                separator: ", "
            )
            return "\(filter["key"]?.string ?? "") in (\(values))"
        }
        return CatalogueMetric(
            id: id,
            name: item["name"]?.string ?? id,
            eventName: meter["event_name"]?.string,
            aggregate: refined == nil ? aggregate : nil,
            vendorAggregate: refined.map { "\(word) with \($0)" } ?? word,
            property: aggregation?["field"]?.string.flatMap { $0.isEmpty ? nil : $0 },
            filter: filters.isEmpty ? nil : filters.joined(separator: " and ")
        )
    }
}
