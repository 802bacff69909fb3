package import Events
import JSON
package import Journal

/// The routes that a plan is about, and those that it is compared with.
package struct PlannedRoutes: Sendable, Equatable {
    /// The digest of the new file.
    package let file: String
    /// The digest of the active file.
    package let fileInForce: String
    /// The version of what was ordered in migrations.
    package let migrationLog: Int64

    package init(file: String, fileInForce: String, migrationLog: Int64) {
        self.file = file
        self.fileInForce = fileInForce
        self.migrationLog = migrationLog
    }
}

/// What a plan rests on. Of two plans with one basis, the second is the first.
package struct PlanBasis: Sendable, Equatable {
    package let routes: PlannedRoutes
    /// Where the journal ended.
    package let journal: JournalPosition
    /// Which time of an event decides whether it is examined.
    package let clock: RecordedWindow.Clock
    /// Nil: from the beginning of the journal.
    package let from: Timestamp?
    /// Nil: up to the end of the journal.
    package let until: Timestamp?
    /// Percent of the events that are translated.
    package let sample: Double
    /// Whose events are examined; nil: those of all tenants.
    package let tenant: TenantID?
    /// The migration that it is made for; nil for new routes.
    package let migration: MigrationName?

    package init(
        routes: PlannedRoutes,
        journal: JournalPosition,
        clock: RecordedWindow.Clock,
        from: Timestamp?,
        until: Timestamp?,
        sample: Double,
        tenant: TenantID?,
        migration: MigrationName? = nil
    ) {
        self.routes = routes
        self.journal = journal
        self.clock = clock
        self.from = from
        self.until = until
        self.sample = sample
        self.tenant = tenant
        self.migration = migration
    }

    /// A text that is the same for the same basis alone.
    package var text: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writeMembers(to: &writer)
        writer.endObject()
        return writer.bytes
    }

    /// The events that are examined.
    package var window: RecordedWindow {
        RecordedWindow(
            clock: clock,
            from: from ?? Timestamp(milliseconds: .min),
            until: until ?? Timestamp(milliseconds: .max),
            tenant: tenant,
            withDeliveries: false
        )
    }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("tenant", stringOrNull: tenant?.rawValue)
        writer.member("migration", stringOrNull: migration?.rawValue)
        writer.member("routes_digest", string: routes.file)
        writer.member("routes_in_force_digest", string: routes.fileInForce)
        writer.member("migration_log_version", integer: routes.migrationLog)
        writer.member("journal_position", string: journal.text)
        writer.key("window")
        writer.beginObject()
        writer.member("clock", string: clock.rawValue)
        writer.member("from", stringOrNull: from?.rfc3339)
        writer.member("until", stringOrNull: until?.rfc3339)
        writer.endObject()
        writer.key("sample_percent")
        writer.number("\(sample)")
    }
}
