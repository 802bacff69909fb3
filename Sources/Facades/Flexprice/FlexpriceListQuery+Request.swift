import Events
import JSON
import Vendors

/// From the body of `POST /events/query`.
extension FlexpriceListQuery {
    private enum Field: Int, MemberName {
        case customer, name, id, source, start, end, firstKey, lastKey, properties, pageSize, offset, sort, order

        static let names = spelled {
            switch $0 {
            case .customer: "external_customer_id"
            case .name: "event_name"
            case .id: "event_id"
            case .source: "source"
            case .start: "start_time"
            case .end: "end_time"
            case .firstKey: "iter_first_key"
            case .lastKey: "iter_last_key"
            case .properties: "property_filters"
            case .pageSize: "page_size"
            case .offset: "offset"
            case .sort: "sort"
            case .order: "order"
            }
        }
    }

    init(body: [UInt8]) throws(EarlyAnswer) {
        let root: JSONValue
        do {
            root = try JSONDocument(parsing: body).root
        } catch {
            throw Self.refused("body", "\(error)")
        }
        guard root.kind == .object || root.isNull else {
            throw Self.refused("body", "must be an object, found \(root.kind.phrase)")
        }
        let members = NamedMembers<Field>(of: root, by: .go)
        func text(_ field: Field) throws(EarlyAnswer) -> String? { try Self.text(members[field], "\(field.text)") }
        func timestamp(_ field: Field) throws(EarlyAnswer) -> Timestamp? {
            guard let text = try text(field) else { return nil }
            return try Self.timestamp(text, "\(field.text)")
        }
        func integer(_ field: Field) throws(EarlyAnswer) -> Int {
            try Self.integer(members[field], "\(field.text)") ?? 0
        }
        customer = try text(.customer) ?? ""
        name = try text(.name) ?? ""
        id = try text(.id) ?? ""
        source = try text(.source) ?? ""
        start = try timestamp(.start)
        end = try timestamp(.end)
        firstKey = try text(.firstKey) ?? ""
        lastKey = try text(.lastKey) ?? ""
        properties = try Self.filters(members[.properties])
        let size = try integer(.pageSize)
        pageSize = size > 0 ? size : Self.standardPage
        offset = max(0, try integer(.offset))
        sort = try text(.sort)
        order = try text(.order)
    }

    /// A text; absent counts as nil, and any other kind is refused.
    private static func text(_ value: JSONValue?, _ field: String) throws(EarlyAnswer) -> String? {
        guard let value else { return nil }
        guard let text = value.string else { throw refused(field, "must be a string, found \(value.kind.phrase)") }
        return text
    }

    /// Nil for Go's zero time, which is as good as none.
    private static func timestamp(_ text: String, _ field: String) throws(EarlyAnswer) -> Timestamp? {
        guard let timestamp = FlexpriceTimestamp.read(text) else {
            throw refused(field, "must be an RFC 3339 time such as \"2024-11-09T00:00:00Z\"")
        }
        return FlexpriceTimestamp.isZero(timestamp) ? nil : timestamp
    }

    /// An integer; fractions and other kinds are refused.
    private static func integer(_ value: JSONValue?, _ field: String) throws(EarlyAnswer) -> Int? {
        guard let value else { return nil }
        guard let integer = value.int64 else {
            throw refused(
                field,
                "must be an integer, found \(String(decoding: value.raw.prefix(60), as: UTF8.self))"
            )
        }
        return Int(integer)
    }

    /// Property filters, each with the values of which one must match.
    private static func filters(_ value: JSONValue?) throws(EarlyAnswer) -> [(name: String, values: [String])] {
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
    init(_ request: DialectRequest) throws(EarlyAnswer) {
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
        if !text("start_time").isEmpty { start = try Self.timestamp(text("start_time"), "start_time") }
        if !text("end_time").isEmpty { end = try Self.timestamp(text("end_time"), "end_time") }
        properties = try Self.filters(text("property_filters"))
    }

    /// `key1:value1,value2;key2:value3`. Flexprice skips a group of another form, and so answers another question than it was asked.
    private static func filters(_ text: String) throws(EarlyAnswer) -> [(name: String, values: [String])] {
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
