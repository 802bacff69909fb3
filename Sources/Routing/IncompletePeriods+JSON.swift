import Events
package import JSON

extension IncompletePeriods {
    /// Writes them as an object, in the API's names; null if there are none.
    package static func write(_ periods: IncompletePeriods?, to writer: inout JSONWriter) {
        guard let periods else { return writer.null() }
        writer.beginObject()
        writer.member("customers", integer: periods.customers)
        writer.key("examples")
        writer.beginArray()
        for example in periods.examples {
            writer.beginObject()
            writer.member("customer_id", string: example.customerID)
            writer.member("period_start", string: example.start.rfc3339)
            writer.endObject()
        }
        writer.endArray()
        writer.member("others_period_start", stringOrNull: periods.others?.rfc3339)
        writer.member("journal_from", string: periods.earliest.rfc3339)
        writer.endObject()
    }
}
