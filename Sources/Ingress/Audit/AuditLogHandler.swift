import Events
import JSON
import Journal

/// `GET /v1/log`: the audit log of all tenants, newest first, in pages.
struct AuditLogHandler: Sendable {
    private let recording: any AuditRecording

    private static let largestPage = 1000

    /// The parameters that it takes.
    private static let names: Set<String> = [
        "category", "action", "actor", "tenant", "start", "end", "limit", "cursor",
    ]

    init(_ services: EndpointServices) {
        recording = services.given.operations.audit.recording
    }

    /// Several categories are separated by commas.
    func respond(to call: EndpointCall) async throws -> EndpointResponse {
        let query = call.query
        if let stranger = query.keys.sorted().first(where: { !Self.names.contains($0) }) {
            let known = Self.names.sorted().joined(separator: ", ")
            throw Problem.badParameter(stranger, "is not a parameter here; the parameters are \(known)")
        }
        let filter = AuditFilter(
            tenant: query["tenant"].map { TenantID($0) },
            categories: try Self.categories(query["category"]),
            actor: query["actor"],
            action: query["action"],
            from: try query["start"].map { try DeliveryWords.moment("start", $0) },
            before: try query["end"].map { try DeliveryWords.moment("end", $0) }
        )
        let limit = try Self.limit(query["limit"])
        let page: [RecordedAuditEntry]
        do {
            page = try await recording.auditLog(filter, before: try Self.cursor(query["cursor"]), limit: limit)
        } catch let error as StoreError {
            throw Problem(error)
        }
        return .json(Self.json(page, limit: limit))
    }

    private static func categories(_ text: String?) throws(Problem) -> Set<AuditEntry.Category> {
        var categories: Set<AuditEntry.Category> = []
        for word in text?.split(separator: ",") ?? [] {
            guard let category = AuditEntry.Category(rawValue: String(word)) else {
                let known = AuditEntry.Category.allCases.map(\.rawValue).joined(separator: ", ")
                throw .badParameter("category", "is one or several of \(known)")
            }
            categories.insert(category)
        }
        return categories
    }

    private static func limit(_ text: String?) throws(Problem) -> Int {
        guard let text else { return 100 }
        guard let limit = Int(text), (1...largestPage).contains(limit) else {
            throw .badParameter("limit", "is an integer from 1 to \(largestPage)")
        }
        return limit
    }

    /// A cursor is the number of the last entry of a page.
    private static func cursor(_ text: String?) throws(Problem) -> Int64? {
        guard let text else { return nil }
        guard let number = Int64(text), number > 0 else {
            throw .badParameter("cursor", "is the next_cursor of an earlier page")
        }
        return number
    }

    private static func json(_ page: [RecordedAuditEntry], limit: Int) -> [UInt8] {
        var writer = JSONWriter(capacity: 256 * (page.count + 1))
        writer.beginObject()
        writer.key("entries")
        writer.beginArray()
        for recorded in page { write(recorded, to: &writer) }
        writer.endArray()
        let last = page.count == limit ? page.last : nil
        writer.member("next_cursor", stringOrNull: last.map { "\($0.number)" })
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ recorded: RecordedAuditEntry, to writer: inout JSONWriter) {
        let entry = recorded.entry
        writer.beginObject()
        writer.member("number", integer: Int(recorded.number))
        writer.member("at", string: entry.at.rfc3339)
        writer.member("category", string: entry.category.rawValue)
        writer.member("action", string: entry.action)
        writer.member("actor", stringOrNull: entry.actor)
        writer.member("tenant", stringOrNull: entry.tenant?.rawValue)
        writer.member("key_id", stringOrNull: entry.keyID)
        writer.member("remote_address", stringOrNull: entry.remoteAddress)
        writer.key("details")
        writer.beginObject()
        for (name, value) in entry.details.sorted(by: { $0.key < $1.key }) { writer.member(name, string: value) }
        writer.endObject()
        writer.endObject()
    }
}
