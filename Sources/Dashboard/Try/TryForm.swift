package import Events
import JSON

/// The fields of an event that somebody tries, one by one.
package struct TryForm: Sendable, Equatable {
    package var name: String
    package var customer: String
    package var subscription: String
    package var source: String
    package var timestamp: String
    /// An object, as JSON.
    package var properties: String

    package init(
        name: String = "",
        customer: String = "",
        subscription: String = "",
        source: String = "",
        timestamp: String = "",
        properties: String = ""
    ) {
        self.name = name
        self.customer = customer
        self.subscription = subscription
        self.source = source
        self.timestamp = timestamp
        self.properties = properties
    }

    /// To begin with.
    package static let example = TryForm(
        name: "api_request",
        customer: "customer456",
        properties: #"{"request_size": 100, "region": "eu"}"#
    )

    /// The fields of an event; nil if they cannot hold it, so that it is edited as JSON: it has members that the form has no field for,
    /// values that are no text, such as a timestamp in seconds, or is no object.
    package init?(_ text: String) {
        guard let root = JSONDocument(ifValid: Array(text.utf8))?.root, root.kind == .object else { return nil }
        self.init()
        for member in root.members {
            if member.name == "properties", member.value.kind == .object {
                properties = EventText.indented(Array(member.value.raw))
                continue
            }
            guard let value = member.value.string else { return nil }
            switch member.name {
            case "name": name = value
            case "customer_id": customer = value
            case "subscription_id": subscription = value
            case "source": source = value
            case "timestamp": timestamp = value
            default: return nil
            }
        }
    }

    /// The event that the fields make.
    package var event: Result<String, EventFault> {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        let texts = [
            ("name", name), ("customer_id", customer), ("subscription_id", subscription), ("source", source),
            ("timestamp", timestamp),
        ]
        for (name, text) in texts where !text.isEmpty { writer.member(name, string: text) }
        if !properties.isEmpty {
            guard let value = JSONDocument(ifValid: Array(properties.utf8))?.root, value.kind == .object else {
                return .failure(Self.noObject)
            }
            writer.key("properties")
            writer.raw(value.raw)
        }
        writer.endObject()
        return .success(String(decoding: writer.bytes, as: UTF8.self))
    }

    private static let noObject = EventFault(
        index: nil,
        field: "properties",
        code: .malformed,
        message: "must be a JSON object, such as {\"units\": 3}"
    )
}
