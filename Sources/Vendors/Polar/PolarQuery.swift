import Events
import JSON

/// Reads a query by the rules of Polar's parameters, and gathers what is wrong in their order.
struct PolarQuery {
    private let request: DialectRequest
    private(set) var complaints: [PolarComplaint] = []

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
            if let place = found.firstIndex(where: { $0.key == key }) {
                found[place].values.append(value)
            } else {
                found.append((key, [value]))
            }
        }
        return found
    }

    mutating func integer(_ name: String, above least: Int? = nil, in range: ClosedRange<Int>? = nil) -> Int? {
        guard let text = text(name) else { return nil }
        guard let number = Self.integer(text) else {
            add(.unreadInteger, name, text)
            return nil
        }
        if let least, number <= least {
            add(Self.bound("greater_than", "greater than \(least)", "gt", least), name, text)
        } else if let range, number < range.lowerBound {
            let least = range.lowerBound
            add(Self.bound("greater_than_equal", "greater than or equal to \(least)", "ge", least), name, text)
        } else if let range, number > range.upperBound {
            let most = range.upperBound
            add(Self.bound("less_than_equal", "less than or equal to \(most)", "le", most), name, text)
        } else {
            return number
        }
        return nil
    }

    mutating func moment(_ name: String) -> Timestamp? {
        guard let text = text(name) else { return nil }
        switch PolarMoment.read(text) {
        case .success(let moment): return moment
        case .failure(let finding):
            add(finding, name, text)
            return nil
        }
    }

    mutating func uuid(_ name: String) -> String? {
        guard let text = text(name) else { return nil }
        switch PolarUUID.read(text) {
        case .success(let id): return id
        case .failure(let finding):
            add(finding, name, text)
            return nil
        }
    }

    /// Several UUIDs, which the model takes one of or a list of, and complains about as both.
    mutating func uuids(_ name: String) -> [String] {
        var ids: [String] = []
        var faults: [(index: Int, finding: PolarFinding)] = []
        for (index, text) in texts(name).enumerated() {
            switch PolarUUID.read(text) {
            case .success(let id): ids.append(id)
            case .failure(let finding): faults.append((index, finding))
            }
        }
        let alone = PolarFinding("uuid_type", "UUID input should be a string, bytes or UUID object")
        addList(name, alone, type: "uuid", faults)
        return ids
    }

    /// Several words out of a few.
    mutating func words(_ name: String, among known: [String], type: String) -> [String] {
        let faults = texts(name).enumerated().compactMap { index, word in
            known.contains(word) ? nil : (index: index, finding: PolarFinding.notAmong(known))
        }
        addList(name, .notAmong(known), type: type, faults)
        return texts(name)
    }

    /// The order of a list, its criteria with a minus for descending; each is `property` or `-property`.
    mutating func sorting(by properties: [String], standard: String) -> [(property: String, isDescending: Bool)] {
        let known = properties.flatMap { [$0, "-" + $0] }
        let given = texts("sorting")
        for (index, word) in given.enumerated() where !known.contains(word) {
            let place: [PolarPlace] = ["query", "sorting", .index(index)]
            complaints.append(PolarComplaint(.notAmong(known), at: place, text: word))
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

    mutating func add(_ finding: PolarFinding, _ name: String, _ text: String) {
        complaints.append(PolarComplaint(finding, at: ["query", .name(name)], text: text))
    }

    private mutating func addList(
        _ name: String,
        _ alone: PolarFinding,
        type: String,
        _ faults: [(index: Int, finding: PolarFinding)]
    ) {
        guard !faults.isEmpty else { return }
        var all = JSONWriter()
        all.beginArray()
        for text in texts(name) { all.string(text) }
        all.endArray()
        complaints.append(PolarComplaint(alone, at: ["query", .name(name), .name(type)], input: all.bytes[...]))
        let list =
            "json-or-python[json=list[\(type)],python=chain[is-instance[Sequence],function-wrap[sequence_validator()]]]"
        for (index, finding) in faults {
            let place: [PolarPlace] = ["query", .name(name), .name(list), .index(index)]
            complaints.append(PolarComplaint(finding, at: place, text: texts(name)[index]))
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

    private static func bound(_ type: String, _ words: String, _ name: String, _ bound: Int) -> PolarFinding {
        PolarFinding(type, "Input should be \(words)", context: #"{"\#(name)":\#(bound)}"#)
    }
}

/// Which page of a list is asked for.
struct PolarPage {
    private static let largest = 100

    let page: Int
    let limit: Int

    var skip: Int { (page - 1) * limit }

    init(_ query: inout PolarQuery) {
        page = max(1, query.integer("page", above: 0) ?? 1)
        // More is lowered without a word.
        limit = min(Self.largest, max(1, query.integer("limit", above: 0) ?? 10))
    }

    /// `total_count` and `max_page`.
    func write(total: Int, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("total_count", integer: total)
        writer.member("max_page", integer: (total + limit - 1) / limit)
        writer.endObject()
    }
}
