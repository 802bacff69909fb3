import Events
import JSON
import Vendors

/// `GET /events/`, `/events/names` and `/events/{id}`.
enum PolarFacadeReads {
    /// One event by the ID that lists show.
    static func get(_ text: String) throws(EarlyAnswer) -> DialectCall {
        let id: String
        do {
            id = try PolarUUID.read(text).get()
        } catch {
            throw EarlyAnswer(PolarFacadeErrors.invalid([error.at(["path", "id"], text: text)]))
        }
        guard let number = StableUUID.number(in: id) else { throw EarlyAnswer(PolarFacadeErrors.notFoundEvent) }
        return .findNumbered(SequenceNumber(number)) { archived in
            guard let archived else { return PolarFacadeErrors.notFoundEvent }
            var writer = JSONWriter(capacity: 512)
            PolarEventWriter(archived).write(to: &writer)
            return DialectAnswer(status: 200, body: writer.bytes)
        }
    }

    /// A page of events. All faulty parameters are reported together.
    static func list(_ request: DialectRequest) throws(EarlyAnswer) -> DialectCall {
        var query = PolarQuery(request)
        let page = PolarPage(&query)
        let order = query.sorting(by: ["timestamp"], standard: "-timestamp")[0]
        var selection = PolarSelection()
        let filter = query.text("filter")
        selection.metadata = query.metadata
        selection.start = query.timestamp("start_timestamp")
        selection.end = query.timestamp("end_timestamp")
        selection.readOwners(&query)
        query.refuse("meter_id", because: "The gateway knows no meters; filter by what the meter filters by.")
        selection.names = query.texts("name")
        selection.sources = query.choices("source", among: ["system", "user"], type: "str-enum[EventSource]")
        let parent = query.uuid("parent_id")
        let depth = query.integer("depth", in: 0...5)
        selection.readDepth(depth, parent, &query)
        for name in ["event_type_id", "aggregate_fields"] {
            query.refuse(name, because: "The gateway does not know this.")
        }
        try check(query.errors)
        if let filter {
            var reader = PolarMeterFilterReader()
            selection.meterFilter = reader.read(filter)
            try check(reader.errors)
        }
        selection.readQuery(&query)
        try check(query.errors)
        let hasCursor = query.text("cursor_pagination").map { ["true", "1"].contains($0.lowercased()) } ?? false
        let list = PolarList(page: page, isDescending: order.isDescending, hasCursor: hasCursor)
        guard let parent else { return list.call(for: selection) }
        // Children name a parent by its UUID or by the id that the application gave it.
        guard let number = StableUUID.number(in: parent) else {
            selection.parents = [parent.exact]
            return list.call(for: selection)
        }
        return .follow(SequenceNumber(number)) { [selection] archived in
            var selection = selection
            let ids = archived.map { [$0.event.id.rawValue, EventIdentity.unscoped($0.event, prefix: nil)] } ?? []
            selection.parents = Set(([parent] + ids).map(\.exact))
            return list.call(for: selection)
        }
    }

    /// The names with counts, which Polar pages by number.
    static func names(_ request: DialectRequest) throws(EarlyAnswer) -> DialectCall {
        var query = PolarQuery(request)
        let page = PolarPage(&query)
        let order = query.sorting(by: ["name", "occurrences", "first_seen", "last_seen"], standard: "-last_seen")
        var selection = PolarSelection()
        selection.readOwners(&query)
        selection.sources = query.choices("source", among: ["system", "user"], type: "str-enum[EventSource]")
        try check(query.errors)
        let wanted = query.text("query")?.lowercased()
        return .names(selection.filter) { names in
            let found = wanted.map { wanted in names.filter { $0.name.lowercased().contains(wanted) } } ?? names
            let sorted = found.sorted { PolarList.precedes($0, $1, by: order) }
            return PolarList.answer(page: page, total: sorted.count) { writer in
                for summary in sorted.dropFirst(page.skip).prefix(page.limit) { PolarList.write(summary, to: &writer) }
            }
        }
    }

    /// Throws the response that lists all errors, if there are any.
    private static func check(_ errors: [PolarValidationError]) throws(EarlyAnswer) {
        guard errors.isEmpty else { throw EarlyAnswer(PolarFacadeErrors.invalid(errors)) }
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
            parameters.add(PolarValidationError("value_error", message), "query", text)
        } else if text.unicodeScalars.count < 3 {
            let message = "Query must be at least 3 characters."
            parameters.add(PolarValidationError("query", message), "query", text)
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
