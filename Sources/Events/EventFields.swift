import JSON

/// Reads one event's members, and gathers every fault of the event on the way.
struct EventFields {
    /// The event's place in the request.
    let index: Int
    private(set) var faults: [EventFault] = []

    /// Every member that the canonical event has.
    static let names = [
        "id", "name", "customer_id", "subscription_id", "timestamp", "source", "properties", "vendor",
    ]

    init(index: Int) {
        self.index = index
    }

    /// - Returns: nil if anything is wrong; ``faults`` says what.
    mutating func read(_ value: JSONValue) -> CanonicalEvent? {
        guard value.kind == .object else {
            fault(nil, .type, "an event must be an object, found \(value.kind.phrase)")
            return nil
        }
        let nodes = value.document.nodes
        var members = [JSONValue?](repeating: nil, count: Self.names.count)
        var place = value.index + 1
        let end = Int(nodes[value.index].next)
        while place < end {
            let key = JSONValue(document: value.document, index: place)
            let content = JSONValue(document: value.document, index: place + 1)
            place = Int(nodes[place + 1].next)
            note(key, content, in: &members)
        }
        let event = CanonicalEvent(
            id: text(members[0], "id", bytes: 1...255).map { EventID($0) },
            name: name(members[1]),
            customerID: text(members[2], "customer_id", bytes: 1...255),
            subscriptionID: text(members[3], "subscription_id", bytes: 1...255),
            timestamp: timestamp(members[4]),
            source: text(members[5], "source", bytes: 0...1024),
            properties: object(members[6], "properties"),
            vendor: vendor(members[7])
        )
        if members[2] == nil, members[3] == nil {
            fault("customer_id", .required, "customer_id is missing; give it, or a subscription_id")
        }
        return faults.isEmpty ? event : nil
    }

    private mutating func note(_ key: JSONValue, _ content: JSONValue, in members: inout [JSONValue?]) {
        let member = JSONMember(key: key, value: content)
        guard let which = Self.index(of: member) else {
            unknown(member.name)
            return
        }
        guard members[which] == nil else {
            fault(Self.names[which], .duplicateKey, "\(Self.names[which]) stands twice in this event")
            return
        }
        // An optional field that is null says the same as one that is absent.
        if !content.isNull || which == 1 { members[which] = content }
    }

    /// Which field a member is. The names differ in length, so that one comparison decides.
    private static func index(of member: JSONMember) -> Int? {
        let node = member.key.node
        if node.hasEscapes { return names.firstIndex { member.hasName($0) } }
        let candidate: Int
        switch node.end - node.start - 2 {
        case 2: candidate = 0
        case 4: candidate = 1
        case 11: candidate = 2
        case 15: candidate = 3
        case 9: candidate = 4
        case 6: candidate = member.hasName(names[5]) ? 5 : 7
        case 10: candidate = 6
        default: return nil
        }
        return member.hasName(names[candidate]) ? candidate : nil
    }

    private mutating func unknown(_ name: String) {
        let hint = Suggestion.closest(to: name, among: Self.names).map { " (did you mean \"\($0)\"?)" }
        let elsewhere = hint ?? "; facts of your own belong into \"properties\""
        fault(name, .unknownField, "unknown field \"\(name)\"\(elsewhere)")
    }

    private mutating func name(_ value: JSONValue?) -> String {
        guard let value else {
            fault("name", .required, "name is missing; it says what was used, such as \"api_request\"")
            return ""
        }
        guard let name = value.string else {
            fault("name", .type, "name must be a string, found \(value.kind.phrase)")
            return ""
        }
        // At most as many characters as bytes, so that counting characters is seldom needed.
        if name.isEmpty || (name.utf8.count > 128 && name.unicodeScalars.count > 128) {
            fault("name", .range, "name must have 1 to 128 characters")
        }
        return name
    }

    private mutating func text(_ value: JSONValue?, _ field: String, bytes: ClosedRange<Int>) -> String? {
        guard let value else { return nil }
        guard let text = value.string else {
            fault(field, .type, "\(field) must be a string, found \(value.kind.phrase)")
            return nil
        }
        if !bytes.contains(text.utf8.count) {
            fault(
                field,
                .range,
                "\(field) must have \(bytes.lowerBound) to \(bytes.upperBound) bytes, has \(text.utf8.count)"
            )
        }
        return text
    }

    private mutating func timestamp(_ value: JSONValue?) -> Timestamp? {
        guard let value else { return nil }
        if let text = value.string {
            guard let timestamp = Timestamp(rfc3339: text) else {
                fault(
                    "timestamp",
                    .format,
                    "timestamp must be RFC 3339 with an offset, such as \"2024-03-20T15:04:05.123Z\", or Unix seconds"
                )
                return nil
            }
            return timestamp
        }
        guard let number = value.numberText else {
            fault("timestamp", .type, "timestamp must be a string or a number, found \(value.kind.phrase)")
            return nil
        }
        guard let timestamp = Timestamp(unixSeconds: number) else {
            fault(
                "timestamp",
                .range,
                "timestamp as a number means Unix seconds between the years 1 and 9999; milliseconds must be divided by 1000"
            )
            return nil
        }
        return timestamp
    }

    private mutating func object(_ value: JSONValue?, _ field: String) -> JSONText? {
        guard let value else { return nil }
        guard value.kind == .object else {
            fault(field, .type, "\(field) must be an object, found \(value.kind.phrase)")
            return nil
        }
        if value.depth > EventReader.deepest {
            fault(field, .range, "\(field) is nested deeper than \(EventReader.deepest)")
        }
        if let key = value.firstDuplicateKey?.string {
            fault("\(field).\(key)", .duplicateKey, "the key \"\(key)\" stands twice in one object of \(field)")
        }
        return JSONText(checked: value.raw)
    }

    private mutating func vendor(_ value: JSONValue?) -> JSONText? {
        guard let value, let text = object(value, "vendor") else { return nil }
        for member in value.members where member.value.kind != .object {
            fault(
                "vendor.\(member.name)",
                .type,
                "vendor.\(member.name) must be an object of that vendor's fields, found \(member.value.kind.phrase)"
            )
        }
        return text
    }

    private mutating func fault(_ field: String?, _ code: EventFault.Code, _ message: String) {
        faults.append(EventFault(index: index, field: field, code: code, message: message))
    }
}
