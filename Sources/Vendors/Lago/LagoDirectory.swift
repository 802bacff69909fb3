import Events
import JSON

/// Lago's customers, and the subscriptions that run.
///
/// Lago shows the last second of the running period, and the day from which the periods of a subscription count that does not follow the
/// calendar. Source: getlago/lago-api, app/serializers/v1/subscription_serializer.rb and
/// app/controllers/api/v1/subscriptions_controller.rb, which lists active ones unless asked for others.
extension LagoReads {
    func customers(after cursor: String?) -> VendorInquiry<VendorCustomerPage> {
        Self.list("customers", after: cursor) { items, next in
            let ids = items.map { $0["external_id"]?.string }
            guard !ids.contains(nil) else { return nil }
            return VendorCustomerPage(ids: ids.compactMap(\.self), next: next)
        }
    }

    func subscriptions(after cursor: String?) -> VendorInquiry<VendorSubscriptionPage> {
        Self.list("subscriptions", after: cursor) { items, next in
            let subscriptions = items.map(Self.subscription)
            guard !subscriptions.contains(nil) else { return nil }
            return VendorSubscriptionPage(subscriptions: subscriptions.compactMap(\.self), next: next)
        }
    }

    /// - Parameter page: what a page's items and the next page's number come to; nil if they are not understood.
    private static func list<Page>(
        _ name: String,
        after cursor: String?,
        _ page: @escaping @Sendable ([JSONValue], String?) -> Page?
    ) -> VendorInquiry<Page> {
        guard let number = PageNumber.read(cursor) else { return .unknownCursor }
        let parameters = [(name: "page", value: "\(number)"), ("per_page", "\(largestPage)")]
        let path = "/api/v1/\(name)" + PercentEncoding.query(parameters)
        return .read(VendorRequest(method: "GET", path: path, body: []), of: vendor) { root, read in
            guard let items = root[name], items.kind == .array else { return .failed(read.notUnderstood) }
            let next = root["meta"]?["next_page"]?.int64.map { "\($0)" }
            guard let shown = page(Array(items.elements), next) else { return .failed(read.notUnderstood) }
            return .done(shown)
        }
    }

    private static func subscription(_ item: JSONValue) -> VendorSubscription? {
        guard let id = item["external_id"]?.string else { return nil }
        func time(_ name: String) -> Timestamp? { item[name]?.string.flatMap { Timestamp(rfc3339: $0) } }
        var period: ReadWindow?
        if let from = time("current_billing_period_started_at"), let last = time("current_billing_period_ending_at"),
            from <= last
        {
            period = ReadWindow(from: from, until: last + .seconds(1))
        }
        return VendorSubscription(
            id: id,
            customerID: item["external_customer_id"]?.string,
            anchor: item["billing_time"]?.string == "anniversary" ? time("subscription_at") : nil,
            period: period,
            endsAt: time("ending_at")
        )
    }

    /// A subscription takes events from its start to its end; several with one id follow one another, when the plan changes for example.
    ///
    /// Servers of before June 2026 do not know the filter by id and list all subscriptions: they do not tell. Source: getlago/lago-api,
    /// app/controllers/concerns/subscription_index.rb, app/queries/subscriptions_query.rb and app/models/event.rb (1b1c24a6).
    func billedTimes(of subscription: String) -> VendorInquiry<[ReadWindow]?> {
        let parameters = [
            (name: "external_id", value: subscription), ("status[]", "active"), ("status[]", "terminated"),
            ("page", "1"), ("per_page", "\(Self.largestPage)"),
        ]
        let path = "/api/v1/subscriptions" + PercentEncoding.query(parameters)
        return .read(VendorRequest(method: "GET", path: path, body: []), of: Self.vendor) { root, read in
            guard let items = root["subscriptions"], items.kind == .array else { return .failed(read.notUnderstood) }
            guard root["meta"]?["next_page"]?.int64 == nil else { return .done(nil) }
            var times: [ReadWindow] = []
            for item in items.elements {
                guard item["external_id"]?.string?.exact == subscription.exact, let time = Self.billedTime(item) else {
                    return .done(nil)
                }
                times.append(time)
            }
            return .done(times)
        }
    }

    /// Nil if it is not known.
    private static func billedTime(_ item: JSONValue) -> ReadWindow? {
        func time(_ name: String) -> Timestamp? { item[name]?.string.flatMap { Timestamp(rfc3339: $0) } }
        guard let start = time("started_at") else { return nil }
        switch item["status"]?.string {
        case "active": return ReadWindow(from: start, until: Timestamp(milliseconds: .max))
        case "terminated":
            // The end is shown to the second, and belongs to it.
            guard let end = time("terminated_at"), start <= end else { return nil }
            return ReadWindow(from: start, until: end + .seconds(1))
        default: return nil
        }
    }

    func hasCustomer(_ id: String) -> VendorInquiry<Bool> {
        let path = "/api/v1/customers/\(PercentEncoding.encoded(id))"
        return .ask(VendorRequest(method: "GET", path: path, body: [])) { answer in
            let read = ReadAnswer(vendor: Self.vendor, answer: answer)
            if answer.status == 404, JSONDocument(ifValid: answer.body)?.root["code"]?.string == "customer_not_found" {
                return .done(false)
            }
            switch read.document {
            case .failure(let fault): return .failed(fault)
            case .success(let document):
                return document.root["customer"]?.kind == .object ? .done(true) : .failed(read.notUnderstood)
            }
        }
    }
}
