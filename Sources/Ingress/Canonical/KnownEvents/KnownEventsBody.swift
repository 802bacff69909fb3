import Events
import JSON

/// The body of `POST /v1/events/known`: `{"sent_to": "lago", "events": [{"id": "evt-1", "subscription_id": "sub_1"}]}`.
struct KnownEventsBody: Sendable {
    /// An event by its identity: the ID, and what else tells it from others with the same ID.
    struct Identity: Sendable {
        var id = ""
        var customerID: String?
        var subscriptionID: String?
        var source: String?
        var timestamp: Timestamp?
    }

    /// The vendor that knows the events so; nil: the application does.
    private(set) var sentTo: AdapterName?
    private(set) var events: [Identity] = []

    /// Events of one request.
    static let most = 1000

    private static let example =
        "{\"sent_to\": \"lago\", \"events\": [{\"id\": \"evt-1\", \"subscription_id\": \"sub_1\"}]}"

    /// - Throws: ``Problem`` that names the member and how to fix it.
    init(_ body: [UInt8]) throws(Problem) {
        let root: JSONValue
        do {
            root = try JSONDocument(parsing: body).root
        } catch {
            throw .badBody("the body is not JSON: \(error); send \(Self.example)")
        }
        guard root.kind == .object, let list = root["events"], list.kind == .array else {
            throw .badBody("the body must be an object such as \(Self.example)")
        }
        for member in root.members {
            switch member.name {
            case "events": break
            case "sent_to":
                guard let name = member.value.string, !name.isEmpty else {
                    throw .badBody("\"sent_to\" must be the name of an adapter, such as \"lago\"")
                }
                sentTo = AdapterName(name)
            default: throw Self.unknown(member, among: ["sent_to", "events"])
            }
        }
        // Counted before they are read: a list can be as long as the body may be.
        let elements = Array(list.elements.prefix(Self.most + 1))
        guard elements.count <= Self.most else {
            throw .badBody("\"events\" has more than \(Self.most) events; send several requests")
        }
        for element in elements { events.append(try Self.identity(element)) }
    }

    private static func identity(_ value: JSONValue) throws(Problem) -> Identity {
        guard value.kind == .object else { throw .badBody("\"events\" must be a list of objects with an \"id\"") }
        var identity = Identity()
        for member in value.members {
            switch member.name {
            case "id": identity.id = try text(member)
            case "customer_id": identity.customerID = try text(member)
            case "subscription_id": identity.subscriptionID = try text(member)
            case "source": identity.source = try text(member)
            case "timestamp":
                guard let time = member.value.string.flatMap({ Timestamp(rfc3339: $0) }) else {
                    throw .badBody("\"timestamp\" must be a time such as 2026-01-31T00:00:00Z")
                }
                identity.timestamp = time
            default:
                throw unknown(member, among: ["id", "customer_id", "subscription_id", "source", "timestamp"])
            }
        }
        guard !identity.id.isEmpty else { throw .badBody("each of \"events\" must have an \"id\"") }
        return identity
    }

    private static func text(_ member: JSONMember) throws(Problem) -> String {
        guard let text = member.value.string, !text.isEmpty else {
            throw .badBody("\"\(member.name)\" must be a string that is not empty")
        }
        return text
    }

    private static func unknown(_ member: JSONMember, among known: [String]) -> Problem {
        .badBody(
            "unknown member \"\(Excerpt.of(member.name))\"\(Problem.suggestion(for: member.name, among: known)); "
                + "the members are \(known.joined(separator: ", "))"
        )
    }
}
