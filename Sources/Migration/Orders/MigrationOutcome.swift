package import Events
package import JSON

/// What an order did, or would do.
package struct MigrationOutcome: Sendable {
    /// As the log has it, or would have it.
    package let record: MigrationRecord
    /// Whether nothing was changed.
    package let isDryRun: Bool
    /// What must be voided at the new provider; nil unless customers return at once.
    package let returned: ReturnedUsage?
    /// The backfill of what the old provider lacks of that; nil if it lacks nothing.
    package let refill: Refill?
    /// The migration as it stands afterwards.
    package let status: MigrationStatus

    /// A backfill of the old provider, which was no longer sent everything when customers returned.
    package struct Refill: Sendable, Equatable {
        package let provider: ProviderName
        /// How many events the provider lacks of the running periods.
        package let events: Int
        package let customers: Int
        /// Events that it lacks of further customers, and that no backfill sends.
        package let moreEvents: Int
        /// The backfills that were started; none if the order was not carried out.
        package var backfills: [LaneNumber]
        /// Why none was started, for people.
        package var refusal: String?

        package init(
            provider: ProviderName,
            events: Int,
            customers: Int,
            moreEvents: Int = 0,
            backfills: [LaneNumber] = [],
            refusal: String? = nil
        ) {
            self.provider = provider
            self.events = events
            self.customers = customers
            self.moreEvents = moreEvents
            self.backfills = backfills
            self.refusal = refusal
        }
    }

    package init(
        record: MigrationRecord,
        isDryRun: Bool,
        returned: ReturnedUsage?,
        refill: Refill? = nil,
        status: MigrationStatus
    ) {
        self.refill = refill
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
        writer.key("refill")
        if let refill { refill.write(to: &writer) } else { writer.null() }
        writer.key("migration")
        status.write(to: &writer)
        writer.endObject()
    }
}

extension MigrationOutcome.Refill {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("provider", string: provider.rawValue)
        writer.member("events", integer: events)
        writer.member("customers", integer: customers)
        writer.member("more_events", integer: moreEvents)
        writer.key("backfills")
        writer.beginArray()
        for number in backfills { writer.integer(Int64(number.rawValue)) }
        writer.endArray()
        writer.member("error", stringOrNull: refusal)
        writer.endObject()
    }
}
