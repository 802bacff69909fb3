import JSON

/// Reads one event in the form of CloudEvents 1.0, and collects every fault of it.
///
/// `id` is the id, `type` the name, `subject` the customer, `time` the timestamp, `source` the source, `data` the properties; the extension
/// `subscriptionid` is the subscription. CloudEvents are distinguished by source and id together, so the source is the id's scope. Other
/// extensions are ignored, as the specification lets receivers do.
struct CloudEventFields {
    /// The event's place in the request.
    let index: Int
    private(set) var faults: [EventFault] = []

    init(index: Int) {
        self.index = index
    }

    /// - Returns: nil if anything is wrong; ``faults`` says what.
    mutating func read(_ value: JSONValue) -> CanonicalEvent? {
        guard value.kind == .object else {
            fault(nil, .type, "a CloudEvent must be an object, found \(value.kind.phrase)")
            return nil
        }
        if let key = value.firstDuplicateKey?.string.map({ Excerpt.of($0) }) {
            fault(key, .duplicateKey, "the key \"\(key)\" is duplicated in one object of this event")
            return nil
        }
        checkVersion(value)
        let id = attribute("id", value, bytes: 255)
        let source = attribute("source", value, bytes: 1024)
        let name = attribute("type", value, bytes: nil)
        if let name, name.utf8.count > 128, name.unicodeScalars.count > 128 {
            fault("type", .range, "type must have 1 to 128 characters")
        }
        let customer = optional("subject", value, bytes: 255)
        let subscription = optional("subscriptionid", value, bytes: 255)
        if isAbsent("subject", value), isAbsent("subscriptionid", value) {
            fault("subject", .required, "subject is missing; it names the customer")
        }
        let timestamp = time(value["time"])
        let properties = data(value)
        guard faults.isEmpty else { return nil }
        return CanonicalEvent(
            id: id.map { EventID($0) },
            idScope: source ?? "",
            name: name ?? "",
            customerID: customer,
            subscriptionID: subscription,
            timestamp: timestamp,
            source: source,
            properties: properties
        )
    }

    private mutating func checkVersion(_ value: JSONValue) {
        guard attribute("specversion", value, bytes: nil).map({ $0 != "1.0" }) ?? false else { return }
        fault("specversion", .range, "specversion must be \"1.0\"")
    }

    /// An attribute that every CloudEvent has.
    private mutating func attribute(_ name: String, _ object: JSONValue, bytes: Int?) -> String? {
        if let value = object[name], !value.isNull { return text(value, name, bytes) }
        fault(name, .required, "\(name) is missing; every CloudEvent has it")
        return nil
    }

    private func isAbsent(_ name: String, _ object: JSONValue) -> Bool {
        object[name]?.isNull ?? true
    }

    private mutating func optional(_ name: String, _ object: JSONValue, bytes: Int) -> String? {
        guard let value = object[name], !value.isNull else { return nil }
        return text(value, name, bytes)
    }

    private mutating func text(_ value: JSONValue, _ name: String, _ bytes: Int?) -> String? {
        guard let text = value.string else {
            fault(name, .type, "\(name) must be a string, found \(value.kind.phrase)")
            return nil
        }
        if text.isEmpty || bytes.map({ text.utf8.count > $0 }) ?? false {
            let most = bytes.map { " and at most \($0) bytes" } ?? ""
            fault(name, .range, "\(name) must have at least one character\(most)")
        }
        return text
    }

    private mutating func time(_ value: JSONValue?) -> Timestamp? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.string else {
            fault(
                "time",
                .format,
                "time must be a string in RFC 3339, such as \"2024-03-20T15:04:05.123Z\", found \(value.kind.phrase)"
            )
            return nil
        }
        guard let time = Timestamp(lenient: text) else {
            fault("time", .format, TimestampAdvice.unreadable("time", text))
            return nil
        }
        return time
    }

    private mutating func data(_ value: JSONValue) -> JSONText? {
        if let encoded = value["data_base64"], !encoded.isNull {
            fault("data_base64", .type, "data must be a JSON object in \"data\"; binary data has no properties")
        }
        if let type = value["datacontenttype"]?.string, !EventReader.isJSON(type) {
            fault("datacontenttype", .range, "datacontenttype must be JSON, found \"\(Excerpt.of(type))\"")
        }
        guard let data = value["data"], !data.isNull else { return nil }
        guard data.kind == .object else {
            fault("data", .type, "data must be an object, found \(data.kind.phrase)")
            return nil
        }
        if data.depth > EventReader.deepest {
            fault("data", .range, "data is nested deeper than \(EventReader.deepest)")
        }
        return JSONText(checked: data.raw)
    }

    private mutating func fault(_ field: String?, _ code: EventFault.Code, _ message: String) {
        faults.append(EventFault(index: index, field: field, code: code, message: message))
    }
}
