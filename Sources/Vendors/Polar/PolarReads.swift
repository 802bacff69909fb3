import Events
import JSON

/// Reads from Polar: events by customer, name and time, and the names. What Polar shows has the id that Polar gave, not the one that the event
/// was sent with.
///
/// Source: polarsource/polar, server/polar/event/endpoints.py and service.py.
struct PolarReads: VendorReader {
    let abilities: Set<VendorAbility> = [.find, .list, .names, .compare, .usage, .subscriptions]

    static let vendor = PolarAdapter.vendor
    static let largestPage = 100
    private static let delayed = "Polar shows events some tens of seconds after it has accepted them"

    /// By Polar's own id, or an event of the journal by what Polar keeps of it: customer, name and timestamp.
    func find(_ wanted: WantedEvent) -> VendorInquiry<[VendorEvent]> {
        if let known = wanted.known { return find(known, wanted) }
        guard case .success(let id) = PolarUUID.read(wanted.id.rawValue) else {
            return .unsupported(
                "Polar finds events only by its own ids, and the gateway's journal has no event with this id"
            )
        }
        return .ask(VendorRequest(method: "GET", path: "/v1/events/\(id)", body: [])) { answer in
            let read = ReadAnswer(vendor: Self.vendor, answer: answer)
            if answer.status == 404, JSONDocument(ifValid: answer.body)?.root["error"]?.string == "ResourceNotFound" {
                return .done([])
            }
            switch read.document {
            case .failure(let fault): return .failed(fault)
            case .success(let document):
                guard let event = Self.event(document.root) else { return .failed(read.notUnderstood) }
                return .done([event])
            }
        }
    }

    /// Polar takes an event whose parent it does not know, and leaves it out of everything until the parent comes.
    func reasonNotFound(_ wanted: WantedEvent) -> String? {
        let own = VendorObject.fields(for: PolarAdapter.name, in: wanted.known?.vendor)
        guard let parent = own?["parent_id"]?.string ?? own?["parent_external_id"]?.string, !parent.isEmpty else {
            return nil
        }
        return """
            it names a parent, and Polar keeps an event whose parent it has not got out of its reads and of its meters until the \
            parent arrives; and it shows events late
            """
    }

    private func find(_ known: AcceptedEvent, _ wanted: WantedEvent) -> VendorInquiry<[VendorEvent]> {
        if let destination = wanted.destination, let property = PolarSettings.idProperty(destination.settings) {
            let id = EventIdentity.unscoped(known, prefix: PolarSettings(destination.settings).idPrefix)
            return Self.find(known, by: id, in: property)
        }
        let name = wanted.destination.map { $0.name(for: known.name) } ?? known.name
        let filter = EventFilter(
            names: [name],
            customerIDs: known.customerID.map { [$0] } ?? [],
            from: known.timestamp,
            before: known.timestamp + .milliseconds(1)
        )
        let query = VendorListQuery(filter: filter, order: .newestFirst, limit: Self.largestPage, cursor: nil)
        return Self.ask(query) { page in
            .done(
                page.events.map { found in
                    var event = found
                    event.id = known.id.rawValue
                    event.notes = [
                        "matched by name, customer and timestamp: Polar does not show the id it was sent with"
                    ]
                    return event
                }
            )
        }
    }

    /// By the property that carries the id, whatever else Polar has of the event.
    private static func find(_ known: AcceptedEvent, by id: String, in property: String) -> VendorInquiry<[VendorEvent]>
    {
        let query = VendorListQuery(filter: EventFilter(), order: .newestFirst, limit: largestPage, cursor: nil)
        return ask(query, [("metadata[\(property)]", id)]) { page in
            .done(
                page.events.map { found in
                    var event = found
                    event.id = known.id.rawValue
                    event.notes = ["matched by the property \(property): Polar does not show the id it was sent with"]
                    return event
                }
            )
        }
    }

    func list(_ query: VendorListQuery) -> VendorInquiry<VendorEventPage> {
        let filter = query.filter
        guard filter.ids.isEmpty else {
            return .unsupported("Polar does not show the ids that events were sent with; read one by its id instead")
        }
        guard filter.subscriptionIDs.isEmpty else { return .unsupported("Polar's events name no subscription") }
        guard filter.sources.isEmpty else { return .unsupported("Polar does not store the application's source") }
        return Self.ask(query) { .done($0) }
    }

    private static func ask<Value>(
        _ query: VendorListQuery,
        _ more: [(name: String, value: String)] = [],
        _ next: @escaping @Sendable (VendorEventPage) -> VendorInquiry<Value>
    ) -> VendorInquiry<Value> {
        guard let page = CountedPage(query, largest: largestPage) else {
            return .unsupported("the cursor is not from a Polar provider")
        }
        let filter = query.filter
        var parameters = [(name: "page", value: "\(page.number)"), ("limit", "\(page.size)")]
        parameters.append(("sorting", query.order == .newestFirst ? "-timestamp" : "timestamp"))
        parameters.append(("source", "user"))
        parameters += filter.names.map { ("name", $0) }
        parameters += filter.customerIDs.map { ("external_customer_id", $0) }
        parameters += more
        // Polar's start is exclusive.
        if let from = filter.from { parameters.append(("start_timestamp", (from + .milliseconds(-1)).rfc3339)) }
        if let before = filter.before { parameters.append(("end_timestamp", before.rfc3339)) }
        let request = VendorRequest(method: "GET", path: "/v1/events/" + PercentEncoding.query(parameters), body: [])
        return .read(request, of: vendor) { root, read in
            guard let items = root["items"], items.kind == .array, let last = root["pagination"]?["max_page"]?.int64
            else {
                return .failed(read.notUnderstood)
            }
            let events = items.elements.map(event)
            guard events.allSatisfy({ $0 != nil }) else { return .failed(read.notUnderstood) }
            return next(
                VendorEventPage(
                    events: events.compactMap { $0 }.filter(filter.takes),
                    next: page.number < last ? page.next : nil,
                    notes: [delayed]
                )
            )
        }
    }

    /// The first event of an id stays, and the answer counts those that were there. Source: server/polar/event/repository.py.
    func resend(_ events: [TranslatedEvent]) -> VendorInquiry<Int> {
        .ask(PolarAdapter.ingest(events)) { answer in
            if let inserted = PolarAnswers(answer: answer, events: events.count).inserted { return .done(inserted) }
            let read = ReadAnswer(vendor: Self.vendor, answer: answer)
            return .failed((200..<300).contains(answer.status) ? read.notUnderstood : read.fault)
        }
    }

    func names(_ filter: EventFilter) -> VendorInquiry<[EventNameSummary]> {
        guard filter.ids.isEmpty, filter.subscriptionIDs.isEmpty, filter.sources.isEmpty, filter.from == nil,
            filter.before == nil
        else { return .unsupported("Polar counts names by customer_id only") }
        return names(filter, page: 1, before: [])
    }

    private func names(_ filter: EventFilter, page: Int, before: [EventNameSummary]) -> VendorInquiry<
        [EventNameSummary]
    > {
        var parameters = [(name: "page", value: "\(page)"), ("limit", "\(Self.largestPage)"), ("source", "user")]
        parameters.append(("sorting", "name"))
        parameters += filter.customerIDs.map { ("external_customer_id", $0) }
        let request = VendorRequest(
            method: "GET",
            path: "/v1/events/names" + PercentEncoding.query(parameters),
            body: []
        )
        return .read(request, of: Self.vendor) { root, read in
            guard let items = root["items"], items.kind == .array, let last = root["pagination"]?["max_page"]?.int64
            else {
                return .failed(read.notUnderstood)
            }
            var names = before
            for item in items.elements {
                guard let summary = Self.summary(item) else { return .failed(read.notUnderstood) }
                if EventFilter.takes(summary.name, filter.names) { names.append(summary) }
            }
            return page < last ? self.names(filter, page: page + 1, before: names) : .done(names)
        }
    }

    private static func summary(_ item: JSONValue) -> EventNameSummary? {
        guard let name = item["name"]?.string, let count = item["occurrences"]?.int64,
            let first = item["first_seen"]?.string.flatMap({ Timestamp(rfc3339: $0) }),
            let last = item["last_seen"]?.string.flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        return EventNameSummary(name: name, count: Int(count), firstSeen: first, lastSeen: last)
    }

    /// The members of an event that are Polar's alone.
    private static let ownMembers = [
        "id", "customer_id", "member_id", "external_member_id", "parent_id", "organization_id", "child_count",
    ]

    static func event(_ item: JSONValue) -> VendorEvent? { event(item, own: ownMembers) }

    /// - Parameter own: which of the members that are Polar's alone are wanted.
    static func event(_ item: JSONValue, own: [String]) -> VendorEvent? {
        guard let name = item["name"]?.string, let time = item["timestamp"].flatMap({ Timestamp(rfc3339: $0) }) else {
            return nil
        }
        return VendorEvent(
            id: nil,
            name: name,
            customerID: item["external_customer_id"]?.string,
            timestamp: time,
            properties: OwnFields.properties(item["metadata"]),
            own: OwnFields.picked(own, from: item)
        )
    }
}
