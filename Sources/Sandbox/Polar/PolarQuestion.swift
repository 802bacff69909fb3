/// What a list of events asks for.
struct PolarQuestion {
    private let request: SimulatedRequest
    private var filter: PolarFilter?
    /// In microseconds since 1970.
    private let start: Int?
    private let end: Int?
    private let depth: Int?

    /// - Throws: ``PolarValidationError`` for the first parameter that is wrong.
    init(_ request: SimulatedRequest) throws {
        self.request = request
        start = try Self.time("start_timestamp", request)
        end = try Self.time("end_timestamp", request)
        depth = request.parameter("depth").flatMap { Int($0) }.map { max(0, $0) }
        if let text = request.parameter("filter") {
            guard let json = SandboxJSON(Array(text.utf8)) else {
                throw PolarValidationError(
                    type: "json_invalid",
                    location: [],
                    message: "Invalid JSON",
                    input: .string(text)
                )
            }
            guard let filter = PolarFilter(json) else {
                throw PolarValidationError(
                    type: "enum",
                    location: ["conjunction"],
                    message: "Input should be 'and' or 'or'",
                    input: json
                )
            }
            self.filter = filter
        }
        guard let query = request.parameter("query") else { return }
        if request.parameter("organization_id") == nil {
            let message = "Query is only supported when organization_id is provided."
            throw Self.error("value_error", "query", message, query)
        }
        if query.unicodeScalars.count < 3 {
            throw Self.error("query", "query", "Query must be at least 3 characters.", query)
        }
    }

    /// What the books are asked: what they have in order, and whatever else is left to be examined row by row.
    var query: BookQuery? {
        guard among("source", "user"), among("organization_id", PolarSimulator.organization) else { return nil }
        var query = BookQuery()
        query.names = values("name")
        query.customers = values("external_customer_id") + values("customer_id").map(Self.own)
        // Neither end belongs to the window; both are told to the microsecond, and compared with milliseconds.
        query.from = start.map { SandboxTime.floored($0, by: 1000).quotient + 1 }
        query.through = end.map { SandboxTime.floored($0 - 1, by: 1000).quotient }
        var isWhole = filter == nil && depth == nil
        isWhole = isWhole && request.parameter("parent_id") == nil && request.parameter("query") == nil
        for (key, wanted) in metadata {
            // What is missing is an empty text, which no key stands for.
            if wanted.contains("") { isWhole = false } else { query.keys.append(wanted.map { Self.key(key, $0) }) }
        }
        if !isWhole { query.takes = takes }
        return query
    }

    /// A text among the metadata, as it is searched for.
    static func key(_ name: String, _ value: String) -> SearchKey { SearchKey("metadata.\(name)", value) }

    /// Whose event it is. The external id wins, but for an event with a member.
    static func customer(of event: SandboxJSON) -> String {
        event["external_customer_id"]?.string ?? event["customer_id"]?.string.map(own) ?? ""
    }

    /// Polar's own id of a customer, distinguished from all external ids.
    static func own(_ id: String) -> String { "\u{0}\(id.lowercased())" }

    private func takes(_ found: Books.Listed) -> Bool {
        let event = found.entry.event
        return takesPlace(found) && takesMetadata(event["metadata"]) && takesQuery(event)
            && (filter?.takes(event, atSecond: SandboxTime.floored(found.time, by: 1000).quotient) ?? true)
    }

    private func values(_ name: String) -> [String] { request.query.filter { $0.name == name }.map(\.value) }

    private func among(_ name: String, _ value: String) -> Bool {
        let wanted = values(name)
        return wanted.isEmpty || wanted.contains(value)
    }

    private func takesPlace(_ found: Books.Listed) -> Bool {
        guard let anchor = request.parameter("parent_id")?.lowercased() else {
            return depth.map { found.ancestorIDs.count <= $0 } ?? true
        }
        return found.ancestorIDs.prefix(depth ?? 1).contains(anchor)
    }

    /// `metadata[key]=value`: several values of a key are alternatives; what is missing is an empty text.
    private var metadata: [String: [String]] {
        var wanted: [String: [String]] = [:]
        for (name, value) in request.query where name.hasPrefix("metadata[") && name.hasSuffix("]") {
            wanted[String(name.dropFirst("metadata[".count).dropLast()), default: []].append(value)
        }
        return wanted
    }

    private func takesMetadata(_ found: SandboxJSON?) -> Bool {
        metadata.allSatisfy { key, values in
            guard let found = found?[key] else { return values.contains("") }
            return found.string.map(values.containsBytes) ?? false
        }
    }

    private func takesQuery(_ event: SandboxJSON) -> Bool {
        guard let words = request.parameter("query")?.lowercased() else { return true }
        let places = [event["name"]?.string ?? "", "user", event["metadata"]?.text ?? ""]
        return places.contains { $0.lowercased().contains(words) }
    }

    private static func time(_ name: String, _ request: SimulatedRequest) throws -> Int? {
        guard let text = request.parameter(name) else { return nil }
        guard let time = PolarTime.exact(text)?.microseconds else {
            throw error("timezone_aware", name, "Input should have timezone info", text)
        }
        return time
    }

    private static func error(_ type: String, _ name: String, _ message: String, _ text: String) -> PolarValidationError
    {
        PolarValidationError(type: type, location: ["query", .string(name)], message: message, input: .string(text))
    }
}
