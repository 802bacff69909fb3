import Events
import JSON

/// Compares a vendor's event with what was sent: whole values, numbers by exact value.
struct ContentComparison {
    private let rules: ComparisonRules
    private var differences: [ContentDifference] = []

    /// Nobody reads more, and one is enough.
    private static let mostDifferences = 8
    private static let longestExcerpt = 200

    private init(_ rules: ComparisonRules) {
        self.rules = rules
    }

    /// Where the two differ; empty if the vendor has what was sent.
    static func differences(sent: VendorEvent, shown: VendorEvent, _ rules: ComparisonRules) -> [ContentDifference] {
        var comparison = ContentComparison(rules)
        comparison.compare(sent, shown)
        return Array(comparison.differences.prefix(mostDifferences))
    }

    private mutating func compare(_ sent: VendorEvent, _ shown: VendorEvent) {
        compare("name", sent.name, shown.name)
        // A vendor adds what it derives from what it was sent.
        if let customer = sent.customerID { compare("customer_id", customer, shown.customerID) }
        if let subscription = sent.subscriptionID { compare("subscription_id", subscription, shown.subscriptionID) }
        compare("source", sent.source, shown.source)
        if sent.timestamp != shown.timestamp {
            compare("timestamp", sent.timestamp.rfc3339, shown.timestamp.rfc3339)
        }
        compareProperties(sent.properties, shown.properties)
        guard !rules.ownMembers.isEmpty else { return }
        let (one, other) = (Self.root(sent.own), Self.root(shown.own))
        for member in rules.ownMembers {
            compare(one?[member], other?[member], at: "vendor.\(member)", asText: true)
        }
    }

    private mutating func compare(_ field: String, _ sent: String?, _ shown: String?) {
        switch (sent, shown) {
        case (nil, nil): break
        case (let sent?, let shown?) where sent.utf8.elementsEqual(shown.utf8): break
        case (_?, _?): add(field, .value, sent, shown)
        case (_?, nil): add(field, .dropped, sent, nil)
        case (nil, _?): add(field, .added, nil, shown)
        }
    }

    private mutating func compareProperties(_ sent: JSONText?, _ shown: JSONText?) {
        if let sent, let shown, sent.bytes == shown.bytes { return }
        let (one, other) = (Self.root(sent), Self.root(shown))
        // No properties and an empty object say the same.
        if one == nil || other == nil, Self.isEmpty(one), Self.isEmpty(other) { return }
        compare(one, other, at: "properties", asText: rules.showsValuesAsText)
    }

    private static func isEmpty(_ value: JSONValue?) -> Bool {
        value?.isEmptyObject ?? true
    }

    private mutating func compare(_ sent: JSONValue?, _ shown: JSONValue?, at path: String, asText: Bool) {
        switch (sent, shown) {
        case (nil, nil): break
        case (let sent?, nil): add(path, .dropped, Self.text(sent), nil)
        case (nil, let shown?): add(path, .added, nil, Self.text(shown))
        case (let sent?, let shown?): compare(sent, shown, at: path, asText: asText)
        }
    }

    private mutating func compare(_ sent: JSONValue, _ shown: JSONValue, at path: String, asText: Bool) {
        guard differences.count < Self.mostDifferences else { return }
        switch (sent.kind, shown.kind) {
        case (.object, .object): compareMembers(sent, shown, at: path, asText: asText)
        case (.array, .array):
            let (one, other) = (Array(sent.elements), Array(shown.elements))
            for index in 0..<max(one.count, other.count) {
                compare(
                    index < one.count ? one[index] : nil,
                    index < other.count ? other[index] : nil,
                    at: "\(path).\(index)",
                    asText: asText
                )
            }
        default:
            if JSONValue.sameContent(sent, shown) || asText && Self.saysAsText(sent, shown) { return }
            add(path, Self.kind(sent, shown), Self.text(sent), Self.text(shown))
        }
    }

    private mutating func compareMembers(_ sent: JSONValue, _ shown: JSONValue, at path: String, asText: Bool) {
        let isTop = path == "properties"
        var names: Set<[UInt8]> = []
        for member in sent.members {
            names.insert(Array(member.name.utf8))
            compare(member.value, shown[member.name], at: "\(path).\(member.name)", asText: asText)
        }
        for member in shown.members where !names.contains(Array(member.name.utf8)) {
            // What a vendor computes is a number, as text.
            if isTop, rules.addsProperties, member.value.string.map({ JSONNumber($0) != nil }) ?? false { continue }
            add("\(path).\(member.name)", .added, nil, Self.text(member.value))
        }
    }

    /// Whether the text that a vendor shows says the value that was sent.
    private static func saysAsText(_ sent: JSONValue, _ shown: JSONValue) -> Bool {
        let (one, other) = (sent.string ?? sent.numberText, shown.string ?? shown.numberText)
        if let one, let other, let number = JSONNumber(one), let otherNumber = JSONNumber(other) {
            return number == otherNumber
        }
        guard let text = shown.string, sent.kind != .string,
            let document = JSONDocument(ifValid: Array(text.utf8))
        else { return false }
        return JSONValue.sameContent(sent, document.root)
    }

    private static func kind(_ sent: JSONValue, _ shown: JSONValue) -> ContentDifference.Kind {
        if let one = sent.numberText, let other = shown.numberText {
            return Double(one) == Double(other) ? .precision : .value
        }
        return saysAsText(sent, shown) || saysAsText(shown, sent) ? .type : .value
    }

    private mutating func add(_ field: String, _ kind: ContentDifference.Kind, _ sent: String?, _ shown: String?) {
        differences.append(
            ContentDifference(field: field, kind: kind, sent: sent.map(Self.excerpt), shown: shown.map(Self.excerpt))
        )
    }

    private static func excerpt(_ text: String) -> String {
        // A single character can have any number of scalars.
        let scalars = text.unicodeScalars
        let end = scalars.index(scalars.startIndex, offsetBy: longestExcerpt, limitedBy: scalars.endIndex)
        guard let end, end < scalars.endIndex else { return text }
        return "\(text[..<end])…"
    }

    private static func text(_ value: JSONValue) -> String { String(decoding: value.raw.prefix(2000), as: UTF8.self) }

    private static func root(_ json: JSONText?) -> JSONValue? {
        json.flatMap { JSONDocument(ifValid: Array($0.bytes))?.root }
    }
}
