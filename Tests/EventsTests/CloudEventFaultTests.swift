import Events
import Testing

/// Every attribute of a CloudEvent against every kind of value, with the words of each fault.
@Suite struct CloudEventFaultTests {
    private static let kinds: [(value: String, phrase: String)] = [
        ("null", "null"), ("true", "true or false"), ("7", "a number"), ("\"x\"", "a string"), ("[]", "an array"),
        ("{}", "an object"),
    ]

    private func read(_ changes: [(String, String)]) -> EventReader.Batch {
        let usual = [
            ("specversion", "\"1.0\""), ("id", "\"i\""), ("source", "\"s\""), ("type", "\"t\""), ("subject", "\"c\""),
        ]
        let members = usual.filter { name, _ in !changes.contains { $0.0 == name } } + changes
        let text = "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
        return EventReader().read(Array(text.utf8), as: .cloudEvent)
    }

    private func messages(_ name: String, _ value: String) -> [String] { read([(name, value)]).faults.map(\.message) }

    @Test(arguments: ["id", "source", "type", "specversion"], kinds)
    func `an attribute that every event has is a string`(name: String, kind: (value: String, phrase: String)) {
        let found = messages(name, kind.value)
        switch kind.value {
        case "null": #expect(found == ["\(name) is missing; every CloudEvent has it"])
        case "\"x\"": #expect(found == (name == "specversion" ? ["specversion must be \"1.0\""] : []))
        default: #expect(found == ["\(name) must be a string, found \(kind.phrase)"])
        }
    }

    @Test(arguments: ["subject", "subscriptionid"], kinds)
    func `a customer or a subscription is a string`(name: String, kind: (value: String, phrase: String)) {
        let found = messages(name, kind.value)
        switch kind.value {
        case "null": #expect(found == (name == "subject" ? ["subject is missing; it names the customer"] : []))
        case "\"x\"": #expect(found.isEmpty)
        default: #expect(found == ["\(name) must be a string, found \(kind.phrase)"])
        }
    }

    @Test(arguments: kinds)
    func `data is an object or absent`(kind: (value: String, phrase: String)) {
        let isGood = kind.value == "null" || kind.value == "{}"
        #expect(messages("data", kind.value) == (isGood ? [] : ["data must be an object, found \(kind.phrase)"]))
    }

    @Test(arguments: kinds)
    func `a time is a string in RFC 3339 or absent`(kind: (value: String, phrase: String)) {
        let found = messages("time", kind.value)
        switch kind.value {
        case "null": #expect(found.isEmpty)
        case "\"x\"": #expect(found.count == 1 && found[0].hasPrefix("time \"x\" is not a date and time"))
        default:
            #expect(
                found == [
                    "time must be a string in RFC 3339, such as \"2024-03-20T15:04:05.123Z\", found \(kind.phrase)"
                ]
            )
        }
    }

    @Test(arguments: [
        ("id", 255, " and at most 255 bytes"), ("source", 1024, " and at most 1024 bytes"),
        ("subject", 255, " and at most 255 bytes"), ("subscriptionid", 255, " and at most 255 bytes"),
    ])
    func `an attribute has at least one character, and no more bytes than allowed`(
        name: String,
        most: Int,
        limit: String
    ) {
        let message = "\(name) must have at least one character\(limit)"
        #expect(messages(name, "\"\(String(repeating: "x", count: most))\"").isEmpty)
        #expect(messages(name, "\"\(String(repeating: "x", count: most + 1))\"") == [message])
        #expect(messages(name, "\"\"") == [message])
    }

    @Test(arguments: ["x", "é", "😀"])
    func `a type is as long as a name`(letter: String) {
        #expect(messages("type", "\"\(String(repeating: letter, count: 128))\"").isEmpty)
        #expect(
            messages("type", "\"\(String(repeating: letter, count: 129))\"") == ["type must have 1 to 128 characters"]
        )
        #expect(messages("type", "\"\"") == ["type must have at least one character"])
    }

    @Test(arguments: [
        ("\"application/json\"", nil), ("\"text/json; charset=utf-8\"", nil), ("\"application/problem+json\"", nil),
        ("null", nil), ("7", nil), ("\"text/xml\"", "datacontenttype must be JSON, found \"text/xml\""),
        ("\"\"", "datacontenttype must be JSON, found \"\""),
    ])
    func `data is JSON by its content type`(type: String, message: String?) {
        #expect(messages("datacontenttype", type) == [message].compactMap(\.self))
    }

    @Test func `binary data has no properties`() {
        let message = "data must be a JSON object in \"data\"; binary data has no properties"
        #expect(messages("data_base64", "\"AA==\"") == [message])
        #expect(messages("data_base64", "null").isEmpty)
    }

    @Test(arguments: [(31, true), (32, false)])
    func `data is nested as deep as properties`(depth: Int, isGood: Bool) {
        let data = String(repeating: #"{"a":"#, count: depth) + "{}" + String(repeating: "}", count: depth)
        #expect(messages("data", data) == (isGood ? [] : ["data is nested deeper than 32"]))
    }

    @Test func `a subscription alone is enough, and extensions are left out`() throws {
        let batch = read([("subject", "null"), ("subscriptionid", "\"sub\""), ("traceparent", "[1]"), ("seq", "7")])
        let event = try #require(batch.events.first?.event)
        #expect(batch.faults.isEmpty && event.customerID == nil && event.subscriptionID == "sub")
        #expect(event.timestamp == nil && event.properties == nil && event.vendor == nil)
    }

    @Test(arguments: [
        (EventReader.Layout.cloudEvent, "7", "a number"), (.cloudEvent, "null", "null"),
        (.cloudEvent, "[{}]", "an array"), (.cloudEvents, "{}", "an object"), (.cloudEvents, "[]", "an array"),
        (.cloudEvents, "\"x\"", "a string"),
    ])
    func `a body of another kind than its content type says is explained`(
        layout: EventReader.Layout,
        text: String,
        phrase: String
    ) {
        let faults = EventReader().read(Array(text.utf8), as: layout).faults
        let wanted = "expected a CloudEvent, or an array of them with a batch's content type, found \(phrase)"
        let single = "a CloudEvent must be an object, found \(phrase)"
        #expect(faults.map(\.message) == [wanted] || faults.map(\.message) == [single])
        if case .cloudEvents = layout { #expect(faults.map(\.message) == [wanted]) }
    }

    /// Of the binary mode: attributes are texts that come in any order, and the body is the data.
    @Test func `the binary mode reads the same as the structured one`() throws {
        let attributes = [
            ("type", "t"), ("subject", "c\"1"), ("time", "2024-03-20T15:04:05Z"), ("source", "s"), ("id", "i"),
            ("specversion", "1.0"),
        ].map { (name: $0.0, value: $0.1) }
        let batch = EventReader().read(Array("{ \"n\" : 1.0 }".utf8), as: .cloudEventData(attributes: attributes))
        let binary = try #require(batch.events.first?.event)
        let structured = read([
            ("subject", "\"c\\\"1\""), ("time", "\"2024-03-20T15:04:05Z\""), ("data", "{ \"n\" : 1.0 }"),
        ])
        #expect(binary == structured.events.first?.event)
        let empty = EventReader().read([], as: .cloudEventData(attributes: attributes))
        #expect(empty.events.first?.event.properties == nil && empty.faults.isEmpty)
        let twice = attributes + [(name: "id", value: "j")]
        let faults = EventReader().read([], as: .cloudEventData(attributes: twice)).faults
        #expect(faults.map(\.message) == ["the key \"id\" is duplicated in one object of this event"])
    }
}
