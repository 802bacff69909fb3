import Events
import JSON
import Vendors

/// Checks the metadata of an event by Polar's model.
///
/// Stricter than the model in what Polar's documentation promises to refuse: more than 50 keys, and keys above 40 characters.
struct PolarMetadataReader {
    private(set) var errors: [PolarValidationError] = []

    private static let mostKeys = 50
    private static let longestKey = 40
    private static let longestText = 500
    /// How the model's library names the alternatives of a value.
    private static let text: PolarValidationError.Step = "constrained-str"

    /// - Returns: the metadata as properties; nil if there are none, or if ``errors`` says what is wrong.
    mutating func read(_ value: JSONValue?) -> JSONText? {
        guard let value else { return nil }
        guard value.kind == .object else {
            add(.notDictionary, [], value)
            return nil
        }
        let all = Self.members(of: value)
        guard !all.isEmpty else { return nil }
        if all.count > Self.mostKeys { add(.tooMany(all.count, in: "Dictionary", most: Self.mostKeys), [], value) }
        // What is wrong with those beyond would only be counted.
        let members = all.prefix(Self.mostKeys)
        // The model's own fields come first, then what else there is.
        for member in members where member.hasName("_cost") { readCost(member.value) }
        for member in members where member.hasName("_llm") { readLLM(member.value) }
        for member in members where !member.hasName("_cost") && !member.hasName("_llm") {
            readKey(member.key)
            readValue(member)
        }
        // What is good in itself is looked through as a whole.
        if errors.isEmpty, JSONEscapes.holdZeroCharacter(value.raw) { add(.zeroCharacter, [], value) }
        return errors.isEmpty ? LastMemberWins.text(of: value) : nil
    }

    /// The members that count: of a repeated key, the last one.
    private static func members(of object: JSONValue) -> [JSONMember] {
        object.firstDuplicateKey == nil ? Array(object.members) : LastMemberWins.lastMembers(of: object)
    }

    /// Keys have at most ``longestKey`` characters.
    private mutating func readKey(_ key: JSONValue) {
        // Most keys are shorter in bytes already.
        guard key.node.hasEscapes || key.byteRange.count > Self.longestKey + 2, let name = key.string else { return }
        if name.unicodeScalars.count > Self.longestKey { add(.tooLong(Self.longestKey), [.name(name), "[key]"], key) }
    }

    /// Text, a number or a boolean; each alternative has its own error.
    private mutating func readValue(_ member: JSONMember) {
        let value = member.value
        switch value.kind {
        case .bool: return
        case .number:
            if NumberPrecision.overflows(value.raw) { add(.infinite, [.name(member.name), "float"], value) }
        case .string:
            guard let error = Self.error(inText: value) else { return }
            let name = member.name
            add(error, [.name(name), Self.text], value)
            add(.unreadInteger, [.name(name), "int"], value)
            let number = "Input should be a valid number, unable to parse string as a number"
            add(PolarValidationError("float_parsing", number), [.name(name), "float"], value)
            add(.unreadBool, [.name(name), "bool"], value)
        case .null, .array, .object:
            let name = member.name
            add(.notText, [.name(name), Self.text], value)
            add(.notInteger, [.name(name), "int"], value)
            add(PolarValidationError("float_type", "Input should be a valid number"), [.name(name), "float"], value)
            add(.notBool, [.name(name), "bool"], value)
        }
    }

    /// Texts have 1 to ``longestText`` characters.
    private static func error(inText value: JSONValue) -> PolarValidationError? {
        let bytes = value.byteRange.count - 2
        if bytes == 0 { return .tooShort(1) }
        guard value.node.hasEscapes || bytes > longestText, let text = value.string else { return nil }
        return text.unicodeScalars.count > longestText ? .tooLong(longestText) : nil
    }

    private mutating func add(
        _ error: PolarValidationError,
        _ location: [PolarValidationError.Step],
        _ input: JSONValue
    ) {
        errors.append(error.at(["metadata"] + location, input: input))
    }
}

/// The two structured properties.
extension PolarMetadataReader {
    private mutating func readCost(_ value: JSONValue) {
        guard value.kind == .object else { return add(.notDictionary, ["_cost"], value) }
        if let amount = LastMemberWins.value("amount", of: value) {
            if let error = PolarDecimal.error(in: amount) { add(error, ["_cost", "amount"], amount) }
        } else {
            add(.missing, ["_cost", "amount"], value)
        }
        guard let currency = LastMemberWins.value("currency", of: value) else {
            return add(.missing, ["_cost", "currency"], value)
        }
        guard let text = currency.string else { return add(.notText, ["_cost", "currency"], currency) }
        // The model looks for the letters, not for the whole text.
        if !text.contains("usd") {
            let message = "String should match pattern 'usd'"
            add(
                PolarValidationError("string_pattern_mismatch", message, context: #"{"pattern":"usd"}"#),
                ["_cost", "currency"],
                currency
            )
        }
    }

    private enum LLMField: Int, MemberName {
        case vendor, model, prompt, response, inputTokens, cachedInputTokens, outputTokens, totalTokens

        static let names = spelled {
            switch $0 {
            case .vendor: "vendor"
            case .model: "model"
            case .prompt: "prompt"
            case .response: "response"
            case .inputTokens: "input_tokens"
            case .cachedInputTokens: "cached_input_tokens"
            case .outputTokens: "output_tokens"
            case .totalTokens: "total_tokens"
            }
        }

        var isRequired: Bool {
            switch self {
            case .vendor, .model, .inputTokens, .outputTokens, .totalTokens: true
            case .prompt, .response, .cachedInputTokens: false
            }
        }

        var isText: Bool {
            switch self {
            case .vendor, .model, .prompt, .response: true
            case .inputTokens, .cachedInputTokens, .outputTokens, .totalTokens: false
            }
        }
    }

    private mutating func readLLM(_ value: JSONValue) {
        guard value.kind == .object else { return add(.notDictionary, ["_llm"], value) }
        let members = NamedMembers<LLMField>(of: value)
        for field in LLMField.allCases {
            let location: [PolarValidationError.Step] = ["_llm", .name("\(field.text)")]
            guard let member = members[field] else {
                if field.isRequired { add(.missing, location, value) }
                continue
            }
            if field.isText {
                let mayBeNull = !field.isRequired
                if member.kind != .string, !(mayBeNull && member.isNull) { add(.notText, location, member) }
            } else if let error = PolarDecimal.integerError(in: member) {
                add(error, location, member)
            }
        }
    }
}
