import Foundation

/// One entry of `detail` in a 422.
struct PolarValidationError: Error {
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
/// An event is one of two shapes, by customer id or by external customer id; what fits neither gets the errors of both.
struct PolarValidation {
    let index: Int
    let now: Date

    private static let shapes = [
        (name: "EventCreateCustomer", key: "customer_id"),
        (name: "EventCreateExternalCustomer", key: "external_customer_id"),
    ]

    func errors(about event: SandboxJSON) -> [PolarValidationError] {
        var all: [PolarValidationError] = []
        for shape in Self.shapes {
            let found = errors(about: event, as: shape.name, key: shape.key)
            if found.isEmpty { return [] }
            all += found
        }
        return all
    }

    private func errors(about event: SandboxJSON, as shape: String, key: String) -> [PolarValidationError] {
        guard event.members != nil else {
            return [
                error(
                    "model_attributes_type",
                    shape,
                    [],
                    "Input should be a valid dictionary or object to extract fields from"
                )
            ]
        }
        var found: [PolarValidationError] = []
        switch event["name"] {
        case .string(let name)? where name.unicodeScalars.count > 128:
            found.append(error("string_too_long", shape, ["name"], "String should have at most 128 characters"))
        case .string(let name)? where Self.holdsZero(.string(name)): found.append(invalidCharacters(shape, "name"))
        case .string?: break
        case nil: found.append(error("missing", shape, ["name"], "Field required", input: event))
        default: found.append(error("string_type", shape, ["name"], "Input should be a valid string"))
        }
        found += customerErrors(event, shape, key)
        for name in ["external_id", "parent_id"] {
            if let value = event[name], Self.holdsZero(value) { found.append(invalidCharacters(shape, name)) }
            if let value = event[name], !value.isNull, value.string == nil {
                found.append(error("string_type", shape, [.string(name)], "Input should be a valid string"))
            }
        }
        found += timestampErrors(event["timestamp"], shape)
        found += metadataErrors(event["metadata"], shape)
        return found
    }

    private func customerErrors(_ event: SandboxJSON, _ shape: String, _ key: String) -> [PolarValidationError] {
        guard let value = event[key] else {
            return [error("missing", shape, [.string(key)], "Field required", input: event)]
        }
        guard let text = value.string else {
            return [error("string_type", shape, [.string(key)], "Input should be a valid string")]
        }
        if key == "external_customer_id", Self.holdsZero(value) { return [invalidCharacters(shape, key)] }
        if key == "customer_id", UUID(uuidString: text) == nil {
            return [error("uuid_parsing", shape, [.string(key)], "Input should be a valid UUID")]
        }
        return []
    }

    private func timestampErrors(_ value: SandboxJSON?, _ shape: String) -> [PolarValidationError] {
        guard let value else { return [] }
        guard let date = PolarTime.exact(value)?.date else {
            return [error("timezone_aware", shape, ["timestamp"], "Input should have timezone info")]
        }
        guard date <= now else {
            return [error("value_error", shape, ["timestamp"], "Value error, Timestamp must be in the past.")]
        }
        return []
    }

    private func metadataErrors(_ value: SandboxJSON?, _ shape: String) -> [PolarValidationError] {
        guard let value else { return [] }
        guard let members = value.members else {
            return [error("dict_type", shape, ["metadata"], "Input should be a valid dictionary")]
        }
        let found = members.compactMap { member in
            switch member.name {
            case "_cost":
                member.value.members == nil
                    ? error("dict_type", shape, ["metadata", "_cost"], "Input should be a valid dictionary") : nil
            case "_llm": tokenError(member.value, shape)
            default: valueError(member, shape)
            }
        }
        // The whole is looked through once it is good in itself.
        return found.isEmpty && Self.holdsZero(value) ? [invalidCharacters(shape, "metadata")] : found
    }

    private func valueError(_ member: SandboxJSON.Member, _ shape: String) -> PolarValidationError? {
        let place: [SandboxJSON] = ["metadata", .string(member.name), "constrained-str"]
        switch member.value {
        case .number, .bool: return nil
        case .string(let text) where text.isEmpty:
            return error("string_too_short", shape, place, "String should have at least 1 character")
        case .string(let text) where text.unicodeScalars.count > 500:
            return error("string_too_long", shape, place, "String should have at most 500 characters")
        case .string: return nil
        case .null, .array, .object: return error("string_type", shape, place, "Input should be a valid string")
        }
    }

    /// Counts of tokens are whole numbers; those that are written as floats are read as such, and have the size of one word at most.
    private func tokenError(_ llm: SandboxJSON, _ shape: String) -> PolarValidationError? {
        guard llm.members != nil else {
            return error("dict_type", shape, ["metadata", "_llm"], "Input should be a valid dictionary")
        }
        for name in ["input_tokens", "cached_input_tokens", "output_tokens", "total_tokens"] {
            let place: [SandboxJSON] = ["metadata", "_llm", .string(name)]
            guard let value = llm[name] else {
                if name == "cached_input_tokens" { continue }
                return error("missing", shape, place, "Field required", input: llm)
            }
            guard let text = value.number, text.contains(where: { ".eE".contains($0) }) else { continue }
            let float = Double(text) ?? .infinity
            if float.isInfinite { return error("finite_number", shape, place, "Input should be a finite number") }
            if abs(float) >= 0x1p63 {
                let message = "Unable to parse input string as an integer, exceeded maximum size"
                return error("int_parsing_size", shape, place, message, input: value)
            }
            if float != float.rounded() {
                let message = "Input should be a valid integer, got a number with a fractional part"
                return error("int_from_float", shape, place, message, input: value)
            }
        }
        return nil
    }

    private func invalidCharacters(_ shape: String, _ field: String) -> PolarValidationError {
        error("value_error", shape, [.string(field)], "Value error, This value contains invalid characters")
    }

    private static func holdsZero(_ value: SandboxJSON) -> Bool {
        switch value {
        case .string(let text): text.utf8.contains(0)
        case .array(let elements): elements.contains(where: holdsZero)
        case .object(let members): members.contains { $0.name.utf8.contains(0) || holdsZero($0.value) }
        case .null, .bool, .number: false
        }
    }

    private func error(
        _ type: String,
        _ shape: String,
        _ place: [SandboxJSON],
        _ message: String,
        input: SandboxJSON = [:]
    ) -> PolarValidationError {
        let location: [SandboxJSON] = ["body", "events", .number("\(index)"), .string(shape)] + place
        return PolarValidationError(type: type, location: location, message: message, input: input)
    }
}
