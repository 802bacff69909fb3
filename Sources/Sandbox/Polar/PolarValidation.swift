import Foundation

/// One entry of `detail` in a 422.
struct PolarComplaint: Error {
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
        case .string(let name)? where Self.holdsZero(.string(name)): found.append(invalidCharacters(shape, "name"))
        case .string?: break
        case nil: found.append(complaint("missing", shape, ["name"], "Field required", input: event))
        default: found.append(complaint("string_type", shape, ["name"], "Input should be a valid string"))
        }
        found += customerComplaints(event, shape, key)
        for name in ["external_id", "parent_id"] {
            if let value = event[name], Self.holdsZero(value) { found.append(invalidCharacters(shape, name)) }
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
        if key == "external_customer_id", Self.holdsZero(value) { return [invalidCharacters(shape, key)] }
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
        let found = members.compactMap { member in
            switch member.name {
            case "_cost":
                member.value.members == nil
                    ? complaint("dict_type", shape, ["metadata", "_cost"], "Input should be a valid dictionary") : nil
            case "_llm": tokenComplaint(member.value, shape)
            default: valueComplaint(member, shape)
            }
        }
        // The whole is looked through once it is good in itself.
        return found.isEmpty && Self.holdsZero(value) ? [invalidCharacters(shape, "metadata")] : found
    }

    private func valueComplaint(_ member: SandboxJSON.Member, _ shape: String) -> PolarComplaint? {
        let place: [SandboxJSON] = ["metadata", .string(member.name), "constrained-str"]
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

    /// Counts of tokens are whole numbers; those that are written as floats are read as such, and have the size of one word at most.
    private func tokenComplaint(_ llm: SandboxJSON, _ shape: String) -> PolarComplaint? {
        guard llm.members != nil else {
            return complaint("dict_type", shape, ["metadata", "_llm"], "Input should be a valid dictionary")
        }
        for name in ["input_tokens", "cached_input_tokens", "output_tokens", "total_tokens"] {
            let place: [SandboxJSON] = ["metadata", "_llm", .string(name)]
            guard let value = llm[name] else {
                if name == "cached_input_tokens" { continue }
                return complaint("missing", shape, place, "Field required", input: llm)
            }
            guard let text = value.number, text.contains(where: { ".eE".contains($0) }) else { continue }
            let float = Double(text) ?? .infinity
            if float.isInfinite { return complaint("finite_number", shape, place, "Input should be a finite number") }
            if abs(float) >= 0x1p63 {
                let message = "Unable to parse input string as an integer, exceeded maximum size"
                return complaint("int_parsing_size", shape, place, message, input: value)
            }
            if float != float.rounded() {
                let message = "Input should be a valid integer, got a number with a fractional part"
                return complaint("int_from_float", shape, place, message, input: value)
            }
        }
        return nil
    }

    private func invalidCharacters(_ shape: String, _ field: String) -> PolarComplaint {
        complaint("value_error", shape, [.string(field)], "Value error, This value contains invalid characters")
    }

    private static func holdsZero(_ value: SandboxJSON) -> Bool {
        switch value {
        case .string(let text): text.utf8.contains(0)
        case .array(let elements): elements.contains(where: holdsZero)
        case .object(let members): members.contains { $0.name.utf8.contains(0) || holdsZero($0.value) }
        case .null, .bool, .number: false
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
