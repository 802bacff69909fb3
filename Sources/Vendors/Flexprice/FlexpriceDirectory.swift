import Events
import JSON

/// Flexprice's customers, and the subscriptions that run.
///
/// A subscription names its customer by Flexprice's own id; with `expand`, the customer comes along with the application's. Without a filter
/// the search finds active subscriptions only. The end of the running period is the start of the next one. Source: flexprice/flexprice,
/// internal/api/dto/customer.go, internal/ee/service/subscription.go (`ListSubscriptions`), internal/types/expand.go,
/// internal/domain/subscription/model.go, internal/repository/ent/subscription.go.
extension FlexpriceReads {
    private static let directoryPage = 100

    func customers(after cursor: String?) -> VendorInquiry<VendorCustomerPage> {
        Self.search("customers", after: cursor) { items, next in
            VendorCustomerPage(ids: items.compactMap { $0["external_id"]?.string }, next: next)
        }
    }

    func subscriptions(after cursor: String?) -> VendorInquiry<VendorSubscriptionPage> {
        Self.search("subscriptions", expanding: "customer", after: cursor) { items, next in
            let subscriptions = items.map(Self.subscription)
            guard !subscriptions.contains(nil) else { return nil }
            return VendorSubscriptionPage(subscriptions: subscriptions.compactMap(\.self), next: next)
        }
    }

    /// - Parameter page: what a page's items and the next page's number come to; nil if they are not understood.
    private static func search<Page>(
        _ name: String,
        expanding field: String? = nil,
        after cursor: String?,
        _ page: @escaping @Sendable ([JSONValue], String?) -> Page?
    ) -> VendorInquiry<Page> {
        guard let number = PageNumber.read(cursor, first: 0) else { return .unknownCursor }
        var writer = JSONWriter(capacity: 64)
        writer.beginObject()
        writer.member("limit", integer: directoryPage)
        writer.member("offset", integer: number * directoryPage)
        if let field { writer.member("expand", string: field) }
        writer.endObject()
        return .read(VendorRequest(path: "/v1/\(name)/search", body: writer.bytes), of: vendor) { root, read in
            guard let items = root["items"], items.kind == .array || items.isNull else {
                return .failed(read.notUnderstood)
            }
            let shown = Array(items.elements)
            let next = shown.count == directoryPage ? "\(number + 1)" : nil
            return page(shown, next).map { .done($0) } ?? .failed(read.notUnderstood)
        }
    }

    private static func subscription(_ item: JSONValue) -> VendorSubscription? {
        guard let id = item["id"]?.string else { return nil }
        func time(_ name: String) -> Timestamp? { item[name]?.string.flatMap { Timestamp(rfc3339: $0) } }
        let (from, until) = (time("current_period_start"), time("current_period_end"))
        let ends = time("cancel_at") ?? (item["cancel_at_period_end"]?.bool == true ? until : nil) ?? time("end_date")
        return VendorSubscription(
            id: id,
            customerID: item["customer"]?["external_id"]?.string,
            anchor: item["billing_cycle"]?.string == "anniversary" ? time("billing_anchor") : nil,
            period: from.flatMap { from in until.flatMap { from < $0 ? ReadWindow(from: from, until: $0) : nil } },
            endsAt: ends
        )
    }
}
