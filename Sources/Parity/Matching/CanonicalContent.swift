import Events
import JSON

/// A text of what an event says: equal for two events exactly if they say the same, whatever the order of members and the form of
/// numbers.
enum CanonicalContent {
    /// - Parameter hasCustomer: whether the customer is a part of it.
    static func text(of event: VendorEvent, hasCustomer: Bool, members: [String]) -> [UInt8] {
        var text: [UInt8] = []
        add(event.name, to: &text)
        add(hasCustomer ? event.customerID : nil, to: &text)
        add(event.subscriptionID, to: &text)
        add(event.source, to: &text)
        add("\(event.timestamp.milliseconds)", to: &text)
        add(event.properties, to: &text)
        let own = event.own.flatMap { JSONDocument(ifValid: Array($0.bytes))?.root }
        for member in members {
            if let value = own?[member] { add(value, to: &text) } else { text.append(absent) }
        }
        return text
    }

    private static let absent: UInt8 = 0

    private static func add(_ string: String?, to text: inout [UInt8]) {
        guard let string else {
            text.append(absent)
            return
        }
        // A length in front, so that no two lists of strings have one text.
        text += "\(string.utf8.count):".utf8
        text += string.utf8
    }

    private static func add(_ json: JSONText?, to text: inout [UInt8]) {
        // No properties and an empty object say the same.
        guard let json, let root = JSONDocument(ifValid: Array(json.bytes))?.root, !root.isEmptyObject else {
            text.append(absent)
            return
        }
        add(root, to: &text)
    }

    private static func add(_ value: JSONValue, to text: inout [UInt8]) {
        switch value.kind {
        case .null: text += "n".utf8
        case .bool: text += (value.bool == true ? "t" : "f").utf8
        case .string:
            text += "s".utf8
            add(value.string, to: &text)
        case .number: text += "#\(number(value))".utf8
        case .array:
            text += "[".utf8
            for element in value.elements { add(element, to: &text) }
            text += "]".utf8
        case .object:
            text += "{".utf8
            for (name, value) in value.members.map({ (Array($0.name.utf8), $0.value) })
                .sorted(by: { $0.0.lexicographicallyPrecedes($1.0) })
            {
                text += "\(name.count):".utf8
                text += name
                add(value, to: &text)
            }
            text += "}".utf8
        }
    }

    private static func number(_ value: JSONValue) -> String {
        guard let text = value.numberText, let number = JSONNumber(text) else {
            return String(decoding: value.raw, as: UTF8.self)
        }
        guard !number.digits.isEmpty else { return "0;" }
        let digits = String(decoding: number.digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
        return "\(number.isNegative ? "-" : "")\(digits)e\(number.exponent);"
    }
}

extension JSONValue {
    var isEmptyObject: Bool { kind == .object && members.first { _ in true } == nil }
}
