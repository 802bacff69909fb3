import Events
import JSON

/// From the body of `POST /events/query`.
extension FlexpriceListQuery {
    private static let names: [StaticString] = [
        "external_customer_id", "event_name", "event_id", "source", "start_time", "end_time", "iter_first_key",
        "iter_last_key", "property_filters", "page_size", "offset", "sort", "order",
    ]

    init(body: [UInt8]) throws(FlexpriceRefusal) {
        let root: JSONValue
        do {
            root = try JSONDocument(parsing: body).root
        } catch {
            throw Self.refused("body", "\(error)")
        }
        guard root.kind == .object || root.isNull else {
            throw Self.refused("body", "must be an object, found \(root.kind.phrase)")
        }
        let members = FlexpriceMembers(Self.names, of: root)
        customer = try Self.text(members[0], "external_customer_id") ?? ""
        name = try Self.text(members[1], "event_name") ?? ""
        id = try Self.text(members[2], "event_id") ?? ""
        source = try Self.text(members[3], "source") ?? ""
        start = try Self.moment(members[4], "start_time")
        end = try Self.moment(members[5], "end_time")
        firstKey = try Self.text(members[6], "iter_first_key") ?? ""
        lastKey = try Self.text(members[7], "iter_last_key") ?? ""
        properties = try Self.filters(members[8])
        let size = try Self.integer(members[9], "page_size") ?? 0
        pageSize = size > 0 ? size : Self.standardPage
        offset = max(0, try Self.integer(members[10], "offset") ?? 0)
        sort = try Self.text(members[11], "sort")
        order = try Self.text(members[12], "order")
    }

    private static func text(_ value: JSONValue?, _ field: String) throws(FlexpriceRefusal) -> String? {
        guard let value else { return nil }
        guard let text = value.string else { throw refused(field, "must be a string, found \(value.kind.phrase)") }
        return text
    }

    private static func moment(_ value: JSONValue?, _ field: String) throws(FlexpriceRefusal) -> Timestamp? {
        try text(value, field).map { text throws(FlexpriceRefusal) in try moment(text, field) } ?? nil
    }

    /// Nil for Go's zero time, which is as good as none.
    private static func moment(_ text: String, _ field: String) throws(FlexpriceRefusal) -> Timestamp? {
        guard let moment = FlexpriceMoment.read(text) else {
            throw refused(field, "must be an RFC 3339 time such as \"2024-11-09T00:00:00Z\"")
        }
        return FlexpriceMoment.isZero(moment) ? nil : moment
    }

    private static func integer(_ value: JSONValue?, _ field: String) throws(FlexpriceRefusal) -> Int? {
        guard let value else { return nil }
        guard let integer = value.int64 else {
            throw refused(
                field,
                "must be a whole number, found \(String(decoding: value.raw.prefix(60), as: UTF8.self))"
            )
        }
        return Int(integer)
    }

    private static func filters(_ value: JSONValue?) throws(FlexpriceRefusal) -> [(name: String, values: [String])] {
        guard let value else { return [] }
        guard value.kind == .object else {
            throw refused("property_filters", "must be an object of lists, found \(value.kind.phrase)")
        }
        var filters: [(name: String, values: [String])] = []
        for member in LastMemberWins.lastMembers(of: value) {
            let values = member.value.elements.compactMap(\.string)
            guard member.value.kind == .array, values.count == Array(member.value.elements).count else {
                throw refused("property_filters", "\"\(member.name)\" must be a list of strings")
            }
            filters.append((member.name, values))
        }
        return filters
    }
}

/// From the parameters of `GET /events`.
extension FlexpriceListQuery {
    init(_ request: DialectRequest) throws(FlexpriceRefusal) {
        func text(_ name: String) -> String { request.parameter(name) ?? "" }
        customer = text("external_customer_id")
        name = text("event_name")
        id = text("event_id")
        source = text("source")
        firstKey = text("iter_first_key")
        lastKey = text("iter_last_key")
        sort = text("sort").isEmpty ? nil : text("sort")
        order = text("order").isEmpty ? nil : text("order")
        // Out of range, both count as absent there.
        if let size = Int(text("page_size")), (1...Self.standardPage).contains(size) { pageSize = size }
        if let count = Int(text("offset")), count > 0 { offset = count }
        if !text("start_time").isEmpty { start = try Self.moment(text("start_time"), "start_time") }
        if !text("end_time").isEmpty { end = try Self.moment(text("end_time"), "end_time") }
        properties = try Self.filters(text("property_filters"))
    }

    /// `key1:value1,value2;key2:value3`. Flexprice passes over a group of another form, and so answers another question than it was asked.
    private static func filters(_ text: String) throws(FlexpriceRefusal) -> [(name: String, values: [String])] {
        guard !text.isEmpty else { return [] }
        var filters: [(name: String, values: [String])] = []
        for group in text.split(separator: ";", omittingEmptySubsequences: false) {
            let parts = group.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                throw refused("property_filters", "must have the form key1:value1,value2;key2:value3")
            }
            filters.removeAll { $0.name == parts[0] }
            let values = parts[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            filters.append((String(parts[0]), values))
        }
        return filters
    }
}
