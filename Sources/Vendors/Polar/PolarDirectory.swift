import Events
import JSON

/// Polar's customers, and the subscriptions that run. Source: polarsource/polar, server/polar/customer/endpoints.py and
/// server/polar/subscription/schemas.py.
extension PolarReads {
    func customers(after cursor: String?) -> VendorInquiry<VendorCustomerPage> {
        Self.list("customers", [], after: cursor) { items, next in
            // A customer need not have an id of the application's.
            VendorCustomerPage(ids: items.compactMap { $0["external_id"]?.string }, next: next)
        }
    }

    func subscriptions(after cursor: String?) -> VendorInquiry<VendorSubscriptionPage> {
        Self.list("subscriptions", [(name: "active", value: "true")], after: cursor) { items, next in
            let subscriptions = items.map(Self.subscription)
            guard !subscriptions.contains(nil) else { return nil }
            return VendorSubscriptionPage(subscriptions: subscriptions.compactMap(\.self), next: next)
        }
    }

    /// - Parameter page: what a page's items and the next page's number come to; nil if they are not understood.
    private static func list<Page>(
        _ name: String,
        _ more: [(name: String, value: String)],
        after cursor: String?,
        _ page: @escaping @Sendable ([JSONValue], String?) -> Page?
    ) -> VendorInquiry<Page> {
        guard let number = PageNumber.read(cursor) else { return .unknownCursor }
        let parameters = more + [(name: "page", value: "\(number)"), ("limit", "\(largestPage)")]
        let path = "/v1/\(name)/" + PercentEncoding.query(parameters)
        return .read(VendorRequest(method: "GET", path: path, body: []), of: vendor) { root, read in
            guard let items = root["items"], items.kind == .array, let last = root["pagination"]?["max_page"]?.int64,
                let shown = page(Array(items.elements), number < last ? "\(number + 1)" : nil)
            else { return .failed(read.notUnderstood) }
            return .done(shown)
        }
    }

    private static func subscription(_ item: JSONValue) -> VendorSubscription? {
        guard let id = item["id"]?.string else { return nil }
        func time(_ name: String) -> Timestamp? { item[name]?.string.flatMap { Timestamp(rfc3339: $0) } }
        let (from, until) = (time("current_period_start"), time("current_period_end"))
        let ends = time("ends_at") ?? (item["cancel_at_period_end"]?.bool == true ? until : nil)
        return VendorSubscription(
            id: id,
            customerID: item["customer"]?["external_id"]?.string,
            anchor: nil,
            period: from.flatMap { from in until.flatMap { from < $0 ? ReadWindow(from: from, until: $0) : nil } },
            endsAt: ends
        )
    }
}
