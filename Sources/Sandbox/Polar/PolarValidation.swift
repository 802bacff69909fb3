import Foundation

/// One entry of `detail` in a 422.
struct PolarComplaint {
    let type: String
    let location: [SandboxJSON]
    let message: String
    var input: SandboxJSON = [:]

    var json: SandboxJSON {
        ["type": .string(type), "loc": .array(location), "msg": .string(message), "input": input]
    }
}

/// What Polar's request model asks of one event.
///
/// An event is one of two shapes, by customer id or by external customer id; what fits neither gets the complaints of both.
struct PolarValidation {
    let index: Int
    let now: Date

    private static let shapes = [
        (name: "EventCreateCustomer", key: "customer_id"),
        (name: "EventCreateExternalCustomer", key: "external_customer_id"),
    ]

    func complaints(about event: SandboxJSON) -> [PolarComplaint] {
        var all: [PolarComplaint] = []
        for shape in Self.shapes {
            let found = complaints(about: event, as: shape.name, key: shape.key)
            if found.isEmpty { return [] }
            all += found
        }
        return all
    }

    private func complaints(about event: SandboxJSON, as shape: String, key: String) -> [PolarComplaint] {
        guard event.members != nil else {
            return [
                complaint(
                    "model_attributes_type",
                    shape,
                    [],
                    "Input should be a valid dictionary or object to extract fields from"
                )
            ]
        }
        var found: [PolarComplaint] = []
        switch event["name"] {
        case .string(let name)? where name.unicodeScalars.count > 128:
            found.append(complaint("string_too_long", shape, ["name"], "String should have at most 128 characters"))
        case .string?: break
        case nil: found.append(complaint("missing", shape, ["name"], "Field required", input: event))
        default: found.append(complaint("string_type", shape, ["name"], "Input should be a valid string"))
        }
        found += customerComplaints(event, shape, key)
        for name in ["external_id", "parent_id"] {
            if let value = event[name], !value.isNull, value.string == nil {
                found.append(complaint("string_type", shape, [.string(name)], "Input should be a valid string"))
            }
        }
        found += timestampComplaints(event["timestamp"], shape)
        found += metadataComplaints(event["metadata"], shape)
        return found
    }

    private func customerComplaints(_ event: SandboxJSON, _ shape: String, _ key: String) -> [PolarComplaint] {
        guard let value = event[key] else {
            return [complaint("missing", shape, [.string(key)], "Field required", input: event)]
        }
        guard let text = value.string else {
            return [complaint("string_type", shape, [.string(key)], "Input should be a valid string")]
        }
        if key == "customer_id", UUID(uuidString: text) == nil {
            return [complaint("uuid_parsing", shape, [.string(key)], "Input should be a valid UUID")]
        }
        return []
    }

    private func timestampComplaints(_ value: SandboxJSON?, _ shape: String) -> [PolarComplaint] {
        guard let value else { return [] }
        guard let text = value.string, let date = SandboxTime.read(text) else {
            return [complaint("timezone_aware", shape, ["timestamp"], "Input should have timezone info")]
        }
        guard date <= now else {
            return [complaint("value_error", shape, ["timestamp"], "Value error, Timestamp must be in the past.")]
        }
        return []
    }

    private func metadataComplaints(_ value: SandboxJSON?, _ shape: String) -> [PolarComplaint] {
        guard let value else { return [] }
        guard let members = value.members else {
            return [complaint("dict_type", shape, ["metadata"], "Input should be a valid dictionary")]
        }
        return members.compactMap { member in
            let place: [SandboxJSON] = ["metadata", .string(member.name), "str"]
            if member.name == "_cost" || member.name == "_llm" {
                return member.value.members == nil
                    ? complaint("model_type", shape, place, "Input should be a valid dictionary") : nil
            }
            switch member.value {
            case .number, .bool: return nil
            case .string(let text) where text.isEmpty:
                return complaint("string_too_short", shape, place, "String should have at least 1 character")
            case .string(let text) where text.unicodeScalars.count > 500:
                return complaint("string_too_long", shape, place, "String should have at most 500 characters")
            case .string: return nil
            case .null, .array, .object: return complaint("string_type", shape, place, "Input should be a valid string")
            }
        }
    }

    private func complaint(
        _ type: String,
        _ shape: String,
        _ place: [SandboxJSON],
        _ message: String,
        input: SandboxJSON = [:]
    ) -> PolarComplaint {
        let location: [SandboxJSON] = ["body", "events", .number("\(index)"), .string(shape)] + place
        return PolarComplaint(type: type, location: location, message: message, input: input)
    }
}
