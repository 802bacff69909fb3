import Events
import JSON

/// A message as the body of a webhook: type, timestamp and data, as the Standard Webhooks specification recommends.
package enum WebhookFormat {
    /// The JSON text.
    package static func body(of message: NotificationMessage) -> [UInt8] {
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.member("type", string: message.isTest ? "tollgate.test" : "tollgate.notification")
        writer.member("timestamp", string: message.at.rfc3339)
        writer.key("data")
        writer.beginObject()
        writer.member("gateway", string: message.gateway)
        writer.member("title", string: message.title)
        writer.key("incidents")
        writer.beginArray()
        for incident in message.incidents { write(incident, to: &writer) }
        writer.endArray()
        writer.member("omitted", integer: message.omitted)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ incident: Incident, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("kind", string: incident.condition.key.kind.rawValue)
        writer.member("subject", string: incident.condition.key.subject)
        writer.member("status", string: incident.status.rawValue)
        writer.member("since", string: incident.since.rfc3339)
        writer.member("ended", stringOrNull: incident.ended?.rfc3339)
        writer.member("summary", string: incident.condition.summary)
        writer.member("remedy", string: incident.condition.remedy)
        writer.endObject()
    }
}
