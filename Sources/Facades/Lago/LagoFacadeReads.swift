import Events
import JSON

/// `GET /events` and `GET /events/{transaction_id}`: of all events that name a subscription, whichever API accepted them.
enum LagoFacadeReads {
    /// Lago shows the first one that it finds: ids are unique in a subscription only.
    static func find(_ path: String) -> DialectCall {
        .find(EventID(PercentEncoding.decoded(path))) { events in
            guard let event = events.lazy.compactMap({ LagoEventWriter($0.event) }).first else {
                return LagoFacadeErrors.notFound("event_not_found")
            }
            var writer = JSONWriter(capacity: 512)
            writer.beginObject()
            writer.key("event")
            event.write(to: &writer)
            writer.endObject()
            return DialectAnswer(status: 200, contentType: LagoFacade.contentType, body: writer.bytes)
        }
    }

    /// Lago pages by number, so each page needs the total.
    static func list(_ request: DialectRequest) throws(EarlyAnswer) -> DialectCall {
        let query = try LagoListQuery(request)
        let search = EventSearch(query.filter, skip: query.skip, limit: query.perPage, wantsTotal: true)
        return .search(search) { page in
            var writer = JSONWriter(capacity: 512 * (page.events.count + 1))
            writer.beginObject()
            writer.key("events")
            writer.beginArray()
            for archived in page.events { LagoEventWriter(archived.event)?.write(to: &writer) }
            writer.endArray()
            writer.key("meta")
            query.writeMeta(total: page.total ?? 0, to: &writer)
            writer.endObject()
            return DialectAnswer(status: 200, contentType: LagoFacade.contentType, body: writer.bytes)
        }
    }
}
