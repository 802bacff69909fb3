import JSON

/// Writes the settings that a delivery was sent with, and is sent with now.
enum DeliverySettingsWriter {
    /// The member `settings`: those that the event was accepted with, then those that replaced them, each with the first attempt that
    /// used them.
    static func write(_ delivery: Delivery, _ planned: Destination, to writer: inout JSONWriter) {
        writer.key("settings")
        writer.beginArray()
        write(planned, firstAttempt: 1, nil, to: &writer)
        for amendment in delivery.amendments {
            write(amendment.destination, firstAttempt: amendment.firstAttempt, amendment, to: &writer)
        }
        writer.endArray()
    }

    private static func write(
        _ destination: Destination,
        firstAttempt: Int,
        _ amendment: DeliveryAmendment?,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.member("first_attempt", integer: firstAttempt)
        writer.member("retried_at", stringOrNull: amendment?.at.rfc3339)
        writer.member("retried_by", stringOrNull: amendment?.by.rawValue)
        writer.key("values")
        PlanCoding.writeSettings(of: destination, to: &writer)
        writer.endObject()
    }
}
