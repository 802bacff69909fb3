import Access
import Dashboard
import Events
import Journal
import Reports

/// `/dashboard/log`: the audit log of all tenants, newest first, in pages.
struct LogPageHandler: Sendable {
    private let recording: any AuditRecording
    private let csv: CSVResponder

    private static let names: Set<String> = [
        "category", "action", "actor", "request_id", "from", "until", "limit", "cursor",
    ]

    init(_ services: EndpointServices) {
        recording = services.given.operations.audit.recording
        csv = CSVResponder(services)
    }

    func respond(to call: PageCall) async throws -> PageAnswer {
        let parameters = try ListParameters(call.fields.query(Self.names), allowed: Self.names)
        let filter = try Self.filter(parameters)
        let limit = try parameters.limit(default: Pager.usualSize)
        let cursor = try parameters.cursor { Int64($0).flatMap { $0 > 0 ? $0 : nil } }
        let entries: [RecordedAuditEntry]
        do {
            entries = try await recording.auditLog(filter, before: cursor, limit: limit)
        } catch {
            throw Problem(error)
        }
        let shown = LogPage.Filter(
            category: filter.categories.first,
            actor: filter.actor,
            action: filter.action,
            requestID: filter.requestID,
            from: call.fields["from"],
            until: call.fields["until"]
        )
        return .page(LogPage(shown, entries, limit: limit, cursor: call.fields["cursor"]))
    }

    /// All entries that the filter takes.
    func all(_ call: PageCall) async throws -> PageAnswer {
        let filter = try Self.filter(ListParameters(call.fields.query(Self.names), allowed: Self.names))
        return .other(
            try await csv.respond(to: call.call, AuditCSV(recording, filter), named: "log", needing: .admin)
        )
    }

    private static func filter(_ parameters: ListParameters) throws(Problem) -> AuditFilter {
        let window = try parameters.window("from", "until")
        return AuditFilter(
            categories: try parameters.choices("category", as: AuditEntry.Category.self),
            actor: try parameters.single("actor"),
            action: try parameters.single("action"),
            requestID: try parameters.single("request_id"),
            from: window.from,
            before: window.until
        )
    }
}
