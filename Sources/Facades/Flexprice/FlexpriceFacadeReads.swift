import Events
import JSON

/// `POST /events/query`, `GET /events`, and `GET /events/lookup` with its older form `GET /events/{id}`.
enum FlexpriceFacadeReads {
    /// A search whose filters are in the body.
    static func query(_ request: DialectRequest) throws(EarlyAnswer) -> DialectCall {
        try call(for: FlexpriceListQuery(body: request.body), at: request.receivedAt)
    }

    /// A search whose filters are in the query.
    static func list(_ request: DialectRequest) throws(EarlyAnswer) -> DialectCall {
        try call(for: FlexpriceListQuery(request), at: request.receivedAt)
    }

    /// The search that the query describes.
    private static func call(for query: FlexpriceListQuery, at now: Timestamp) throws(EarlyAnswer) -> DialectCall {
        .search(try query.search(at: now)) { page in answer(with: page, to: query) }
    }

    /// Keys and counts that are empty or 0 are left out, as Go writes them.
    private static func answer(with page: EventPage, to query: FlexpriceListQuery) -> DialectAnswer {
        var writer = JSONWriter(capacity: 384 * (page.events.count + 1))
        writer.beginObject()
        writer.key("events")
        writer.beginArray()
        for archived in page.events { FlexpriceEventWriter(archived).write(to: &writer) }
        writer.endArray()
        writer.member("has_more", bool: page.hasMore)
        if let first = page.events.first, let last = page.events.last {
            writer.member("iter_first_key", string: FlexpriceCursor.text(first))
            // After a key, the last page has no way on; pages by number always name it.
            if page.hasMore || !query.hasKey { writer.member("iter_last_key", string: FlexpriceCursor.text(last)) }
        }
        if let total = page.total, total > 0 { writer.member("total_count", integer: total) }
        if !query.hasKey { writer.member("offset", integer: query.offset + query.pageSize) }
        writer.endObject()
        return DialectAnswer(status: 200, contentType: FlexpriceFacade.contentType, body: writer.bytes)
    }

    /// Unlike there, an event of any age is found if the query names no times.
    static func lookup(_ id: String, _ request: DialectRequest) throws(EarlyAnswer) -> DialectCall {
        guard !id.isEmpty else {
            throw EarlyAnswer(FlexpriceFacadeErrors.failure(400, "validation_error", "Please provide a valid event ID"))
        }
        let query = try FlexpriceListQuery(request)
        return .find(EventID(id)) { events in
            let found = events.filter { archived in
                let event = archived.event
                return (query.customer.isEmpty || event.customerID.map { EventID($0) } == EventID(query.customer))
                    && (query.start.map { $0 <= event.timestamp } ?? true)
                    && (query.end.map { $0 >= event.timestamp } ?? true)
            }
            return found.isEmpty ? notFound(id) : FlexpriceLookup(found).answer
        }
    }

    /// Flexprice answers an unknown id with 404 or 500, as it happens; 404 is what is meant.
    private static func notFound(_ id: String) -> DialectAnswer {
        FlexpriceFacadeErrors.failure(
            404,
            "not_found",
            "Event not found in events table",
            details: [("event_id", FlexpriceFacadeErrors.text(id))]
        )
    }
}
