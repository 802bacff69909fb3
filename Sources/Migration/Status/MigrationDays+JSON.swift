import Events
package import JSON
import Journal
import OfRecord

/// As the API shows it.
extension MigrationDays {
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("from", string: from.rawValue)
        writer.member("to", string: to.rawValue)
        writer.key("days")
        writer.beginArray()
        for day in days {
            writer.beginObject()
            writer.member("day", string: String(day.start.rfc3339.prefix(10)))
            writer.member("counted_at", string: day.countedAt.rfc3339)
            writer.key("from")
            Self.write(day.from, to: &writer)
            writer.key("to")
            Self.write(day.to, to: &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.member("days_not_counted", integer: uncounted)
        writer.endObject()
    }

    private static func write(_ counts: LedgerCounts.Counts, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("planned", integer: counts.planned)
        writer.member("delivered", integer: counts.delivered)
        writer.member("waiting", integer: counts.waiting)
        writer.member("rejected", integer: counts.rejected)
        writer.member("uncertain", integer: counts.uncertain)
        writer.member("discarded", integer: counts.discarded)
        writer.member("skipped", integer: counts.skipped)
        writer.member("backfilled", integer: counts.byLane)
        writer.endObject()
    }
}

extension UpcomingMoves {
    /// As the API shows it.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("times")
        writer.beginArray()
        for group in groups {
            writer.beginObject()
            writer.member("at", string: group.at.rfc3339)
            writer.member("to", string: group.to.rawValue)
            writer.member("customers", integer: group.customers)
            writer.member("first_customer_ids", strings: group.examples.map(\.rawValue))
            writer.member("customers_without_anchor", bool: group.includesOthers)
            writer.endObject()
        }
        writer.endArray()
        writer.member("later_times", integer: later)
        writer.member("customers_not_looked_at", integer: notLookedAt)
        writer.endObject()
    }
}
