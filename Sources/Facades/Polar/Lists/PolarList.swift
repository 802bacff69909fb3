import Events
import JSON

/// How a list is paged, ordered and written.
struct PolarList: Sendable {
    let page: PolarPage
    let isDescending: Bool
    /// Whether only a next page is asked for instead of a total.
    let hasCursor: Bool

    /// The search for a page of this list.
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
                for archived in found.events { PolarEventWriter(archived).write(to: &writer) }
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
