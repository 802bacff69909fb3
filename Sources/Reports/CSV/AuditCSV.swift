import Events
package import Journal

/// The audit log, newest first.
package struct AuditCSV: CSVList {
    package static let titles = [
        "number", "at", "category", "action", "actor", "tenant", "key_id", "remote_address", "details",
    ]

    private static let page = 1000

    private let recording: any AuditRecording
    private let filter: AuditFilter

    package init(_ recording: any AuditRecording, _ filter: AuditFilter) {
        self.recording = recording
        self.filter = filter
    }

    package func page(after cursor: Int64?) async throws(StoreError) -> CSVPage<Int64> {
        let page = try await BusyStore.retrying(unless: cursor == nil) { () async throws(StoreError) in
            try await recording.auditLog(filter, before: cursor, limit: Self.page)
        }
        return CSVPage(rows: page.map(Self.row), next: page.count == Self.page ? page.last?.number : nil)
    }

    private static func row(_ recorded: RecordedAuditEntry) -> [String] {
        let entry = recorded.entry
        let details = entry.details.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return [
            "\(recorded.number)", entry.at.rfc3339, entry.category.rawValue, entry.action, entry.actor ?? "",
            entry.tenant?.rawValue ?? "", entry.keyID ?? "", entry.remoteAddress ?? "",
            details.joined(separator: "; "),
        ]
    }
}
