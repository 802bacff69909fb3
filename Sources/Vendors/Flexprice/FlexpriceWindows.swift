import Events
import JSON

/// Windows of Flexprice's events, for comparisons.
///
/// Bounds and page keys are cut to whole seconds there, and pages by number shift while events come in, so that a list of several pages
/// can lose and repeat rows. So each page is a window of its own: one that does not fit is asked for in parts, and the events of one
/// second in one page. Counts are of whole seconds too, so a window cannot be counted alone.
extension FlexpriceReads {
    /// Maximum number of rows of a page, and of the page of one second.
    static let windowPage = 1000
    private static let secondPage = 10_000
    /// Longer answers may have been cut.
    private static let longestAnswer = 1 << 20

    func events(in window: ReadWindow, of owner: WindowOwner?, after cursor: String?) -> VendorInquiry<WindowPage> {
        guard cursor == nil else { return .unsupported("Flexprice's windows have one page") }
        let seconds = FlexpriceWindow(from: window.from, before: window.until)
        let isOneSecond =
            FlexpriceWindow.second(of: window.from) == FlexpriceWindow.second(of: window.until + .milliseconds(-1))
        let size = isOneSecond ? Self.secondPage : Self.windowPage
        var writer = Self.query(order: .oldestFirst, size: size, seconds)
        if let owner {
            writer.member("event_name", string: owner.name)
            if let customer = owner.customerID { writer.member("external_customer_id", string: customer) }
        }
        writer.endObject()
        return .ask(VendorRequest(path: "/v1/events/query", body: writer.bytes)) { answer in
            let read = ReadAnswer(vendor: Self.vendor, answer: answer)
            switch read.document {
            case .failure(let fault):
                let isCut = answer.status == 200 && answer.body.count >= Self.longestAnswer && !isOneSecond
                return isCut ? .done(WindowPage(rows: [], total: 0, next: .narrower)) : .failed(fault)
            case .success(let document):
                guard let page = Self.page(document.root) else { return .failed(read.notUnderstood) }
                guard page.next == .end || !isOneSecond else { return .failed(Self.tooMany(in: window)) }
                return .done(page)
            }
        }
    }

    func echo(of event: TranslatedEvent) -> VendorEvent? {
        guard let root = JSONDocument(ifValid: event.bytes)?.root, let id = root["event_id"]?.string,
            let name = root["event_name"]?.string,
            let time = root["timestamp"].flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        return VendorEvent(
            id: id,
            // It stores names without the whitespace around them.
            name: Self.trimmed(name),
            customerID: root["external_customer_id"]?.string,
            timestamp: time,
            source: root["source"]?.string.flatMap { $0.isEmpty ? nil : $0 },
            properties: OwnFields.properties(root["properties"])
        )
    }

    /// The same id at another time or of another customer is another event there.
    func comparison(of shown: [VendorEvent], sentWith settings: [DestinationSettings]) -> ComparisonRules {
        ComparisonRules(identity: [.customer, .timestamp])
    }

    private static func page(_ root: JSONValue) -> WindowPage? {
        guard let shown = root["events"], shown.isNull || shown.kind == .array else { return nil }
        var rows: [WindowRow] = []
        for item in shown.elements {
            guard let event = event(item, own: []) else { return nil }
            rows.append(WindowRow(key: nil, event: event))
        }
        let hasMore = root["has_more"]?.bool ?? false
        return WindowPage(rows: rows, total: rows.count, next: hasMore ? .narrower : .end)
    }

    private static func trimmed(_ name: String) -> String {
        // Most names begin and end with a letter.
        if let first = name.utf8.first, let last = name.utf8.last, isPlain(first), isPlain(last) { return name }
        let scalars = name.unicodeScalars.drop(while: \.properties.isWhitespace)
        let blanks = scalars.reversed().prefix(while: \.properties.isWhitespace).count
        return String(scalars.dropLast(blanks))
    }

    private static func isPlain(_ byte: UInt8) -> Bool { byte > UInt8(ascii: " ") && byte < 0x7F }

    private static func tooMany(in window: ReadWindow) -> DeliveryFault {
        DeliveryFault(
            code: .unsupported,
            message: "Flexprice has more than \(secondPage) events in the second of \(window.from.rfc3339)"
        )
    }
}
