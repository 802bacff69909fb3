import Events
import JSON
package import Routing

extension BackfillForecast {
    /// The forecasts for all accounts that a backfill fills.
    /// - Parameters:
    ///   - effect: what it does to the bill; nil if that is not known.
    ///   - rate: percent of the rate limit.
    ///   - leftOut: customers that it leaves out; nil if none.
    package static func json(
        of forecasts: [BackfillForecast],
        effect: String?,
        rate: Double,
        leftOut: IncompletePeriods? = nil,
        _ unreadable: UnreadableRanges
    ) -> [UInt8] {
        var writer = JSONWriter(capacity: 2048)
        writer.beginObject()
        writer.member("dry_run", bool: true)
        writer.member("effect", stringOrNull: effect)
        writer.key("rate")
        writer.number("\(rate)")
        writer.key("forecasts")
        writer.beginArray()
        for forecast in forecasts { forecast.write(to: &writer) }
        writer.endArray()
        writer.key("left_out")
        IncompletePeriods.write(leftOut, to: &writer)
        unreadable.writeMembers(to: &writer)
        writer.endObject()
        return writer.bytes
    }

    /// Writes it as an object, in the API's names.
    private func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("provider", string: provider.rawValue)
        writer.member("events", integer: events)
        writer.member("customers", integer: customers.count)
        writer.member("more_customers", bool: customers.isExceeded)
        writer.member("requests", integer: requests)
        writer.key("seconds")
        if let duration { writer.integer((duration.wholeMilliseconds + 999) / 1000) } else { writer.null() }
        writer.member("first_timestamp", stringOrNull: first?.rfc3339)
        writer.member("last_timestamp", stringOrNull: last?.rfc3339)
        writer.key("untranslatable")
        untranslatable.write(to: &writer) { reason, writer in
            writer.member("field", string: reason.field)
            writer.member("message", string: reason.message)
        }
        writer.key("not_taken")
        writer.beginObject()
        for reason in BackfillPreview.Reason.allCases {
            writer.member(reason.rawValue, integer: notTaken[reason, default: 0])
        }
        writer.endObject()
        writer.endObject()
    }
}
