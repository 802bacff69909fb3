import Events
import Testing

/// Every field of an event against every kind of value, with the words of each fault.
@Suite struct EventFaultTests {
    private static let kinds: [(value: String, phrase: String)] = [
        ("null", "null"), ("true", "true or false"), ("7", "a number"), ("\"x\"", "a string"), ("[]", "an array"),
        ("{}", "an object"),
    ]

    private func faults(_ text: String, as layout: EventReader.Layout = .json) -> [EventFault] {
        EventReader().read(Array(text.utf8), as: layout).faults
    }

    /// The event with one field of another value.
    private func faults(_ field: String, _ value: String) -> [EventFault] {
        let others = [("name", "\"n\""), ("customer_id", "\"c\"")].filter { $0.0 != field }
        let members = ([(field, value)] + others).map { "\"\($0.0)\":\($0.1)" }
        return faults("{\(members.joined(separator: ","))}")
    }

    @Test(arguments: ["id", "customer_id", "subscription_id", "source"], kinds)
    func `a text is a string, or null where it may be absent`(field: String, kind: (value: String, phrase: String)) {
        let found = faults(field, kind.value)
        switch kind.value {
        case "\"x\"": #expect(found.isEmpty)
        case "null" where field == "customer_id":
            #expect(found.map(\.message) == ["customer_id is missing; give it, or a subscription_id"])
        case "null": #expect(found.isEmpty)
        default:
            #expect(found.first?.message == "\(field) must be a string, found \(kind.phrase)")
            #expect(found.first?.code == .type && found.first?.field == field && found.first?.index == 0)
        }
    }

    @Test(arguments: kinds)
    func `a name is a string and never null`(kind: (value: String, phrase: String)) {
        let found = faults("name", kind.value)
        guard kind.value != "\"x\"" else {
            #expect(found.isEmpty)
            return
        }
        #expect(found.map(\.code).contains(.type))
        #expect(found.first?.message == "name must be a string, found \(kind.phrase)")
    }

    @Test(arguments: ["properties", "vendor"], kinds)
    func `an object is an object or null`(field: String, kind: (value: String, phrase: String)) {
        let found = faults(field, kind.value).map(\.message)
        let isGood = kind.value == "{}" || kind.value == "null"
        #expect(found == (isGood ? [] : ["\(field) must be an object, found \(kind.phrase)"]))
    }

    @Test(arguments: kinds)
    func `a timestamp is a string, a number or null`(kind: (value: String, phrase: String)) {
        let found = faults("timestamp", kind.value)
        switch kind.value {
        case "null", "7": #expect(found.isEmpty)
        case "\"x\"": #expect(found.map(\.code) == [.format])
        default: #expect(found.map(\.message) == ["timestamp must be a string or a number, found \(kind.phrase)"])
        }
    }

    @Test(arguments: kinds)
    func `fields of a vendor are objects`(kind: (value: String, phrase: String)) {
        let found = faults("vendor", "{\"lago\":{},\"polar\":\(kind.value)}").map(\.message)
        let message = "vendor.polar must be an object of that vendor's fields, found \(kind.phrase)"
        #expect(found == (kind.value == "{}" ? [] : [message]))
    }

    @Test(arguments: kinds)
    func `a body is an event, a list, or an object with a list`(kind: (value: String, phrase: String)) {
        let whole = faults(kind.value)
        let events = faults("{\"events\":\(kind.value)}")
        let element = faults("[\(kind.value)]")
        let isContainer = kind.value == "[]" || kind.value == "{}"
        if !isContainer {
            #expect(
                whole.map(\.message)
                    == ["expected one event, {\"events\": [...]} or an array of events, found \(kind.phrase)"]
            )
        }
        if kind.value != "[]" {
            #expect(events.map(\.message) == ["\"events\" must be an array, found \(kind.phrase)"])
        }
        if kind.value != "{}" {
            #expect(element.map(\.message) == ["an event must be an object, found \(kind.phrase)"])
            #expect(element.first?.index == 0 && element.first?.field == nil)
        }
    }

    /// Bytes and characters, at the limit and above it. `é` has two bytes.
    @Test(arguments: [
        ("id", 255, "id must have 1 to 255 bytes, has 256"),
        ("customer_id", 255, "customer_id must have 1 to 255 bytes, has 256"),
        ("subscription_id", 255, "subscription_id must have 1 to 255 bytes, has 256"),
        ("source", 1024, "source must have 0 to 1024 bytes, has 1025"),
    ])
    func `a text is as long as allowed, in bytes`(field: String, most: Int, message: String) {
        let fitting = [
            String(repeating: "x", count: most), String(repeating: "é", count: most / 2) + (most % 2 == 0 ? "" : "x"),
        ]
        for text in fitting {
            #expect(faults(field, "\"\(text)\"").isEmpty)
            #expect(faults(field, "\"\(text)x\"").map(\.message) == [message])
        }
        // An escape is one byte of text, however long it is written.
        #expect(faults(field, "\"\(String(repeating: "\\u0061", count: most))\"").isEmpty)
        let empty = faults(field, "\"\"").map(\.message)
        #expect(empty == (field == "source" ? [] : ["\(field) must have 1 to 255 bytes, has 0"]))
    }

    @Test(arguments: ["x", "é", "😀", "\u{301}", "\\u00e9"])
    func `a name is as long as allowed, in code points`(letter: String) {
        #expect(faults("name", "\"\(String(repeating: letter, count: 128))\"").isEmpty)
        let long = faults("name", "\"\(String(repeating: letter, count: 129))\"")
        #expect(long.map(\.message) == ["name must have 1 to 128 characters"] && long.map(\.code) == [.range])
    }

    @Test func `an event without anything says what is missing, and nothing twice`() {
        #expect(
            faults("{}").map(\.message) == [
                "name is missing; it identifies what was used, such as \"api_request\"",
                "customer_id is missing; give it, or a subscription_id",
            ]
        )
        #expect(faults("[{},{}]").map(\.index) == [0, 0, 1, 1])
        #expect(faults("[]").map(\.message) == ["the array has no events; send at least one"])
        #expect(faults(" \n ", as: .lines).map(\.message) == ["the body has no events; send one per line"])
    }

    @Test func `keys and fields that stand twice are named where they stand`() {
        #expect(
            faults(#"{"name":"n","customer_id":"c","properties":{"a":{"b":1,"\u0062":2}}}"#).map(\.message)
                == ["the key \"b\" is duplicated in one object of properties"]
        )
        #expect(
            faults(#"{"name":"n","customer_id":"c","customer_id":"c"}"#).map(\.message)
                == ["customer_id is duplicated in this event"]
        )
        #expect(
            faults(#"{"events":[],"events":[]}"#).map(\.message)
                == ["\"events\" is duplicated; send one array with all events"]
        )
        #expect(
            faults(#"{"events":[{"name":"n","customer_id":"c"}],"id":1}"#).map(\.message)
                == ["unknown field \"id\" next to \"events\"; only \"events\" is allowed there"]
        )
    }

    @Test(arguments: ["properties", "vendor"])
    func `fields are nested as deep as is allowed`(field: String) {
        func nested(_ depth: Int) -> String {
            String(repeating: #"{"a":"#, count: depth) + "{}" + String(repeating: "}", count: depth)
        }
        #expect(faults(field, nested(31)).isEmpty)
        #expect(faults(field, nested(32)).map(\.message) == ["\(field) is nested deeper than 32"])
    }
}
