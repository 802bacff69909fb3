import Events
import Testing

@Suite struct CloudEventTests {
    private static let event = #"""
        {"specversion":"1.0","id":"a-1","source":"/shop","type":"api_request","subject":"cust","time":"2024-03-20T16:04:05.1239+01:00",
         "datacontenttype":"application/json; charset=utf-8","traceparent":"00-x","data":{"size": 100.50}}
        """#

    private func read(_ text: String, as layout: EventReader.Layout = .cloudEvent) -> EventReader.Batch {
        EventReader().read(Array(text.utf8), as: layout)
    }

    @Test func `reads an event, told apart by source and id together`() throws {
        let batch = read(Self.event)
        #expect(batch.faults.isEmpty)
        let event = try #require(batch.events.first?.event)
        #expect(event.id == "a-1" && event.idScope == "/shop" && event.source == "/shop")
        #expect(event.name == "api_request" && event.customerID == "cust" && event.subscriptionID == nil)
        #expect(event.timestamp?.rfc3339 == "2024-03-20T15:04:05.123Z")
        #expect(event.properties?.description == #"{"size": 100.50}"#, "numbers keep their digits")
    }

    @Test func `reads a batch, and names what is wrong with each event`() {
        let bad = #"{"specversion":"0.3","id":"","source":"/s","subject":"c","time":"today","data":[1]}"#
        let batch = read("[\(Self.event),\(bad)]", as: .cloudEvents)
        #expect(batch.count == 2 && batch.events.count == 1)
        #expect(batch.faults.allSatisfy { $0.index == 1 })
        #expect(Set(batch.faults.compactMap(\.field)) == ["specversion", "id", "type", "time", "data"])
    }

    @Test(arguments: [
        (#""subject":4711"#, ["subject"], "subject must be a string, found a number"),
        (#""subject":"""#, ["subject"], "at least one character"),
        (#""subject":null"#, ["subject"], "subject is missing"),
        (#""subject":"c","time":"2026-11-20T08:00:00""#, ["time"], #"write "2026-11-20T08:00:00Z""#),
        (#""subject":"c","time":1794332206"#, ["time"], "found a number"),
        (#""subject":"c","time":"2026-11-20 08:00:00 UTC""#, [], ""),
    ])
    func `says what is wrong with a field once`(member: String, fields: [String], words: String) {
        let batch = read(#"{"specversion":"1.0","type":"t","id":"chat-2","source":"proxy",\#(member)}"#)
        #expect(batch.faults.map(\.field) == fields)
        #expect(batch.faults.allSatisfy { $0.message.contains(words) }, "\(batch.faults)")
    }

    @Test func `puts attributes and data of the binary mode together`() throws {
        let attributes = [
            ("specversion", "1.0"), ("id", "b"), ("source", "/s"), ("type", "t"), ("subscriptionid", "sub"),
        ]
        let batch = EventReader().read(
            Array(#"{"n":1}"#.utf8),
            as: .cloudEventData(attributes: attributes.map { (name: $0.0, value: $0.1) })
        )
        let event = try #require(batch.events.first?.event)
        #expect(event.id == "b" && event.subscriptionID == "sub" && event.properties?.description == #"{"n":1}"#)
    }

    @Test(arguments: [
        ("[]", EventReader.Layout.cloudEvent), ("{}", .cloudEvents), ("[]", .cloudEvents), ("{", .cloudEvent),
        ("3", .cloudEvent),
        (#"{"specversion":"1.0","id":"a","id":"b","source":"s","type":"t","subject":"c"}"#, .cloudEvent),
        (#"{"specversion":"1.0","id":"a","source":"s","type":"t"}"#, .cloudEvent),
        (#"{"specversion":"1.0","id":"a","source":"s","type":"t","subject":"c","data_base64":"AA=="}"#, .cloudEvent),
        (
            #"{"specversion":"1.0","id":"a","source":"s","type":"t","subject":"c","datacontenttype":"text/xml"}"#,
            .cloudEvent
        ),
        ("{", .cloudEventData(attributes: [(name: "id", value: "a")])),
    ])
    func `refuses what is no CloudEvent with usage in it`(text: String, layout: EventReader.Layout) {
        let batch = read(text, as: layout)
        #expect(batch.events.isEmpty && !batch.faults.isEmpty)
    }
}
