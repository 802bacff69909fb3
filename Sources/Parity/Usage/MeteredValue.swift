package import Events
package import JSON

/// The metered property of an event, as somebody reads it.
package struct MeteredValue: Sendable {
    /// Nil for what is no number.
    package let number: JSONNumber?
    /// By which different values are distinguished.
    package let text: String

    /// - Returns: nil if the event is left out.
    package init?(
        _ property: String?,
        of properties: JSONText?,
        reading numbers: MeteredNumbers,
        for aggregate: MetricAggregate
    ) {
        guard let property else {
            self.init(nil, "")
            return
        }
        let value = properties.flatMap { JSONDocument(ifValid: Array($0.bytes)) }
            .flatMap { document in document.root[property].map { Self.read($0, numbers) } }
        guard aggregate != .unique else {
            guard let value, !value.text.isEmpty else { return nil }
            self = value
            return
        }
        switch (value?.number, numbers) {
        case (let number?, .atLeastZero): self.init(number < .zero ? .zero : number, value?.text ?? "")
        case (let number?, _): self.init(number, value?.text ?? "")
        case (nil, .atLeastZero): self.init(.zero, value?.text ?? "")
        case (nil, _): return nil
        }
    }

    private init(_ number: JSONNumber?, _ text: String) {
        self.number = number
        self.text = text
    }

    private static func read(_ value: JSONValue, _ numbers: MeteredNumbers) -> MeteredValue {
        switch value.kind {
        case .number:
            let text = value.numberText ?? ""
            return MeteredValue(JSONNumber(text), text)
        case .string:
            let text = value.string ?? ""
            let isNumber =
                switch numbers {
                case .all, .atLeastZero: true
                case .numbersOnly: false
                case .plainText: isPlain(text)
                }
            return MeteredValue(isNumber ? JSONNumber(text) : nil, text)
        case .bool: return MeteredValue(nil, value.bool == true ? "true" : "false")
        case .null: return MeteredValue(nil, "")
        case .object, .array: return MeteredValue(nil, String(decoding: value.raw, as: UTF8.self))
        }
    }

    /// Digits with a point between them at most, and a minus.
    private static func isPlain(_ text: String) -> Bool {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        return parts.allSatisfy { part in !part.isEmpty && part.allSatisfy { (0x30...0x39).contains($0) } }
    }
}

extension JSONNumber {
    /// 0
    static var zero: JSONNumber {
        guard let zero = JSONNumber("0") else { preconditionFailure("0 is a number") }
        return zero
    }
}
