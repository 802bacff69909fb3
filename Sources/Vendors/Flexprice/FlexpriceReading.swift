import Events
import JSON

/// Asks Flexprice: one event or a list by `POST /v1/events/query`.
///
/// Without times the query looks at the last seven days; the gateway asks for all. Source: flexprice/flexprice,
/// internal/ee/service/event.go (`GetEvents`).
struct FlexpriceReading: VendorReading {
    let abilities: Set<VendorAbility> = [.find, .list]

    private static let vendor = FlexpriceAdapter.vendor
    private static let beginning = Timestamp(milliseconds: 0)
    private static let repeats = "Flexprice may show repeats of an event until it has merged them"

    /// By the id; several if events of several customers or times share it.
    func find(_ wanted: WantedEvent) -> VendorInquiry<[VendorEvent]> {
        let prefix = wanted.destination.flatMap { FlexpriceSettings($0.settings).idPrefix }
        let id = wanted.known.map { EventIdentity.scoped($0, by: $0.customerID ?? "", prefix: prefix) }
        var writer = Self.query(order: .newestFirst, size: 50)
        writer.member("event_id", string: id ?? wanted.id.rawValue)
        if let customer = wanted.known?.customerID { writer.member("external_customer_id", string: customer) }
        writer.member("start_time", string: (wanted.known?.timestamp ?? Self.beginning).rfc3339)
        if let known = wanted.known { writer.member("end_time", string: known.timestamp.rfc3339) }
        return Self.ask(writer) { events, _ in .done(events) }
    }

    func list(_ query: VendorListQuery) -> VendorInquiry<VendorEventPage> {
        let filter = query.filter
        guard filter.subscriptionIDs.isEmpty else { return .unsupported("Flexprice's events name no subscription") }
        var writer = Self.query(order: query.order, size: query.limit)
        var filteredHere: [String] = []
        let filters: [(parameter: String, field: String, values: [String])] = [
            ("id", "event_id", filter.ids.map(\.rawValue)), ("name", "event_name", Array(filter.names)),
            ("customer_id", "external_customer_id", Array(filter.customerIDs)),
            ("source", "source", Array(filter.sources)),
        ]
        for (parameter, field, values) in filters {
            switch values.count {
            case 0: break
            case 1: writer.member(field, string: values[0])
            default: filteredHere.append(parameter)
            }
        }
        writer.member("start_time", string: (filter.from ?? Self.beginning).rfc3339)
        // Its end belongs to the window.
        if let before = filter.before { writer.member("end_time", string: (before + .milliseconds(-1)).rfc3339) }
        let offset: Int
        switch Cursor(query.cursor, query.order) {
        case .start: offset = 0
        case .offset(let number):
            offset = number
            writer.member("offset", integer: number)
        case .behind(let key):
            offset = 0
            writer.member("iter_last_key", string: key)
        case nil: return .unsupported("the cursor is none of a Flexprice provider, or of another order")
        }
        return Self.ask(writer) { [filteredHere] events, root in
            let hasMore = root["has_more"]?.bool ?? false
            let next =
                query.order == .newestFirst
                ? root["iter_last_key"]?.string.map { "k" + $0 } : "o\(offset + query.limit)"
            return .done(
                VendorEventPage(
                    events: Self.withoutRepeats(events).filter(filter.takes),
                    next: hasMore ? next : nil,
                    filteredHere: filteredHere,
                    notes: [Self.repeats]
                )
            )
        }
    }

    /// Where a page begins: pages of the newest follow a key, those of the oldest are counted, because keys lead backwards only.
    private enum Cursor {
        /// Beyond it no vendor counts.
        private static let largestOffset = 1_000_000_000

        case start
        case behind(String)
        case offset(Int)

        init?(_ text: String?, _ order: EventSearch.Order) {
            guard let text else {
                self = .start
                return
            }
            switch (text.first, order) {
            case ("k", .newestFirst): self = .behind(String(text.dropFirst()))
            case ("o", .oldestFirst):
                guard let offset = Int(text.dropFirst()), (0...Self.largestOffset).contains(offset) else { return nil }
                self = .offset(offset)
            default: return nil
            }
        }
    }

    private static func query(order: EventSearch.Order, size: Int) -> JSONWriter {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.member("page_size", integer: size)
        writer.member("sort", string: "timestamp")
        writer.member("order", string: order == .newestFirst ? "desc" : "asc")
        return writer
    }

    private static func ask<Value>(
        _ query: JSONWriter,
        _ next: @escaping @Sendable ([VendorEvent], JSONValue) -> VendorInquiry<Value>
    ) -> VendorInquiry<Value> {
        var writer = query
        writer.endObject()
        return .read(VendorRequest(path: "/v1/events/query", body: writer.bytes), of: vendor) { root, notUnderstood in
            guard let shown = root["events"] else { return .failed(notUnderstood) }
            // Go writes an empty list as null.
            let events = shown.isNull ? [] : shown.elements.map(event)
            guard shown.isNull || shown.kind == .array, events.allSatisfy({ $0 != nil }) else {
                return .failed(notUnderstood)
            }
            return next(events.compactMap { $0 }, root)
        }
    }

    private static func withoutRepeats(_ events: [VendorEvent]) -> [VendorEvent] {
        var seen: Set<[String]> = []
        return events.filter { event in
            seen.insert([event.id ?? "", event.customerID ?? "", "\(event.timestamp.milliseconds)"]).inserted
        }
    }

    private static func event(_ shown: JSONValue) -> VendorEvent? {
        guard let id = shown["id"]?.string, let name = shown["event_name"]?.string,
            let time = shown["timestamp"]?.string.flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        let properties = shown["properties"]
        return VendorEvent(
            id: id,
            name: name,
            customerID: shown["external_customer_id"]?.string,
            timestamp: time,
            source: shown["source"]?.string.flatMap { $0.isEmpty ? nil : $0 },
            properties: properties?.kind == .object ? properties.map { LastMemberWins.text(of: $0) } : nil,
            own: OwnFields.picked(["customer_id", "ingested_at", "environment_id"], from: shown)
        )
    }
}
