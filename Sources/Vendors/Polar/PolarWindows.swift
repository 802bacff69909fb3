import Events
import JSON

/// Windows of Polar's list, for comparisons.
extension PolarReads {
    func count(_ window: ReadWindow, of owner: WindowOwner?) -> VendorInquiry<Int> {
        page(of: window, owner, number: 1, size: 1) { .done($0.total) }
    }

    func events(in window: ReadWindow, of owner: WindowOwner?, after cursor: String?) -> VendorInquiry<WindowPage> {
        guard let number = PageNumber.read(cursor) else {
            return .unsupported("the cursor is not from a Polar provider")
        }
        return page(of: window, owner, number: number, size: Self.largestPage) { .done($0) }
    }

    func echo(of event: TranslatedEvent) -> VendorEvent? {
        // A parent explains why an event is not shown.
        JSONDocument(ifValid: event.bytes).flatMap { Self.comparable($0.root, own: ["parent_id"]) }
    }

    /// Polar never shows the id that an event was sent with, but for a property that has it.
    func comparison(of shown: [VendorEvent], sentWith settings: [DestinationSettings]) -> ComparisonRules {
        ComparisonRules(identity: nil, idProperties: Set(settings.compactMap(PolarSettings.idProperty)).sorted())
    }

    private func page<Value>(
        of window: ReadWindow,
        _ owner: WindowOwner?,
        number: Int,
        size: Int,
        _ next: @escaping @Sendable (WindowPage) -> VendorInquiry<Value>
    ) -> VendorInquiry<Value> {
        var parameters = [
            (name: "page", value: "\(number)"), ("limit", "\(size)"), ("sorting", "timestamp"), ("source", "user"),
            // Polar's start and end are exclusive.
            ("start_timestamp", (window.from + .milliseconds(-1)).rfc3339), ("end_timestamp", window.until.rfc3339),
        ]
        if let owner {
            parameters.append(("name", owner.name))
            if let customer = owner.customerID { parameters.append(("external_customer_id", customer)) }
        }
        let request = VendorRequest(method: "GET", path: "/v1/events/" + PercentEncoding.query(parameters), body: [])
        return .read(request, of: Self.vendor) { root, read in
            Self.page(root, number).map(next) ?? .failed(read.notUnderstood)
        }
    }

    /// Nil if it is not understood.
    private static func page(_ root: JSONValue, _ number: Int) -> WindowPage? {
        guard let items = root["items"], items.kind == .array, let pagination = root["pagination"],
            let total = pagination["total_count"]?.int64.flatMap({ Int(exactly: $0) }), total >= 0,
            let last = pagination["max_page"]?.int64
        else { return nil }
        var rows: [WindowRow] = []
        for item in items.elements {
            guard let id = item["id"]?.string, let event = comparable(item, own: []) else { return nil }
            rows.append(WindowRow(key: id, event: event))
        }
        return WindowPage(rows: rows, total: total, next: number < last ? .page("\(number + 1)") : .end)
    }

    /// For how many ids one request asks: as many as a page has events.
    static let idsPerRequest = largestPage
    /// Pages of events with so many ids; each id has one event, but for copies.
    private static let mostCopies = 10

    /// Of values of one key, any is enough. Source: polarsource/polar, server/polar/integrations/tinybird/service.py.
    func events(withIDs ids: [String], in property: String) -> VendorInquiry<[WindowRow]> {
        Self.events(withIDs: ids, in: property, page: 1, before: [])
    }

    private static func events(withIDs ids: [String], in property: String, page number: Int, before: [WindowRow])
        -> VendorInquiry<[WindowRow]>
    {
        let parameters =
            [
                (name: "page", value: "\(number)"), ("limit", "\(largestPage)"), ("sorting", "timestamp"),
                ("source", "user"),
            ] + ids.map { (name: "metadata[\(property)]", value: $0) }
        let request = VendorRequest(method: "GET", path: "/v1/events/" + PercentEncoding.query(parameters), body: [])
        return .read(request, of: vendor) { root, read in
            guard let page = page(root, number) else { return .failed(read.notUnderstood) }
            let rows = before + page.rows
            guard page.next != .end else { return .done(rows) }
            guard number < mostCopies else {
                let message = "Polar has more than \(rows.count) events with \(ids.count) values of \(property)"
                return .failed(DeliveryFault(code: .vendorError, message: message))
            }
            return events(withIDs: ids, in: property, page: number + 1, before: rows)
        }
    }

    /// An event whose `_cost` is written as it was sent: Polar shows its amount as text, and drops further members.
    private static func comparable(_ item: JSONValue, own: [String]) -> VendorEvent? {
        guard var event = event(item, own: own) else { return nil }
        guard let metadata = item["metadata"], let cost = metadata["_cost"], cost.kind == .object else { return event }
        var writer = JSONWriter(capacity: metadata.byteRange.count)
        writer.beginObject()
        for member in LastMemberWins.lastMembers(of: metadata) {
            guard member.hasName("_cost") else {
                writer.member(member.name, raw: member.value.raw)
                continue
            }
            writer.key("_cost")
            writer.beginObject()
            if let amount = cost["amount"], let text = amount.string ?? amount.numberText {
                let isNumber = JSONDocument(ifValid: Array(text.utf8))?.root.kind == .number
                writer.member("amount", raw: isNumber ? Array(text.utf8)[...] : amount.raw)
            }
            if let currency = cost["currency"] { writer.member("currency", raw: currency.raw) }
            writer.endObject()
        }
        writer.endObject()
        event.properties = JSONText(checked: writer.bytes[...])
        return event
    }
}
