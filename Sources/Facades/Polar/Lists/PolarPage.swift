import JSON

/// Which page of a list is asked for.
struct PolarPage {
    private static let largest = 100

    let page: Int
    let limit: Int

    var skip: Int { (page - 1) * limit }

    init(_ query: inout PolarQuery) {
        page = max(1, query.integer("page", above: 0) ?? 1)
        // More is lowered silently.
        limit = min(Self.largest, max(1, query.integer("limit", above: 0) ?? 10))
    }

    /// `total_count` and `max_page`.
    func write(total: Int, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("total_count", integer: total)
        writer.member("max_page", integer: (total + limit - 1) / limit)
        writer.endObject()
    }
}
