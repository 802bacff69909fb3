import Events
import JSON

/// Reads from Flexprice: one event or a list by `POST /v1/events/query`.
///
/// Without times the query looks at the last seven days; the gateway asks for all. Times are cut to whole seconds there, those of the keys
/// that lead to the next page too, so the gateway asks for whole seconds, drops here what is too much, and counts its pages. Source:
/// flexprice/flexprice, internal/ee/service/event.go (`GetEvents`), internal/repository/clickhouse/event.go.
struct FlexpriceReads: VendorReader {
    let abilities: Set<VendorAbility> = [.find, .list, .compare, .usage, .subscriptions]

    static let vendor = FlexpriceAdapter.vendor
    private static let repeats = "Flexprice may show repeats of an event until it has merged them"

    /// By the id; several if events of several customers or times share it.
    func find(_ wanted: WantedEvent) -> VendorInquiry<[VendorEvent]> {
        let prefix = wanted.destination.flatMap { FlexpriceSettings($0.settings).idPrefix }
        let id = wanted.known.map { FlexpriceScope.id(of: $0, customer: $0.customerID ?? "", prefix: prefix) }
        let window = wanted.known.map { FlexpriceWindow(around: $0.timestamp) } ?? .all
        var writer = Self.query(order: .newestFirst, size: 50, window)
        writer.member("event_id", string: id ?? wanted.id.rawValue)
        if let customer = wanted.known?.customerID { writer.member("external_customer_id", string: customer) }
        return Self.ask(writer) { events, _ in
            .done(wanted.known.map { known in events.filter { $0.timestamp == known.timestamp } } ?? events)
        }
    }

    var obstacles: ObstacleTraits { ObstacleTraits(ofEvents: Set(BillingObstacle.allCases)) }

    /// By the lookup, which says at which step of its way to the bill an event has failed. Source: flexprice/flexprice,
    /// internal/ee/service/meter_usage_event_debug.go.
    func obstacle(to event: TranslatedEvent) -> VendorInquiry<BillingObstacle?> {
        guard let sent = echo(of: event), let id = sent.id else { return .unsupported(nil) }
        var parameters = [(name: "id", value: id)]
        if let customer = sent.customerID { parameters.append(("external_customer_id", customer)) }
        let path = "/v1/events/lookup" + PercentEncoding.query(parameters)
        return .ask(VendorRequest(method: "GET", path: path, body: [])) { answer in
            // It does not have the event, or is of a version without the lookup: it does not tell.
            if answer.status == 404 { return .unsupported(nil) }
            switch ReadAnswer(vendor: Self.vendor, answer: answer).document {
            case .failure(let fault): return .failed(fault)
            case .success(let document): return .done(Self.obstacle(in: document.root))
            }
        }
    }

    private static func obstacle(in lookup: JSONValue) -> BillingObstacle? {
        guard lookup["status"]?.string == "failed" else { return nil }
        return switch lookup["debug_tracker"]?["failure_point"]?["failure_point_type"]?.string {
        case "meter_lookup"?: .noMetric
        case "customer_lookup"?: .noCustomer
        case "subscription_line_item_lookup"?: .noSubscription
        default: nil
        }
    }

    func list(_ query: VendorListQuery) -> VendorInquiry<VendorEventPage> {
        let filter = query.filter
        guard filter.subscriptionIDs.isEmpty else { return .unsupported("Flexprice's events name no subscription") }
        guard let position = FlexpriceListPosition(query) else {
            return .unsupported("the cursor is not from a Flexprice provider, or is for another order")
        }
        var writer = Self.query(order: query.order, size: query.limit, position.window)
        if position.offset > 0 { writer.member("offset", integer: position.offset) }
        var filteredByGateway: [String] = []
        let filters: [(parameter: String, field: String, values: [String])] = [
            ("id", "event_id", filter.ids.map(\.rawValue)), ("name", "event_name", Array(filter.names)),
            ("customer_id", "external_customer_id", Array(filter.customerIDs)),
            ("source", "source", Array(filter.sources)),
        ]
        for (parameter, field, values) in filters {
            switch values.count {
            case 0: break
            case 1: writer.member(field, string: values[0])
            default: filteredByGateway.append(parameter)
            }
        }
        return Self.ask(writer) { [filteredByGateway] events, root in
            let hasMore = root["has_more"]?.bool ?? false
            return .done(
                VendorEventPage(
                    events: Self.withoutRepeats(events).filter(filter.takes),
                    next: hasMore ? position.behind(events.map(\.timestamp))?.cursor : nil,
                    filteredByGateway: filteredByGateway,
                    notes: [Self.repeats]
                )
            )
        }
    }

    static func query(order: EventSearch.Order, size: Int, _ window: FlexpriceWindow) -> JSONWriter {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.member("page_size", integer: size)
        writer.member("sort", string: "timestamp")
        writer.member("order", string: order == .newestFirst ? "desc" : "asc")
        writer.member("start_time", string: window.startText)
        writer.member("end_time", string: window.endText)
        return writer
    }

    private static func ask<Value>(
        _ query: JSONWriter,
        _ next: @escaping @Sendable ([VendorEvent], JSONValue) -> VendorInquiry<Value>
    ) -> VendorInquiry<Value> {
        var writer = query
        writer.endObject()
        return .read(VendorRequest(path: "/v1/events/query", body: writer.bytes), of: vendor) { root, read in
            guard let shown = root["events"] else { return .failed(read.notUnderstood) }
            // Go writes an empty list as null.
            let events = shown.isNull ? [] : shown.elements.map(event)
            guard shown.isNull || shown.kind == .array, events.allSatisfy({ $0 != nil }) else {
                return .failed(read.notUnderstood)
            }
            return next(events.compactMap { $0 }, root)
        }
    }

    private static func withoutRepeats(_ events: [VendorEvent]) -> [VendorEvent] {
        var seen: Set<[ExactText]> = []
        return events.filter { event in
            let identity = [event.id ?? "", event.customerID ?? "", "\(event.timestamp.milliseconds)"]
            return seen.insert(identity.map(\.exact)).inserted
        }
    }

    static func event(_ shown: JSONValue) -> VendorEvent? {
        event(shown, own: ["customer_id", "ingested_at", "environment_id"])
    }

    /// - Parameter own: which of the members that are Flexprice's alone are wanted.
    static func event(_ shown: JSONValue, own: [String]) -> VendorEvent? {
        guard let id = shown["id"]?.string, let name = shown["event_name"]?.string,
            let time = shown["timestamp"].flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        return VendorEvent(
            id: id,
            name: name,
            customerID: shown["external_customer_id"]?.string,
            timestamp: time,
            source: shown["source"]?.string.flatMap { $0.isEmpty ? nil : $0 },
            properties: OwnFields.properties(shown["properties"]),
            own: OwnFields.picked(own, from: shown)
        )
    }
}
