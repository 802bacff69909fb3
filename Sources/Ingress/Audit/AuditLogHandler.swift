import Access
import Events
import JSON
import Journal
import Reports

/// `GET /v1/log`: the audit log of all tenants, newest first, in pages.
struct AuditLogHandler: Sendable {
    private let recording: any AuditRecording
    private let csv: CSVResponder

    /// The query parameters.
    private static let names: Set<String> = [
        "category", "action", "actor", "tenant", "request_id", "from", "until", "limit", "cursor",
    ]

    init(_ services: EndpointServices) {
        recording = services.given.operations.audit.recording
        csv = CSVResponder(services)
    }

    func respond(to call: EndpointCall) async throws -> EndpointResponse {
        let parameters = try ListParameters(call.query, allowed: Self.names)
        let window = try parameters.window("from", "until")
        let filter = AuditFilter(
            tenant: try parameters.single("tenant").map { TenantID($0) },
            categories: try parameters.choices("category", as: AuditEntry.Category.self),
            actor: try parameters.single("actor"),
            action: try parameters.single("action"),
            requestID: try parameters.single("request_id"),
            from: window.from,
            before: window.until
        )
        if call.wantsCSV {
            try parameters.refusePages()
            return try await csv.respond(to: call, AuditCSV(recording, filter), named: "log", needing: .admin)
        }
        let limit = try parameters.limit()
        let cursor = try parameters.cursor(Self.cursor)
        let page: [RecordedAuditEntry]
        do {
            page = try await recording.auditLog(filter, before: cursor, limit: limit)
        } catch {
            throw Problem(error)
        }
        return .json(Self.json(page, limit: limit))
    }

    /// A cursor is the number of the last entry of a page.
    private static func cursor(_ text: String) -> Int64? {
        Int64(text).flatMap { $0 > 0 ? $0 : nil }
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
