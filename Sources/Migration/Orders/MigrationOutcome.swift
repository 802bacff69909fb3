package import JSON

/// What an order did, or would do.
package struct MigrationOutcome: Sendable {
    /// As the log has it, or would have it.
    package let record: MigrationRecord
    /// Whether nothing was changed.
    package let isDryRun: Bool
    /// What must be voided at the new provider; nil unless customers return at once.
    package let returned: ReturnedUsage?
    /// The migration as it stands afterwards.
    package let status: MigrationStatus

    package init(record: MigrationRecord, isDryRun: Bool, returned: ReturnedUsage?, status: MigrationStatus) {
        self.record = record
        self.isDryRun = isDryRun
        self.returned = returned
        self.status = status
    }

    /// As the API shows it.
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("dry_run", bool: isDryRun)
        writer.key("entry")
        record.write(to: &writer)
        writer.key("to_void")
        if let returned { returned.write(to: &writer) } else { writer.null() }
        writer.key("migration")
        status.write(to: &writer)
        writer.endObject()
    }
}
