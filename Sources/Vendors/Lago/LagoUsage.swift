import Events
import JSON

/// What Lago bills, and its billable metrics.
///
/// Usage is of a subscription: of the current period, and of past ones once they are invoiced. Lago shows the first and the last second
/// of a period. Source: getlago/lago-api, app/controllers/api/v1/customers/usage_controller.rb and
/// app/services/invoices/customer_usage_service.rb.
extension LagoReads {
    /// Pages of past periods or of metrics that one read takes.
    private static let mostPages = 100

    func usage(of customer: UsageCustomer, metrics: [String], in window: ReadWindow) -> VendorInquiry<[VendorUsage]> {
        guard let subscription = customer.subscriptionID else {
            return .unsupported("Lago bills by subscription, and the events name none")
        }
        guard let id = customer.id else { return Self.ofOwner(of: subscription, metrics, window) }
        return Self.current(subscription, of: id, metrics, window, orOwner: true)
    }

    /// Asks for the customer of a subscription first.
    /// - Parameter id: a customer whose subscription it is not.
    private static func ofOwner(
        of subscription: String,
        _ metrics: [String],
        _ window: ReadWindow,
        otherThan id: String? = nil
    ) -> VendorInquiry<[VendorUsage]> {
        let path = "/api/v1/subscriptions/\(PercentEncoding.encoded(subscription))"
        return .ask(VendorRequest(method: "GET", path: path, body: [])) { answer in
            if isUnbilled(answer) { return .done([]) }
            let read = ReadAnswer(vendor: vendor, answer: answer)
            switch read.document {
            case .failure(let fault): return .failed(fault)
            case .success(let document):
                guard let owner = document.root["subscription"]?["external_customer_id"]?.string else {
                    return .failed(read.notUnderstood)
                }
                if owner == id { return .done([]) }
                return current(subscription, of: owner, metrics, window, orOwner: false)
            }
        }
    }

    /// - Parameter orOwner: whether the subscription may be another customer's, because Lago knows the customer by another id.
    private static func current(
        _ subscription: String,
        of id: String,
        _ metrics: [String],
        _ window: ReadWindow,
        orOwner: Bool
    ) -> VendorInquiry<[VendorUsage]> {
        let path =
            "/api/v1/customers/\(PercentEncoding.encoded(id))/current_usage"
            + PercentEncoding.query([(name: "external_subscription_id", value: subscription)])
        return .ask(VendorRequest(method: "GET", path: path, body: [])) { answer in
            if isUnbilled(answer) {
                return orOwner ? ofOwner(of: subscription, metrics, window, otherThan: id) : .done([])
            }
            let read = ReadAnswer(vendor: vendor, answer: answer)
            switch read.document {
            case .failure(let fault): return .failed(fault)
            case .success(let document):
                guard let shown = document.root["customer_usage"], let period = period(shown),
                    let rows = rows(shown, id, period, metrics)
                else { return .failed(read.notUnderstood) }
                if window.until <= period.from { return past(subscription, of: id, metrics, window) }
                return .done(rows)
            }
        }
    }

    /// The periods that have ended, the latest first, until they are older than what is wanted.
    private static func past(
        _ subscription: String,
        of id: String,
        _ metrics: [String],
        _ window: ReadWindow,
        page: Int = 1
    ) -> VendorInquiry<[VendorUsage]> {
        let parameters = [
            (name: "external_subscription_id", value: subscription), ("page", "\(page)"),
            ("per_page", "\(largestPage)"),
        ]
        let path =
            "/api/v1/customers/\(PercentEncoding.encoded(id))/past_usage" + PercentEncoding.query(parameters)
        return .ask(VendorRequest(method: "GET", path: path, body: [])) { answer in
            if isUnbilled(answer) { return .done([]) }
            let read = ReadAnswer(vendor: vendor, answer: answer)
            switch read.document {
            case .failure(let fault): return .failed(fault)
            case .success(let document):
                guard let periods = document.root["usage_periods"], periods.kind == .array else {
                    return .failed(read.notUnderstood)
                }
                for shown in periods.elements {
                    guard let period = period(shown), let rows = rows(shown, id, period, metrics) else {
                        return .failed(read.notUnderstood)
                    }
                    if period.from < window.until && window.from < period.until { return .done(rows) }
                    if period.until <= window.from { return .done([]) }
                }
                let hasMore = document.root["meta"]?["next_page"]?.int64 != nil
                guard hasMore else { return .done([]) }
                guard page < mostPages else { return .failed(tooMany("periods")) }
                return past(subscription, of: id, metrics, window, page: page + 1)
            }
        }
    }

    /// Nobody is billed who is not there or has no subscription that runs.
    private static func isUnbilled(_ answer: VendorAnswer) -> Bool {
        guard answer.status == 404 || answer.status == 405 else { return false }
        let code = JSONDocument(ifValid: answer.body)?.root["code"]?.string
        return ["customer_not_found", "subscription_not_found", "no_active_subscription"].contains(code)
    }

    private static func period(_ shown: JSONValue) -> ReadWindow? {
        guard let from = shown["from_datetime"]?.string.flatMap({ Timestamp(rfc3339: $0) }),
            let last = shown["to_datetime"]?.string.flatMap({ Timestamp(rfc3339: $0) }), from <= last
        else { return nil }
        return ReadWindow(from: from, until: last + .seconds(1))
    }

    /// Of a metric that a plan charges twice, the charge with the most events: others have filters. What such a metric costs in all is not
    /// known by one of them.
    private static func rows(_ shown: JSONValue, _ id: String, _ period: ReadWindow, _ metrics: [String])
        -> [VendorUsage]?
    {
        guard let charges = shown["charges_usage"], charges.kind == .array else { return nil }
        var rows: [ExactText: VendorUsage] = [:]
        let codes = charges.elements.compactMap { $0["billable_metric"]?["code"]?.string?.exact }
        let twice = Dictionary(codes.map { ($0, 1) }, uniquingKeysWith: +).filter { $0.value > 1 }
        for charge in charges.elements {
            guard let code = charge["billable_metric"]?["code"]?.string,
                let units = charge["units"].flatMap(text), JSONNumber(units) != nil
            else { return nil }
            guard metrics.contains(where: { $0.exact == code.exact }) else { continue }
            let events = charge["events_count"]?.int64.flatMap { Int(exactly: $0) }
            if let known = rows[code.exact], known.events ?? 0 >= events ?? 0 { continue }
            rows[code.exact] = VendorUsage(
                metric: code,
                customerID: id,
                units: units,
                events: events,
                period: period,
                billed: twice[code.exact] == nil ? billed(charge) : nil
            )
        }
        return metrics.map { code in
            // A plan that does not charge a metric bills nothing of it, in the same period.
            rows[code.exact] ?? VendorUsage(metric: code, customerID: id, units: "0", events: nil, period: period)
        }
    }

    private static func billed(_ charge: JSONValue) -> BilledAmount? {
        guard let cents = charge["amount_cents"]?.int64, let currency = charge["amount_currency"]?.string else {
            return nil
        }
        return BilledAmount(amount: Money(minor: cents, currency: currency).text, currency: currency)
    }

    func catalogue() -> VendorInquiry<[CatalogueMetric]> { Self.catalogue(page: 1, before: []) }

    private static func catalogue(page: Int, before: [CatalogueMetric]) -> VendorInquiry<[CatalogueMetric]> {
        let parameters = [(name: "page", value: "\(page)"), ("per_page", "\(largestPage)")]
        let path = "/api/v1/billable_metrics" + PercentEncoding.query(parameters)
        return .read(VendorRequest(method: "GET", path: path, body: []), of: vendor) { root, read in
            guard let shown = root["billable_metrics"], shown.kind == .array else { return .failed(read.notUnderstood) }
            var metrics = before
            for item in shown.elements {
                guard let code = item["code"]?.string else { return .failed(read.notUnderstood) }
                metrics.append(metric(code, item))
            }
            guard root["meta"]?["next_page"]?.int64 != nil else { return .done(metrics) }
            guard page < mostPages else { return .failed(tooMany("metrics")) }
            return catalogue(page: page + 1, before: metrics)
        }
    }

    private static func metric(_ code: String, _ item: JSONValue) -> CatalogueMetric {
        let word = item["aggregation_type"]?.string ?? ""
        let aggregate: MetricAggregate? =
            switch word {
            case "count_agg": .count
            case "sum_agg": .sum
            case "max_agg": .max
            case "unique_count_agg": .unique
            case "latest_agg": .latest
            default: nil
            }
        // An expression computes the property from others.
        let expression = item["expression"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        return CatalogueMetric(
            id: code,
            name: item["name"]?.string ?? code,
            eventName: code,
            aggregate: expression == nil ? aggregate : nil,
            vendorAggregate: expression.map { "\(word) of \($0)" } ?? word,
            property: item["field_name"]?.string.flatMap { $0.isEmpty ? nil : $0 },
            // Its filters price parts of the usage otherwise, and leave none out.
            filter: nil
        )
    }

    private static func tooMany(_ what: String) -> DeliveryFault {
        DeliveryFault(code: .vendorError, message: "Lago has more than \(mostPages * largestPage) \(what)")
    }
}
