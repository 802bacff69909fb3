import Foundation

/// What a list of events asks for.
struct PolarQuestion {
    private let request: SimulatedRequest
    private var filter: PolarFilter?
    /// Neither end belongs to the window.
    private let start: Date?
    private let end: Date?
    private let depth: Int?

    /// - Throws: ``PolarValidationError`` for the first parameter that is wrong.
    init(_ request: SimulatedRequest) throws {
        self.request = request
        start = try Self.time("start_timestamp", request)
        end = try Self.time("end_timestamp", request)
        depth = request.parameter("depth").flatMap { Int($0) }
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

    /// - Parameter parent: the id of the event's parent.
    func takes(_ member: PolarFamilies.Member, parent: String?, at time: Date) -> Bool {
        let event = member.entry.event
        return among("name", event["name"]?.string ?? "") && among("source", "user")
            && among("organization_id", PolarSimulator.organization) && takesCustomer(event)
            && takesPlace(member, parent) && takesMetadata(event["metadata"]) && takesQuery(event)
            && (start.map { time > $0 } ?? true) && (end.map { time < $0 } ?? true)
            && (filter?.takes(event, at: time) ?? true)
    }

    private func values(_ name: String) -> [String] { request.query.filter { $0.name == name }.map(\.value) }

    private func among(_ name: String, _ value: String) -> Bool {
        let wanted = values(name)
        return wanted.isEmpty || wanted.contains(value)
    }

    /// Both kinds of customer are alternatives.
    private func takesCustomer(_ event: SandboxJSON) -> Bool {
        let (own, external) = (values("customer_id"), values("external_customer_id"))
        if own.isEmpty, external.isEmpty { return true }
        return event["customer_id"]?.string.map(own.contains) ?? false
            || event["external_customer_id"]?.string.map(external.contains) ?? false
    }

    private func takesPlace(_ member: PolarFamilies.Member, _ parent: String?) -> Bool {
        guard let anchor = request.parameter("parent_id")?.lowercased() else {
            return depth.map { member.ancestors.count <= $0 } ?? true
        }
        guard let depth else { return parent == anchor }
        return member.ancestors.prefix(depth).contains(anchor)
    }

    /// `metadata[key]=value`: several values of a key are alternatives; what is missing is an empty text.
    private func takesMetadata(_ metadata: SandboxJSON?) -> Bool {
        var wanted: [String: [String]] = [:]
        for (name, value) in request.query where name.hasPrefix("metadata[") && name.hasSuffix("]") {
            wanted[String(name.dropFirst("metadata[".count).dropLast()), default: []].append(value)
        }
        return wanted.allSatisfy { key, values in
            guard let found = metadata?[key] else { return values.contains("") }
            return found.string.map(values.contains) ?? false
        }
    }

    private func takesQuery(_ event: SandboxJSON) -> Bool {
        guard let words = request.parameter("query")?.lowercased() else { return true }
        let places = [event["name"]?.string ?? "", "user", event["metadata"]?.text ?? ""]
        return places.contains { $0.lowercased().contains(words) }
    }

    private static func time(_ name: String, _ request: SimulatedRequest) throws -> Date? {
        guard let text = request.parameter(name) else { return nil }
        guard let time = SandboxTime.read(text) else {
            throw error("timezone_aware", name, "Input should have timezone info", text)
        }
        return time
    }

    private static func error(_ type: String, _ name: String, _ message: String, _ text: String) -> PolarValidationError
    {
        PolarValidationError(type: type, location: ["query", .string(name)], message: message, input: .string(text))
    }
}
