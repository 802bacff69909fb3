import Events
import JSON

/// What a list of Flexprice's events shall hold: the same from a body (`POST /events/query`) and from parameters (`GET /events`).
struct FlexpriceListQuery {
    static let standardPage = 50
    /// Flexprice has no limit for a body's page; memory has.
    static let largestPage = 1000
    static let largestOffset = 100_000
    static let unreadable = "Please check the request payload"

    var customer = ""
    var name = ""
    var id = ""
    var source = ""
    var start: Timestamp?
    var end: Timestamp?
    var firstKey = ""
    var lastKey = ""
    /// Names of properties, each with the texts that it may be.
    var properties: [(name: String, values: [String])] = []
    var pageSize = standardPage
    var offset = 0
    var sort: String?
    var order: String?

    /// Whether the page follows a key, so that it is not found by counting.
    var hasKey: Bool { !firstKey.isEmpty || !lastKey.isEmpty }

    /// The question to the journal. Of two keys the first one counts, as at Flexprice.
    /// - Parameter now: where the window ends if the query does not say.
    func search(at now: Timestamp) throws(EarlyAnswer) -> EventSearch {
        try checkSort()
        let isAscending = order == "asc"
        let window = try window(at: now)
        guard (1...Self.largestPage).contains(pageSize) else {
            throw Self.refused("page_size", "must be at most \(Self.largestPage) here; follow iter_last_key for more")
        }
        guard offset <= Self.largestOffset else {
            throw Self.refused("offset", "must be at most \(Self.largestOffset) here; follow iter_last_key instead")
        }
        var search = EventSearch(
            EventFilter(
                ids: id.isEmpty ? [] : [EventID(id)],
                names: name.isEmpty ? [] : [name],
                customerIDs: customer.isEmpty ? [] : [customer],
                sources: source.isEmpty ? [] : [source],
                from: window.start,
                before: window.end + .milliseconds(1),
                condition: try condition()
            ),
            order: isAscending ? .oldestFirst : .newestFirst,
            limit: pageSize,
            wantsTotal: true
        )
        if !firstKey.isEmpty {
            let newer = try FlexpriceCursor.read(firstKey)
            if isAscending { search.after = newer } else { search.until = newer }
        } else if !lastKey.isEmpty {
            let older = try FlexpriceCursor.read(lastKey)
            if isAscending { search.until = older } else { search.after = older }
        } else {
            search.skip = offset
        }
        return search
    }

    /// Events are ordered by their timestamp; what has another order would be a wrong answer.
    private func checkSort() throws(EarlyAnswer) {
        if let sort, sort != "timestamp" {
            let isKnown = sort == "event_name"
            throw Self.refused(
                isKnown
                    ? "The gateway sorts events by timestamp only"
                    : "\(FlexpriceFault.failed) due to invalid sort field",
                "sort",
                sort,
                allowed: isKnown ? ["timestamp"] : ["timestamp", "event_name"]
            )
        }
        if let order, order != "asc", order != "desc" {
            let message = "\(FlexpriceFault.failed) due to invalid order by value"
            throw Self.refused(message, "order", order, allowed: ["asc", "desc"])
        }
    }

    /// The last seven days, if the query does not say otherwise. Both ends belong to it.
    private func window(at now: Timestamp) throws(EarlyAnswer) -> (start: Timestamp, end: Timestamp) {
        let end = end ?? now
        let start = start ?? end + .seconds(-7 * 86_400)
        guard start <= end else { throw Self.refused("end_time", "end time must be after start time") }
        return (start, end)
    }

    /// Compares values that are strings, and top-level names, as Flexprice does.
    private func condition() throws(EarlyAnswer) -> (@Sendable (AcceptedEvent) -> Bool)? {
        guard !properties.isEmpty else { return nil }
        if let empty = properties.first(where: { $0.values.isEmpty }) {
            throw Self.refused("property_filters", "\"\(empty.name)\" has no values to compare with")
        }
        return { [properties] event in
            guard let text = event.properties, let document = JSONDocument(ifValid: Array(text.bytes)) else {
                return false
            }
            return properties.allSatisfy { filter in
                guard let value = document.root[filter.name]?.string else { return false }
                return filter.values.contains { $0.utf8.elementsEqual(value.utf8) }
            }
        }
    }

    /// The response to a parameter with a value of the wrong type.
    static func refused(_ field: String, _ text: String) -> EarlyAnswer {
        EarlyAnswer(FlexpriceFacadeErrors.refused(unreadable, [.unreadable(field, text)]))
    }

    private static func refused(_ message: String, _ field: String, _ value: String, allowed: [String])
        -> EarlyAnswer
    {
        var writer = JSONWriter(capacity: 64)
        writer.beginArray()
        for word in allowed { writer.string(word) }
        writer.endArray()
        return EarlyAnswer(
            FlexpriceFacadeErrors.failure(
                400,
                "validation_error",
                message,
                details: [
                    ("allowed_values", JSONText(checked: writer.bytes[...])),
                    (field, FlexpriceFacadeErrors.text(value)),
                ]
            )
        )
    }
}
