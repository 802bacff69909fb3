import Events
import JSON
import Parity

/// Writes the results of watching a provider, as the members `verify` and `canary`.
enum WatchWriter {
    /// Maximum number of lost events that are listed, newest first.
    private static let mostLost = 100

    static func write(_ report: WatchReport, at now: Timestamp, to writer: inout JSONWriter) {
        writer.key("verify")
        write(report.verify, at: now, to: &writer)
        writer.key("canary")
        write(report.canary, to: &writer)
    }

    private static func write(_ report: VerifyReport?, at now: Timestamp, to writer: inout JSONWriter) {
        guard let report else { return writer.null() }
        let day = now + .seconds(-86_400)
        writer.beginObject()
        writer.member("sample", string: "1/\(report.oneIn)")
        writer.member("checked_up_to", string: report.checkedUpTo.rfc3339)
        writer.member("waiting", integer: report.waiting)
        writer.member("verified_24h", integer: report.verified(since: day))
        writer.member("different_24h", integer: report.different(since: day))
        writer.member("missing", integer: report.lost.count)
        writer.member("accepted", integer: report.accepted)
        writer.member("last_error", stringOrNull: report.fault)
        writer.key("lost")
        writer.beginArray()
        for event in report.lost.suffix(mostLost).reversed() {
            writer.beginObject()
            writer.member("event_id", string: event.eventID.rawValue)
            writer.member("name", string: event.name)
            writer.member("delivered_at", string: event.deliveredAt.rfc3339)
            writer.member("found_at", string: event.foundAt.rfc3339)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }

    private static func write(_ report: CanaryReport?, to writer: inout JSONWriter) {
        guard let report else { return writer.null() }
        writer.beginObject()
        writer.member("every_ms", integer: report.every.wholeMilliseconds)
        writer.member("sent_at", stringOrNull: report.sentAt?.rfc3339)
        writer.member("visible_at", stringOrNull: report.visibleAt?.rfc3339)
        for (name, perMille) in [("lag_ms_p50", 500), ("lag_ms_p99", 990), ("lag_ms_p999", 999)] {
            writer.key(name)
            if let lag = report.lag(perMille: perMille) {
                writer.integer(lag.wholeMilliseconds)
            } else {
                writer.null()
            }
        }
        writer.member("visible", integer: report.visible)
        writer.member("lost", integer: report.lost)
        writer.member("rejected", integer: report.rejected)
        writer.key("alarm")
        if let alarm = report.alarm {
            writer.beginObject()
            writer.member("since", string: alarm.since.rfc3339)
            writer.member("reason", string: alarm.reason)
            writer.endObject()
        } else {
            writer.null()
        }
        writer.endObject()
    }
}
