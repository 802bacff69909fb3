import Events
import JSON

/// Flexprice's customers. Its subscriptions name customers by Flexprice's own ids, so they are not listed. Source: flexprice/flexprice,
/// internal/api/dto/customer.go.
extension FlexpriceReads {
    private static let customersPage = 100

    func customers(after cursor: String?) -> VendorInquiry<VendorCustomerPage> {
        guard let page = PageNumber.read(cursor, first: 0) else { return .unknownCursor }
        var writer = JSONWriter(capacity: 48)
        writer.beginObject()
        writer.member("limit", integer: Self.customersPage)
        writer.member("offset", integer: page * Self.customersPage)
        writer.endObject()
        return .read(VendorRequest(path: "/v1/customers/search", body: writer.bytes), of: Self.vendor) { root, read in
            guard let items = root["items"], items.kind == .array || items.isNull else {
                return .failed(read.notUnderstood)
            }
            let shown = Array(items.elements)
            let ids = shown.compactMap { $0["external_id"]?.string }
            return .done(
                VendorCustomerPage(ids: ids, next: shown.count == Self.customersPage ? "\(page + 1)" : nil)
            )
        }
    }
}
