import Events
import JSON
import Parity

/// As it is saved.
extension CanaryBook {
    var encoded: [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        if let sent {
            writer.key("sent")
            writer.beginObject()
            writer.member("id", string: sent.id.rawValue)
            writer.member("sequence", integer: sent.sequence.rawValue)
            writer.member("accepted_at", integer: sent.acceptedAt.milliseconds)
            if let time = sent.deliveredAt { writer.member("delivered_at", integer: time.milliseconds) }
            writer.member("looks", integer: sent.looks)
            writer.member("look_at", integer: sent.lookAt.milliseconds)
            writer.endObject()
        }
        if let slot { writer.member("slot", integer: slot.milliseconds) }
        writer.key("lags")
        writer.beginArray()
        for lag in lags { writer.integer(lag.wholeMilliseconds) }
        writer.endArray()
        writer.member("visible", integer: visible)
        writer.member("lost", integer: lost)
        writer.member("rejected", integer: rejected)
        if let visibleAt { writer.member("visible_at", integer: visibleAt.milliseconds) }
        if let alarm {
            writer.key("alarm")
            writer.beginObject()
            writer.member("since", integer: alarm.since.milliseconds)
            writer.member("reason", string: alarm.reason)
            writer.endObject()
        }
        writer.endObject()
        return writer.bytes
    }

    /// Reads what ``encoded`` wrote.
    /// - Returns: nil if the bytes are something else, so that canaries start again.
    init?(_ bytes: [UInt8]) {
        guard let root = JSONDocument(ifValid: bytes)?.root, let lags = root["lags"],
            let visible = root.count("visible"), let lost = root.count("lost"), let rejected = root.count("rejected")
        else { return nil }
        let longest = Self.longestLag.wholeMilliseconds
        self.init(
            sent: root["sent"].flatMap(Self.sent),
            slot: root.time("slot"),
            lags: lags.elements.compactMap(\.int64).map { .milliseconds(min(max($0, 0), longest)) }
                .suffix(Self.mostLags),
            visible: visible,
            lost: lost,
            rejected: rejected,
            visibleAt: root.time("visible_at"),
            alarm: root["alarm"].flatMap { value in
                guard let since = value.time("since"), let reason = value["reason"]?.string else { return nil }
                return CanaryReport.Alarm(since: since, reason: reason)
            }
        )
    }

    private static func sent(_ value: JSONValue) -> Sent? {
        guard let id = value["id"]?.string, let sequence = value["sequence"]?.int64,
            let acceptedAt = value.time("accepted_at"), let lookAt = value.time("look_at"),
            let looks = value.count("looks")
        else { return nil }
        return Sent(
            id: EventID(id),
            sequence: SequenceNumber(sequence),
            acceptedAt: acceptedAt,
            deliveredAt: value.time("delivered_at"),
            looks: looks,
            lookAt: lookAt
        )
    }
}
