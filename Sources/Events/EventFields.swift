import JSON

/// Reads one event's members, and collects every fault of the event on the way.
struct EventFields {
    /// The event's index in the request.
    let index: Int
    private(set) var faults: [EventFault] = []
    /// How many faults were not listed because the limit was reached.
    private(set) var omittedFaults = 0
    private(set) var allowance: FaultAllowance
    /// Canonical fields that the event has under another system's name, so that they are not reported as missing too.
    private var renamed: Set<String> = []
    /// The system whose format the event has; determined once an unknown field is found.
    private var shape: ForeignFields.Shape??

    /// Every member that the canonical event has.
    static let names = [
        "id", "name", "customer_id", "subscription_id", "timestamp", "source", "properties", "vendor",
    ]

    init(index: Int, allowance: FaultAllowance) {
        self.index = index
        self.allowance = allowance
    }

    private var isGood: Bool { faults.isEmpty && omittedFaults == 0 }

    /// - Returns: nil if anything is wrong; ``faults`` lists it.
    mutating func read(_ value: JSONValue) -> CanonicalEvent? {
        guard value.kind == .object else {
            fault(nil, .type, "an event must be an object, found \(value.kind.phrase)")
            return nil
        }
        let places = places(in: value)
        func member(_ which: Int) -> JSONValue? {
            places[which] == 0 ? nil : JSONValue(document: value.document, index: places[which])
        }
        if places[1] == 0, !renamed.contains("name") {
            fault("name", .required, "name is missing; it identifies what was used, such as \"api_request\"")
        }
        let event = CanonicalEvent(
            id: text(member(0), "id", bytes: 1...255).map { EventID($0) },
            name: name(member(1)),
            customerID: text(member(2), "customer_id", bytes: 1...255),
            subscriptionID: text(member(3), "subscription_id", bytes: 1...255),
            timestamp: timestamp(member(4)),
            source: text(member(5), "source", bytes: 0...1024),
            properties: object(member(6), "properties"),
            vendor: vendor(member(7))
        )
        if places[2] == 0, places[3] == 0, !renamed.contains("customer_id"), !renamed.contains("subscription_id") {
            fault("customer_id", .required, "customer_id is missing; give it, or a subscription_id")
        }
        return isGood ? event : nil
    }

    /// Where the value of each field is in the document's list, in the order of ``names``; 0 for one that is absent.
    private mutating func places(in object: JSONValue) -> [8 of Int] {
        var places = [8 of Int](repeating: 0)
        // One bit per field of the event that is present, even if its value is null.
        var seen: UInt8 = 0
        var strangers: [Int] = []
        object.document.bytes.withUnsafeBufferPointer { bytes in
            object.document.nodes.withUnsafeBufferPointer { nodes in
                var key = object.index + 1
                let end = Int(nodes[object.index].next)
                while key < end {
                    let value = nodes[key + 1]
                    if let which = Self.index(of: nodes[key], in: bytes), seen & (1 << UInt8(which)) == 0 {
                        seen |= 1 << UInt8(which)
                        // An optional field that is null means the same as one that is absent.
                        if value.kind != .null || which == 1 { places[which] = key + 1 }
                    } else if nodes[key].hasEscapes || strangers.count < allowance.listed {
                        strangers.append(key)
                    } else {
                        omittedFaults += 1
                    }
                    key = Int(value.next)
                }
            }
        }
        for key in strangers {
            let name = JSONValue(document: object.document, index: key).string ?? ""
            if let which = Self.names.firstIndex(of: name), seen & (1 << UInt8(which)) == 0 {
                // The name contains escapes.
                seen |= 1 << UInt8(which)
                if object.document.nodes[key + 1].kind != .null || which == 1 { places[which] = key + 1 }
            } else {
                explain(name, in: object, seen)
            }
        }
        return places
    }

    /// The field that a key names, if it is written without escapes. All names but two differ in length, so one or two bytes decide.
    @inline(__always)
    private static func index(of key: JSONNode, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        switch key.end - key.start - 2 {
        case 2: isKey(key, "id", bytes) ? 0 : nil
        case 4: isKey(key, "name", bytes) ? 1 : nil
        case 11: isKey(key, "customer_id", bytes) ? 2 : nil
        case 15: isKey(key, "subscription_id", bytes) ? 3 : nil
        case 9: isKey(key, "timestamp", bytes) ? 4 : nil
        case 6: isKey(key, "source", bytes) ? 5 : isKey(key, "vendor", bytes) ? 7 : nil
        case 10: isKey(key, "properties", bytes) ? 6 : nil
        default: nil
        }
    }

    @inline(__always)
    private static func isKey(_ key: JSONNode, _ name: StaticString, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        for offset in 0..<name.utf8CodeUnitCount where name.utf8Start[offset] != bytes[Int(key.start) + 1 + offset] {
            return false
        }
        return true
    }

    /// A key that is not a field, or occurs a second time.
    /// - Parameter seen: one bit per field that was found so far.
    private mutating func explain(_ name: String, in event: JSONValue, _ seen: UInt8) {
        guard faults.count < allowance.listed else {
            omittedFaults += 1
            return
        }
        if Self.names.contains(name) {
            fault(name, .duplicateKey, "\(name) is duplicated in this event")
        } else if let known = shape {
            // Advice about a whole shape is given once.
            if known?.isWhole != true { unknown(name, seen) }
        } else {
            let found = ForeignFields.shape(of: event)
            shape = .some(found)
            guard let found else { return unknown(name, seen) }
            if found.isWhole {
                renamed.formUnion(["name", "customer_id"])
                fault(name, .unknownField, "unknown field \"\(name)\". \(found.advice)")
            } else {
                unknown(name, seen, advice: ". \(found.advice)")
            }
        }
    }

    private mutating func unknown(_ name: String, _ seen: UInt8, advice: String = "") {
        let hint = hint(for: name, seen)
        let name = Excerpt.of(name)
        fault(name, .unknownField, "unknown field \"\(name)\"\(hint)\(advice)")
    }

    /// How to fix an unknown field: use our name for it, correct a typing mistake, or put it into the properties.
    private mutating func hint(for name: String, _ seen: UInt8) -> String {
        if let canonical = ForeignFields.canonical(for: name), let which = Self.names.firstIndex(of: canonical),
            seen & (1 << UInt8(which)) == 0
        {
            renamed.insert(canonical)
            return "; it is called \"\(canonical)\" here"
        }
        if let meant = allowance.suggestion(for: name, among: Self.names) { return " (did you mean \"\(meant)\"?)" }
        return "; put custom fields in \"properties\""
    }

    private mutating func name(_ value: JSONValue?) -> String {
        guard let value else { return "" }
        guard let name = value.string else {
            fault("name", .type, "name must be a string, found \(value.kind.phrase)")
            return ""
        }
        // A text has at most as many characters as bytes, so counting characters is seldom necessary.
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
        if value.kind == .string {
            guard let timestamp = Timestamp(lenient: value) else {
                fault("timestamp", .format, TimestampAdvice.unreadable("timestamp", value.string ?? ""))
                return nil
            }
            return timestamp
        }
        guard let number = value.numberText else {
            fault("timestamp", .type, "timestamp must be a string or a number, found \(value.kind.phrase)")
            return nil
        }
        guard let timestamp = Timestamp(unixSeconds: number) else {
            fault("timestamp", .range, TimestampAdvice.outOfCalendar("timestamp", number))
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
        if let key = value.firstDuplicateKey?.string.map({ Excerpt.of($0) }) {
            fault("\(field).\(key)", .duplicateKey, "the key \"\(key)\" is duplicated in one object of \(field)")
        }
        return JSONText(checked: value.raw)
    }

    private mutating func vendor(_ value: JSONValue?) -> JSONText? {
        guard let value, let text = object(value, "vendor") else { return nil }
        for member in value.members where member.value.kind != .object {
            guard faults.count < allowance.listed else {
                omittedFaults += 1
                continue
            }
            let name = Excerpt.of(member.name)
            fault(
                "vendor.\(name)",
                .type,
                "vendor.\(name) must be an object of that vendor's fields, found \(member.value.kind.phrase)"
            )
        }
        return text
    }

    private mutating func fault(_ field: String?, _ code: EventFault.Code, _ message: String) {
        guard faults.count < allowance.listed else {
            omittedFaults += 1
            return
        }
        faults.append(EventFault(index: index, field: field, code: code, message: message))
    }
}
