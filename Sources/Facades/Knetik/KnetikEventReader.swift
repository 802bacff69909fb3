import Events
import JSON
import Vendors

/// Reads one event of a Knetik request, and collects what is wrong with it. Unknown fields are ignored.
struct KnetikEventReader {
    private(set) var faults: [String] = []

    private enum Field: Int, MemberName {
        case category, result, eventTimestamp, sendTimestamp, user, device, transaction, properties

        static let names = spelled {
            switch $0 {
            case .category: "category"
            case .result: "result"
            case .eventTimestamp: "event_timestamp"
            case .sendTimestamp: "send_timestamp"
            case .user: "user_id"
            case .device: "device_id"
            case .transaction: "transaction_id"
            case .properties: "event_properties"
            }
        }
    }

    /// Before it, in March 1973, a number of milliseconds is surely one of seconds.
    private static let oldest = Timestamp(milliseconds: 100_000_000_000)

    /// - Returns: nil if anything is wrong; ``faults`` says what.
    mutating func read(_ value: JSONValue) -> CanonicalEvent? {
        guard value.kind == .object else {
            faults.append("an event must be an object, found \(value.kind.phrase)")
            return nil
        }
        checkType(of: value)
        guard faults.isEmpty else { return nil }
        let members = NamedMembers<Field>(of: value)
        let category = mandatory(members[.category], "category")
        if category.utf8.count > 128, category.unicodeScalars.count > 128 {
            faults.append("category must have at most 128 characters")
        }
        let result = mandatory(members[.result], "result")
        let timestamp = timestamp(members[.eventTimestamp])
        // When it was sent is not part of the event: a client that repeats it says another time.
        _ = milliseconds(members[.sendTimestamp], "send_timestamp")
        let user = text(members[.user], "user_id", most: 255)
        let device = text(members[.device], "device_id", most: 255)
        if user == nil, device == nil, faults.allSatisfy({ !$0.hasPrefix("user_id") && !$0.hasPrefix("device_id") }) {
            faults.append("user_id or device_id is required")
        }
        let id = text(members[.transaction], "transaction_id", most: 255)
        let properties = properties(members[.properties])
        guard faults.isEmpty else { return nil }
        return CanonicalEvent(
            id: id.map { EventID($0) },
            name: category,
            customerID: user ?? device,
            timestamp: timestamp,
            properties: properties,
            vendor: Self.vendor(result: result, user: user, device: device)
        )
    }

    /// The Java client writes the type twice, Unity's as null; no more than that is allowed.
    private mutating func checkType(of value: JSONValue) {
        for member in value.members where member.hasName("request_type") && !member.value.isNull {
            guard let type = member.value.string else {
                faults.append("request_type must be a string, found \(member.value.kind.phrase)")
                return
            }
            guard type == "newEvent" else {
                faults.append("unsupported: request_type \"\(type.prefix(64))\"; this gateway accepts newEvent only")
                return
            }
        }
    }

    /// A text that must be present; the message is Knetik's.
    private mutating func mandatory(_ value: JSONValue?, _ field: String) -> String {
        guard let value, !value.isNull else {
            faults.append("\(field) may not be null")
            return ""
        }
        guard let text = value.string else {
            faults.append("\(field) must be a string, found \(value.kind.phrase)")
            return ""
        }
        if text.isEmpty { faults.append("\(field) may not be empty") }
        return text
    }

    /// Nil if it is absent, null or empty.
    private mutating func text(_ value: JSONValue?, _ field: String, most: Int) -> String? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.string else {
            faults.append("\(field) must be a string, found \(value.kind.phrase)")
            return nil
        }
        if text.utf8.count > most { faults.append("\(field) must have at most \(most) bytes") }
        return text.isEmpty ? nil : text
    }

    /// Milliseconds since 1970; a number so small that it looks like seconds is refused.
    private mutating func timestamp(_ value: JSONValue?) -> Timestamp? {
        guard let milliseconds = milliseconds(value, "event_timestamp") else { return nil }
        let timestamp = Timestamp(milliseconds: milliseconds)
        if timestamp < Self.oldest {
            faults.append("event_timestamp must be Unix milliseconds; \(milliseconds) looks like seconds")
        }
        if milliseconds > Timestamp.range.upperBound {
            faults.append("event_timestamp must lie before the year 10000")
        }
        return timestamp
    }

    /// An integer of Unix milliseconds, which must be present.
    private mutating func milliseconds(_ value: JSONValue?, _ field: String) -> Int64? {
        guard let value, !value.isNull else {
            faults.append("\(field) may not be null")
            return nil
        }
        guard let milliseconds = value.int64 else {
            faults.append("\(field) must be an integer of Unix milliseconds")
            return nil
        }
        return milliseconds
    }

    /// Flat: numbers, strings and booleans.
    private mutating func properties(_ value: JSONValue?) -> JSONText? {
        guard let value, !value.isNull else { return nil }
        guard value.kind == .object else {
            faults.append("event_properties must be an object, found \(value.kind.phrase)")
            return nil
        }
        var wrong = 0
        for member in value.members {
            switch member.value.kind {
            case .string, .number, .bool: break
            case .null, .array, .object:
                wrong += 1
                guard wrong <= EventFault.mostListed else { continue }
                let name = Excerpt.of(member.name)
                faults.append("event_properties.\(name) must be a string, a number or a boolean")
            }
        }
        if wrong > EventFault.mostListed { faults.append("and \(wrong - EventFault.mostListed) more errors") }
        return LastMemberWins.text(of: value)
    }

    /// What Knetik alone has. An event without a user has the device for its customer; one whose user and device have the same id
    /// says so, because that would look the same.
    private static func vendor(result: String, user: String?, device: String?) -> JSONText {
        var writer = JSONWriter(capacity: 96)
        writer.beginObject()
        writer.key("knetik")
        writer.beginObject()
        writer.member("result", string: result)
        if let device { writer.member("device_id", string: device) }
        if let user, let device, user.utf8.elementsEqual(device.utf8) { writer.member("user_id", string: user) }
        writer.endObject()
        writer.endObject()
        return JSONText(checked: writer.bytes[...])
    }
}
