import Events
import JSON

/// Checks the metadata of an event by Polar's model.
///
/// Stricter than the model in what Polar's documentation promises to refuse: more than 50 keys, and keys above 40 characters.
struct PolarFacadeMetadata {
    private(set) var complaints: [PolarComplaint] = []

    private static let mostKeys = 50
    private static let longestKey = 40
    private static let longestText = 500
    /// How the model's library names the alternatives of a value.
    private static let text: PolarPlace = "constrained-str"

    /// - Returns: the metadata as properties; nil if there are none, or if ``complaints`` says what is wrong.
    mutating func read(_ value: JSONValue?) -> JSONText? {
        guard let value else { return nil }
        guard value.kind == .object else {
            add(.notDictionary, [], value)
            return nil
        }
        let all = Self.members(of: value)
        guard !all.isEmpty else { return nil }
        if all.count > Self.mostKeys { add(Self.tooMany(all.count), [], value) }
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
        if complaints.isEmpty, JSONEscapes.holdZeroCharacter(value.raw) { add(.zeroCharacter, [], value) }
        return complaints.isEmpty ? LastMemberWins.text(of: value) : nil
    }

    private static func members(of object: JSONValue) -> [JSONMember] {
        object.firstDuplicateKey == nil ? Array(object.members) : LastMemberWins.lastMembers(of: object)
    }

    private mutating func readKey(_ key: JSONValue) {
        // Most keys are shorter in bytes already.
        guard key.node.hasEscapes || key.byteRange.count > Self.longestKey + 2, let name = key.string else { return }
        if name.unicodeScalars.count > Self.longestKey { add(.tooLong(Self.longestKey), [.name(name), "[key]"], key) }
    }

    /// Text, a number or a boolean; each alternative complains for itself.
    private mutating func readValue(_ member: JSONMember) {
        let value = member.value
        switch value.kind {
        case .bool: return
        case .number:
            if NumberPrecision.overflows(value.raw) { add(.infinite, [.name(member.name), "float"], value) }
        case .string:
            guard let finding = Self.finding(inText: value) else { return }
            let name = member.name
            add(finding, [.name(name), Self.text], value)
            add(.unreadInteger, [.name(name), "int"], value)
            let number = "Input should be a valid number, unable to parse string as a number"
            add(PolarFinding("float_parsing", number), [.name(name), "float"], value)
            let bool = "Input should be a valid boolean, unable to interpret input"
            add(PolarFinding("bool_parsing", bool), [.name(name), "bool"], value)
        case .null, .array, .object:
            let name = member.name
            add(.notText, [.name(name), Self.text], value)
            add(.notInteger, [.name(name), "int"], value)
            add(PolarFinding("float_type", "Input should be a valid number"), [.name(name), "float"], value)
            add(PolarFinding("bool_type", "Input should be a valid boolean"), [.name(name), "bool"], value)
        }
    }

    private static func finding(inText value: JSONValue) -> PolarFinding? {
        let bytes = value.byteRange.count - 2
        if bytes == 0 { return .tooShort(1) }
        guard value.node.hasEscapes || bytes > longestText, let text = value.string else { return nil }
        return text.unicodeScalars.count > longestText ? .tooLong(longestText) : nil
    }

    private static func tooMany(_ count: Int) -> PolarFinding {
        PolarFinding(
            "too_long",
            "Dictionary should have at most \(mostKeys) items after validation, not \(count)",
            context: #"{"field_type":"Dictionary","max_length":\#(mostKeys),"actual_length":\#(count)}"#
        )
    }

    private mutating func add(_ finding: PolarFinding, _ place: [PolarPlace], _ input: JSONValue) {
        complaints.append(PolarComplaint(finding, at: ["metadata"] + place, input: input))
    }
}

/// The two structured properties.
extension PolarFacadeMetadata {
    private mutating func readCost(_ value: JSONValue) {
        guard value.kind == .object else { return add(.notDictionary, ["_cost"], value) }
        let members = NamedMembers(["amount", "currency"], of: value)
        if let amount = members[0] {
            if let finding = PolarDecimal.finding(in: amount) { add(finding, ["_cost", "amount"], amount) }
        } else {
            add(.missing, ["_cost", "amount"], value)
        }
        guard let currency = members[1] else { return add(.missing, ["_cost", "currency"], value) }
        guard let text = currency.string else { return add(.notText, ["_cost", "currency"], currency) }
        // The model looks for the letters, not for the whole text.
        if !text.contains("usd") {
            let message = "String should match pattern 'usd'"
            add(
                PolarFinding("string_pattern_mismatch", message, context: #"{"pattern":"usd"}"#),
                ["_cost", "currency"],
                currency
            )
        }
    }

    private static let llmFields: [(name: StaticString, isText: Bool, isRequired: Bool)] = [
        ("vendor", true, true), ("model", true, true), ("prompt", true, false), ("response", true, false),
        ("input_tokens", false, true), ("cached_input_tokens", false, false), ("output_tokens", false, true),
        ("total_tokens", false, true),
    ]

    private mutating func readLLM(_ value: JSONValue) {
        guard value.kind == .object else { return add(.notDictionary, ["_llm"], value) }
        let members = NamedMembers(Self.llmFields.map(\.name), of: value)
        for (which, field) in Self.llmFields.enumerated() {
            let place: [PolarPlace] = ["_llm", .name("\(field.name)")]
            guard let member = members[which] else {
                if field.isRequired { add(.missing, place, value) }
                continue
            }
            if field.isText {
                let mayBeNull = !field.isRequired
                if member.kind != .string, !(mayBeNull && member.isNull) { add(.notText, place, member) }
            } else if let finding = PolarDecimal.integerFinding(in: member) {
                add(finding, place, member)
            }
        }
    }
}
