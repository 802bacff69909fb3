import Events
import Testing

@Suite struct EventReaderTests {
    private func read(_ text: String, as layout: EventReader.Layout = .json) -> EventReader.Batch {
        EventReader().read(Array(text.utf8), as: layout)
    }

    @Test func `reads every field`() throws {
        let batch = read(
            #"""
            {"id":"evt-123","name":"api_request","customer_id":"customer456","subscription_id":"sub_1",
             "timestamp":"2024-03-20T16:04:05.1239+01:00","source":"api","properties":{"size": 100.50},
             "vendor":{"polar":{"parent_id":"evt-122"}}}
            """#
        )
        #expect(batch.faults.isEmpty)
        let event = try #require(batch.events.first?.event)
        #expect(event.id == "evt-123")
        #expect(event.name == "api_request")
        #expect(event.customerID == "customer456")
        #expect(event.subscriptionID == "sub_1")
        #expect(event.timestamp?.rfc3339 == "2024-03-20T15:04:05.123Z")
        #expect(event.source == "api")
        #expect(event.properties?.description == #"{"size": 100.50}"#)
        #expect(event.vendor?.description == #"{"polar":{"parent_id":"evt-122"}}"#)
    }

    @Test(arguments: [
        #"{"name":"n","customer_id":"c"}"#, #"{"events":[{"name":"n","customer_id":"c"}]}"#,
        #"[{"name":"n","customer_id":"c"}]"#,
    ])
    func `takes one event, an envelope and a bare array`(text: String) {
        #expect(read(text).events.map(\.event) == [CanonicalEvent(name: "n", customerID: "c")])
    }

    @Test(arguments: ["id", "\\u0069d"]) func `takes an optional field that is null for one that is absent`(key: String)
    {
        let batch = read("{\"\(key)\":null,\"name\":\"n\",\"customer_id\":\"c\"}")
        #expect(batch.faults.isEmpty && batch.events.map(\.event) == [CanonicalEvent(name: "n", customerID: "c")])
    }

    @Test func `refuses a second list of events, which would be lost`() {
        let batch = read(
            #"{"events":[{"name":"a","customer_id":"c"}],"\u0065vents":[{"name":"b","customer_id":"c"}]}"#
        )
        #expect(batch.events.isEmpty)
        #expect(batch.faults.map(\.field) == ["events"] && batch.faults.map(\.code) == [.duplicateKey])
    }

    @Test func `reads an event a line, and names the line that is broken`() {
        let batch = read(
            "{\"name\":\"a\",\"customer_id\":\"c\"}\n\n{\"name\": oops}\r\n{\"name\":\"b\",\"customer_id\":\"c\"}\n",
            as: .lines
        )
        #expect(batch.events.map(\.event.name) == ["a", "b"])
        #expect(batch.events.map(\.index) == [0, 2])
        #expect(batch.faults.map(\.index) == [1])
        #expect(batch.faults[0].message.hasPrefix("line 3, column 10"))
    }

    @Test(arguments: [
        (#"{"customer_id":"c"}"#, "name", EventFault.Code.required),
        (#"{"name":"","customer_id":"c"}"#, "name", .range),
        (#"{"name":null,"customer_id":"c"}"#, "name", .type), (#"{"name":"n"}"#, "customer_id", .required),
        (#"{"name":1,"customer_id":"c"}"#, "name", .type), (#"{"name":"n","customer_id":7}"#, "customer_id", .type),
        (#"{"name":"n","customer_id":"c","id":""}"#, "id", .range),
        (#"{"name":"n","customer_id":"c","timestamp":"2024-03-20T15:04:05"}"#, "timestamp", .format),
        (#"{"name":"n","customer_id":"c","timestamp":"2024-02-30T15:04:05Z"}"#, "timestamp", .format),
        (#"{"name":"n","customer_id":"c","timestamp":1710947045123}"#, "timestamp", .range),
        (#"{"name":"n","customer_id":"c","timestamp":true}"#, "timestamp", .type),
        (#"{"name":"n","customer_id":"c","properties":[1]}"#, "properties", .type),
        (#"{"name":"n","customer_id":"c","properties":{"a":1,"a":2}}"#, "properties.a", .duplicateKey),
        (#"{"name":"n","customer_id":"c","name":"m"}"#, "name", .duplicateKey),
        (#"{"name":"n","customer_id":"c","vendor":{"lago":1}}"#, "vendor.lago", .type),
        (#"{"name":"n","customer_id":"c","costumer_id":"d"}"#, "costumer_id", .unknownField),
    ])
    func `names the field and the kind of a fault`(text: String, field: String, code: EventFault.Code) {
        let batch = read(text)
        #expect(batch.events.isEmpty)
        #expect(batch.faults.map(\.field) == [field])
        #expect(batch.faults.map(\.code) == [code])
    }

    @Test func `suggests the field that was meant`() {
        #expect(
            read(#"{"name":"n","customer_id":"c","propertys":{}}"#).faults[0].message.contains(
                #"did you mean "properties"?"#
            )
        )
    }

    @Test func `says that a number of milliseconds must be divided`() {
        #expect(
            read(#"{"name":"n","customer_id":"c","timestamp":1710947045123}"#).faults[0].message.contains(
                "divided by 1000"
            )
        )
    }

    @Test(arguments: [
        ("1710947045.1239", "2024-03-20T15:04:05.123Z"), ("0", "1970-01-01T00:00:00.000Z"),
        ("1.71e9", "2024-03-09T16:00:00.000Z"),
    ])
    func `takes Unix seconds without a binary float on the way`(number: String, expected: String) throws {
        let batch = read(#"{"name":"n","customer_id":"c","timestamp":\#(number)}"#)
        #expect(batch.events.first?.event.timestamp?.rfc3339 == expected)
    }

    @Test func `finds the faults of every event, and keeps the good ones with their places`() {
        let batch = read(#"[{"name":"a","customer_id":"c"},{"name":"b"},{"name":"c","customer_id":"c"},{"x":1}]"#)
        #expect(batch.events.map(\.index) == [0, 2])
        #expect(batch.faults.map(\.index) == [1, 3, 3, 3])
        #expect(batch.count == 4)
    }

    @Test(arguments: ["", "   ", "[1,", "{\"name\":\"n\""])
    func `says that a body is not JSON, with its place`(text: String) {
        let batch = read(text)
        #expect(batch.faults.map(\.code) == [.malformed])
        #expect(batch.faults.first?.index == nil)
    }

    @Test(arguments: ["[]", #"{"events":[]}"#])
    func `refuses a body without an event`(text: String) {
        #expect(read(text).faults.map(\.code) == [.required])
    }

    @Test func `refuses properties that are nested too deep`() {
        let deep = String(repeating: #"{"a":"#, count: 33) + "1" + String(repeating: "}", count: 33)
        #expect(read(#"{"name":"n","customer_id":"c","properties":\#(deep)}"#).faults.map(\.code) == [.range])
        let fine = String(repeating: #"{"a":"#, count: 32) + "1" + String(repeating: "}", count: 32)
        #expect(read(#"{"name":"n","customer_id":"c","properties":\#(fine)}"#).faults.isEmpty)
    }

    @Test func `takes a field whose name is written with escapes, and counts it as that field`() {
        #expect(read(#"{"n\u0061me":"n","customer_id":"c"}"#).events.first?.event.name == "n")
        #expect(read(#"{"name":"n","n\u0061me":"m","customer_id":"c"}"#).faults.map(\.code) == [.duplicateKey])
    }

    @Test func `finds a field that stands twice also where one is null`() {
        #expect(read(#"{"id":null,"id":"x","name":"n","customer_id":"c"}"#).faults.map(\.code) == [.duplicateKey])
    }

    @Test func `takes null for an absent optional field`() {
        #expect(read(#"{"name":"n","customer_id":"c","id":null,"timestamp":null,"properties":null}"#).faults.isEmpty)
    }
}
