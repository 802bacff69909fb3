import Events
import JSON

/// The body of a correction: `{"reason": "…"}` at least, with `properties` for an adjustment.
struct CorrectionBody: Sendable {
    /// Maximum number of bytes of a reason, which the audit log keeps whole.
    static let longestReason = 1000

    private(set) var reason = ""
    private(set) var isDryRun = false
    private(set) var aggregate: MetricAggregate?
    private(set) var property: String?
    /// Selects one of several events with the same id.
    private(set) var subscriptionID: String?
    private var properties: JSONText?
    private let kind: CorrectionID.Kind

    /// - Throws: ``Problem`` that names the member and how to fix it.
    init(_ body: [UInt8], for kind: CorrectionID.Kind) throws(Problem) {
        self.kind = kind
        let root: JSONValue
        do {
            root = try JSONDocument(parsing: body).root
        } catch {
            throw .badBody("the body is not JSON: \(error); send \(kind.example)")
        }
        guard root.kind == .object else { throw .badBody("the body must be an object such as \(kind.example)") }
        for member in root.members { try read(member) }
        guard reason.contains(where: { !$0.isWhitespace }) else {
            throw .badBody("\"reason\" is missing; the audit log keeps it: \(kind.example)")
        }
        if kind == .adjust, properties == nil {
            throw .badBody("\"properties\" is missing: the members that should be others, such as {\"units\": 4}")
        }
    }

    /// What to change about the event.
    var change: CorrectionOrder.Change { properties.map { .adjust($0) } ?? .void }

    private mutating func read(_ member: JSONMember) throws(Problem) {
        switch member.name {
        case "reason": reason = try Self.text(member, limit: Self.longestReason)
        case "dry_run":
            guard let flag = member.value.bool else { throw .badBody("\"dry_run\" must be true or false") }
            isDryRun = flag
        case "aggregate":
            let known = MetricAggregate.allCases.map(\.rawValue)
            guard let aggregate = member.value.string.flatMap({ MetricAggregate(rawValue: $0) }) else {
                throw .badBody("\"aggregate\" must be one of \(known.joined(separator: ", "))")
            }
            self.aggregate = aggregate
        case "property": property = try Self.text(member, limit: Self.longestReason)
        case "subscription_id": subscriptionID = try Self.text(member, limit: 255)
        case "properties" where kind == .adjust: properties = try Self.properties(member.value)
        default:
            let known = kind.members
            throw .badBody(
                "unknown member \"\(Excerpt.of(member.name))\"\(Problem.suggestion(for: member.name, among: known)); "
                    + "the members are \(known.joined(separator: ", "))"
            )
        }
    }

    /// An object within the depth that events may have.
    private static func properties(_ value: JSONValue) throws(Problem) -> JSONText {
        guard value.kind == .object else { throw .badBody("\"properties\" must be an object") }
        guard value.depth <= EventReader.deepest else {
            throw .badBody("\"properties\" is nested deeper than \(EventReader.deepest)")
        }
        if let key = value.firstDuplicateKey?.string {
            throw .badBody("the key \"\(Excerpt.of(key))\" is duplicated in one object of \"properties\"")
        }
        return JSONText(checked: value.raw)
    }

    private static func text(_ member: JSONMember, limit: Int) throws(Problem) -> String {
        guard let text = member.value.string, !text.isEmpty, text.utf8.count <= limit else {
            throw .badBody("\"\(member.name)\" must be a string of 1 to \(limit) bytes")
        }
        return text
    }
}

extension CorrectionID.Kind {
    fileprivate var members: [String] {
        ["reason", "aggregate", "property", "subscription_id", "dry_run"] + (self == .adjust ? ["properties"] : [])
    }

    fileprivate var example: String {
        switch self {
        case .void: "{\"reason\": \"sent twice\", \"aggregate\": \"sum\", \"property\": \"units\"}"
        case .adjust:
            "{\"reason\": \"wrong meter\", \"properties\": {\"units\": 4}, \"aggregate\": \"sum\", \"property\": \"units\"}"
        }
    }
}
