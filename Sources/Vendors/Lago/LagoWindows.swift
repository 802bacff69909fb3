import Events
import JSON

/// Windows of Lago's list, for comparisons.
extension LagoReads {
    /// What Lago keeps of an event beside its canonical fields and its properties.
    private static let sentMember = "precise_total_amount_cents"

    func count(_ window: ReadWindow, of owner: WindowOwner?) -> VendorInquiry<Int> {
        page(of: window, owner, number: 1, size: 1) { .done($0.total) }
    }

    func events(in window: ReadWindow, of owner: WindowOwner?, after cursor: String?) -> VendorInquiry<WindowPage> {
        guard let number = PageNumber.read(cursor) else {
            return .unsupported("the cursor is not from a Lago provider")
        }
        return page(of: window, owner, number: number, size: Self.largestPage) { .done($0) }
    }

    func echo(of event: TranslatedEvent) -> VendorEvent? {
        JSONDocument(ifValid: event.bytes).flatMap { Self.event($0.root, own: [Self.sentMember]) }
    }

    /// Lago's rows have a UUID where PostgreSQL keeps them, and there an id is unique within its subscription. On ClickHouse an id can
    /// stand for several events, and values of properties come back as text. A metric with an expression adds its result to the properties.
    func comparison(of shown: [VendorEvent], sentWith settings: [DestinationSettings]) -> ComparisonRules {
        let isClickHouse = shown.contains { Self.hasUUID($0) == false }
        return ComparisonRules(
            identity: isClickHouse ? [.subscription, .name, .timestamp] : [.subscription],
            showsValuesAsText: isClickHouse,
            addsProperties: true,
            ownMembers: [Self.sentMember]
        )
    }

    func store(of shown: VendorEvent) -> String? {
        Self.hasUUID(shown).map { $0 ? LagoAdapter.postgres : LagoAdapter.clickHouse }
    }

    /// Whether Lago's own id of an event is a UUID; nil if it shows none.
    private static func hasUUID(_ event: VendorEvent) -> Bool? {
        event.own.flatMap { JSONDocument(ifValid: Array($0.bytes))?.root["lago_id"]?.string.map(isUUID) }
    }

    private func page<Value>(
        of window: ReadWindow,
        _ owner: WindowOwner?,
        number: Int,
        size: Int,
        _ next: @escaping @Sendable (WindowPage) -> VendorInquiry<Value>
    ) -> VendorInquiry<Value> {
        // Both ends belong to what Lago lists, and PostgreSQL keeps microseconds.
        let last = (window.until + .milliseconds(-1)).rfc3339.dropLast() + "999Z"
        var parameters = [
            (name: "page", value: "\(number)"), ("per_page", "\(size)"), ("timestamp_from", window.from.rfc3339),
            ("timestamp_to", String(last)),
        ]
        if let owner {
            parameters.append(("code", owner.name))
            if let subscription = owner.subscriptionID {
                parameters.append(("external_subscription_id", subscription))
            }
        }
        let request = VendorRequest(method: "GET", path: "/api/v1/events" + PercentEncoding.query(parameters), body: [])
        return .read(request, of: Self.vendor) { root, read in
            guard let shown = root["events"], shown.kind == .array, let meta = root["meta"],
                let total = meta["total_count"]?.int64.flatMap({ Int(exactly: $0) }), total >= 0
            else { return .failed(read.notUnderstood) }
            var rows: [WindowRow] = []
            for item in shown.elements {
                // ClickHouse makes the id of what repeats of an event have in common.
                let key = item["lago_id"]?.string.flatMap { Self.isUUID($0) ? $0 : nil }
                // The id tells the stores apart; where it is a UUID, nothing more needs to be known of it.
                let own = key == nil ? ["lago_id", Self.sentMember] : [Self.sentMember]
                guard let event = Self.event(item, own: own) else { return .failed(read.notUnderstood) }
                rows.append(WindowRow(key: key, event: event))
            }
            let hasMore = meta["next_page"]?.int64 != nil
            return next(WindowPage(rows: rows, total: total, next: hasMore ? .page("\(number + 1)") : .end))
        }
    }

    private static func isUUID(_ text: String) -> Bool {
        text.utf8.count == 36
            && text.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
            }
    }
}
