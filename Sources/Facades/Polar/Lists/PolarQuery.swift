import Events
import JSON
import Vendors

/// Reads a query by the rules of Polar's parameters, and collects what is wrong in their order.
struct PolarQuery {
    private let request: DialectRequest
    private(set) var errors: [PolarValidationError] = []

    init(_ request: DialectRequest) {
        self.request = request
    }

    /// Of a name that stands several times, the last one.
    func text(_ name: String) -> String? { request.parameters(name).last }

    func texts(_ name: String) -> [String] { request.parameters(name) }

    /// Values by key of `metadata[key]=value`, in the order of the keys.
    var metadata: [(key: String, values: [String])] {
        var found: [(key: String, values: [String])] = []
        for (name, value) in request.query where name.hasPrefix("metadata[") {
            let key = String(name.dropFirst("metadata[".count).prefix { $0 != "]" })
            guard !key.isEmpty, name.dropFirst("metadata[".count + key.count).hasPrefix("]") else { continue }
            if let index = found.firstIndex(where: { $0.key.exact == key.exact }) {
                found[index].values.append(value)
            } else {
                found.append((key, [value]))
            }
        }
        return found
    }

    /// An integer parameter; nil, with an error recorded, if it is invalid.
    mutating func integer(_ name: String, above least: Int? = nil, in range: ClosedRange<Int>? = nil) -> Int? {
        guard let text = text(name) else { return nil }
        guard let number = Self.integer(text) else {
            add(.unreadInteger, name, text)
            return nil
        }
        if let least, number <= least {
            add(.limit("greater_than", "greater than", "gt", least), name, text)
        } else if let range, number < range.lowerBound {
            add(.limit("greater_than_equal", "greater than or equal to", "ge", range.lowerBound), name, text)
        } else if let range, number > range.upperBound {
            add(.limit("less_than_equal", "less than or equal to", "le", range.upperBound), name, text)
        } else {
            return number
        }
        return nil
    }

    mutating func timestamp(_ name: String) -> Timestamp? { read(name, by: PolarTimestamp.read) }

    mutating func uuid(_ name: String) -> String? { read(name, by: PolarUUID.read) }

    private mutating func read<Value>(
        _ name: String,
        by read: (String) -> Result<Value, PolarValidationError>
    ) -> Value? {
        guard let text = text(name) else { return nil }
        switch read(text) {
        case .success(let value): return value
        case .failure(let error):
            add(error, name, text)
            return nil
        }
    }

    /// Several UUIDs, which the model takes one of or a list of, and reports as both.
    mutating func uuids(_ name: String) -> [String] {
        var ids: [String] = []
        var errors: [(index: Int, error: PolarValidationError)] = []
        for (index, text) in texts(name).enumerated() {
            switch PolarUUID.read(text) {
            case .success(let id): ids.append(id)
            case .failure(let error): errors.append((index, error))
            }
        }
        addList(name, .notUUID, type: "uuid", errors)
        return ids
    }

    /// Several values out of a few.
    mutating func choices(_ name: String, among known: [String], type: String) -> [String] {
        let errors = texts(name).enumerated().compactMap { index, text in
            known.contains(text) ? nil : (index: index, error: PolarValidationError.notAmong(known))
        }
        addList(name, .notAmong(known), type: type, errors)
        return texts(name)
    }

    /// The order of a list, its criteria with a minus for descending; each is `property` or `-property`.
    mutating func sorting(by properties: [String], standard: String) -> [(property: String, isDescending: Bool)] {
        let known = properties.flatMap { [$0, "-" + $0] }
        let given = texts("sorting")
        for (index, word) in given.enumerated() where !known.contains(word) {
            errors.append(.notAmong(known).at(["query", "sorting", .index(index)], text: word))
        }
        return (given.isEmpty ? [standard] : given).map { word in
            word.hasPrefix("-") ? (String(word.dropFirst()), true) : (word, false)
        }
    }

    /// A parameter that asks for what the gateway does not know.
    mutating func refuse(_ name: String, because reason: String) {
        guard let text = text(name) else { return }
        add(.value(reason), name, text)
    }

    /// Records an error in a parameter.
    mutating func add(_ error: PolarValidationError, _ name: String, _ text: String) {
        errors.append(error.at(["query", .name(name)], text: text))
    }

    private mutating func addList(
        _ name: String,
        _ alone: PolarValidationError,
        type: String,
        _ found: [(index: Int, error: PolarValidationError)]
    ) {
        guard !found.isEmpty else { return }
        // Once, because each look at them goes through the whole query.
        let texts = texts(name)
        var all = JSONWriter()
        all.beginArray()
        for text in texts { all.string(text) }
        all.endArray()
        errors.append(alone.at(["query", .name(name), .name(type)], input: all.bytes[...]))
        let list =
            "json-or-python[json=list[\(type)],python=chain[is-instance[Sequence],function-wrap[sequence_validator()]]]"
        for (index, error) in found {
            errors.append(error.at(["query", .name(name), .name(list), .index(index)], text: texts[index]))
        }
    }

    /// Whole numbers as Python reads them; absurdly large ones are cut.
    private static func integer(_ text: String) -> Int? {
        let digits = text.hasPrefix("+") ? text.dropFirst() : text[...]
        guard let number = JSONNumber(digits), number.isInteger else { return nil }
        guard number.digits.count + number.exponent <= 9 else {
            return number.isNegative ? -1_000_000_000 : 1_000_000_000
        }
        let magnitude = number.digits.reduce(0) { $0 * 10 + Int($1) }
        let value = (0..<number.exponent).reduce(magnitude) { value, _ in value * 10 }
        return number.isNegative ? -value : value
    }
}
