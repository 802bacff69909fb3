import Events
import JSON

/// `GET /events/`, `/events/names` and `/events/{id}`.
enum PolarFacadeReads {
    static func get(_ id: String) -> DialectCall {
        switch PolarUUID.read(id) {
        case .failure(let finding):
            return .answer(PolarRefusal.answer(PolarComplaint(finding, at: ["path", "id"], text: id)))
        case .success(let id):
            guard let number = StableUUID.number(in: id) else { return .answer(PolarWords.notFoundEvent) }
            return .findNumbered(SequenceNumber(number)) { archived in
                guard let archived else { return PolarWords.notFoundEvent }
                var writer = JSONWriter(capacity: 512)
                PolarShownEvent(archived).write(to: &writer)
                return DialectAnswer(status: 200, body: writer.bytes)
            }
        }
    }

    static func list(_ request: DialectRequest) -> DialectCall {
        var query = PolarQuery(request)
        let page = PolarPage(&query)
        let order = query.sorting(by: ["timestamp"], standard: "-timestamp")[0]
        var selection = PolarSelection()
        let filter = query.text("filter")
        selection.metadata = query.metadata
        selection.start = query.moment("start_timestamp")
        selection.end = query.moment("end_timestamp")
        selection.readOwners(&query)
        query.refuse("meter_id", because: "The gateway knows no meters; filter by what the meter filters by.")
        selection.names = query.texts("name")
        selection.sources = query.words("source", among: ["system", "user"], type: "str-enum[EventSource]")
        let parent = query.uuid("parent_id")
        let depth = query.integer("depth", in: 0...5)
        selection.readDepth(depth, parent, &query)
        for name in ["event_type_id", "aggregate_fields"] {
            query.refuse(name, because: "The gateway does not know this.")
        }
        guard query.complaints.isEmpty else { return .answer(PolarRefusal.answer(query.complaints)) }
        if let filter {
            var reader = PolarMeterFilterReader()
            selection.meterFilter = reader.read(filter)
            guard reader.complaints.isEmpty else { return .answer(PolarRefusal.answer(reader.complaints)) }
        }
        selection.readQuery(&query)
        guard query.complaints.isEmpty else { return .answer(PolarRefusal.answer(query.complaints)) }
        let hasCursor = query.text("cursor_pagination").map { ["true", "1"].contains($0.lowercased()) } ?? false
        let list = PolarList(page: page, isDescending: order.isDescending, hasCursor: hasCursor)
        guard let parent else { return list.call(for: selection) }
        // Children name a parent by its UUID or by the id that the application gave it.
        guard let number = StableUUID.number(in: parent) else {
            selection.parents = [parent]
            return list.call(for: selection)
        }
        return .follow(SequenceNumber(number)) { [selection] archived in
            var selection = selection
            let ids = archived.map { [$0.event.id.rawValue, EventIdentity.unscoped($0.event, prefix: nil)] } ?? []
            selection.parents = Set([parent] + ids)
            return list.call(for: selection)
        }
    }

    static func names(_ request: DialectRequest) -> DialectCall {
        var query = PolarQuery(request)
        let page = PolarPage(&query)
        let order = query.sorting(by: ["name", "occurrences", "first_seen", "last_seen"], standard: "-last_seen")
        var selection = PolarSelection()
        selection.readOwners(&query)
        selection.sources = query.words("source", among: ["system", "user"], type: "str-enum[EventSource]")
        guard query.complaints.isEmpty else { return .answer(PolarRefusal.answer(query.complaints)) }
        let words = query.text("query")?.lowercased()
        return .names(selection.filter) { names in
            let found = words.map { words in names.filter { $0.name.lowercased().contains(words) } } ?? names
            let sorted = found.sorted { PolarList.precedes($0, $1, by: order) }
            return PolarList.answer(page: page, total: sorted.count) { writer in
                for summary in sorted.dropFirst(page.skip).prefix(page.limit) { PolarList.write(summary, to: &writer) }
            }
        }
    }
}

extension PolarSelection {
    fileprivate mutating func readOwners(_ query: inout PolarQuery) {
        organizations = query.uuids("organization_id")
        customers = query.uuids("customer_id")
        externalCustomers = query.texts("external_customer_id")
    }

    /// Looked at when all parameters are good in themselves; one fault at a time.
    fileprivate mutating func readQuery(_ parameters: inout PolarQuery) {
        guard let text = parameters.text("query") else { return }
        if parameters.texts("organization_id").isEmpty {
            let message = "Query is only supported when organization_id is provided."
            parameters.add(PolarFinding("value_error", message), "query", text)
        } else if text.unicodeScalars.count < 3 {
            parameters.add(PolarFinding("query", "Query must be at least 3 characters."), "query", text)
        }
        query = text
    }

    /// Depth 0 means events without a parent; with a parent, depth 1 means its children. Descendants are not looked for.
    fileprivate mutating func readDepth(_ depth: Int?, _ parent: String?, _ query: inout PolarQuery) {
        guard let depth, let text = query.text("depth") else { return }
        if parent == nil, depth == 0 {
            isRootsOnly = true
        } else if parent == nil || depth != 1 {
            query.add(.value("The gateway answers depth 0 without a parent_id, and depth 1 with one."), "depth", text)
        }
    }
}

/// How a list is paged, ordered and written.
struct PolarList: Sendable {
    let page: PolarPage
    let isDescending: Bool
    /// Whether only a next page is asked for instead of a total.
    let hasCursor: Bool

    func call(for selection: PolarSelection) -> DialectCall {
        let search = EventSearch(
            selection.filter,
            order: isDescending ? .newestFirst : .oldestFirst,
            skip: page.skip,
            limit: page.limit,
            wantsTotal: !hasCursor
        )
        return .search(search) { found in
            Self.answer(page: page, total: found.total, hasMore: found.hasMore) { writer in
                for archived in found.events { PolarShownEvent(archived).write(to: &writer) }
            }
        }
    }

    /// - Parameter total: nil if pages follow a cursor.
    static func answer(page: PolarPage, total: Int?, hasMore: Bool = false, items: (inout JSONWriter) -> Void)
        -> DialectAnswer
    {
        var writer = JSONWriter(capacity: 4096)
        writer.beginObject()
        writer.key("items")
        writer.beginArray()
        items(&writer)
        writer.endArray()
        writer.key("pagination")
        if let total {
            page.write(total: total, to: &writer)
        } else {
            writer.beginObject()
            writer.member("has_next_page", bool: hasMore)
            writer.endObject()
        }
        writer.endObject()
        return DialectAnswer(status: 200, body: writer.bytes)
    }

    static func write(_ summary: EventNameSummary, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", string: summary.name)
        writer.member("label", string: summary.name)
        writer.member("source", string: "user")
        writer.member("occurrences", integer: summary.count)
        writer.member("first_seen", string: summary.firstSeen.polarText)
        writer.member("last_seen", string: summary.lastSeen.polarText)
        writer.endObject()
    }

    /// By the first criterion that tells two names apart; what is equal by all stays in the order of the names.
    static func precedes(
        _ left: EventNameSummary,
        _ right: EventNameSummary,
        by order: [(property: String, isDescending: Bool)]
    ) -> Bool {
        for (property, isDescending) in order {
            let (first, second) = isDescending ? (right, left) : (left, right)
            switch property {
            case "name" where first.name != second.name:
                return first.name.utf8.lexicographicallyPrecedes(second.name.utf8)
            case "occurrences" where first.count != second.count: return first.count < second.count
            case "first_seen" where first.firstSeen != second.firstSeen: return first.firstSeen < second.firstSeen
            case "last_seen" where first.lastSeen != second.lastSeen: return first.lastSeen < second.lastSeen
            default: continue
            }
        }
        return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
}
