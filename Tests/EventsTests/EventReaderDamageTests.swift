import Events
import JSON
import TestSupport
import Testing

/// Bodies come from anybody: whatever is in them, each event is read or has a fault, and the faults stay few and short.
@Suite struct EventReaderDamageTests {
    private static let event =
        #"{"id":"e1","name":"api","customer_id":"c","subscription_id":"s","timestamp":1710947045.123,"source":"x","#
        + #""properties":{"a":[1,{"b":null}],"é":"\u00e9"},"vendor":{"lago":{"x":1}}}"#
    private static let cloudEvent =
        #"{"specversion":"1.0","id":"1","source":"s","type":"t","subject":"c","time":"2024-03-20T15:04:05Z","data":{"a":1}}"#

    private static let bodies: [(body: String, layout: EventReader.Layout)] = [
        (event, .json), (#"{"events":[\#(event),{"name":"b","customer_id":"c"}]}"#, .json), ("[\(event)]", .json),
        (event + "\n\r\n" + event, .lines), (event + "\n" + event, .json), (cloudEvent, .cloudEvent),
        ("[\(cloudEvent)]", .cloudEvents),
        (
            #"{"a":1}"#,
            .cloudEventData(attributes: [
                ("specversion", "1.0"), ("id", "1"), ("source", "s"), ("type", "t"), ("subject", "c"),
            ])
        ),
    ]

    private func check(_ batch: EventReader.Batch, _ body: [UInt8]) {
        let text = String(decoding: body, as: UTF8.self)
        if batch.events.isEmpty, batch.faults.isEmpty, !batch.exceedsLimit {
            Issue.record("nothing is said of \(text)")
        }
        if batch.faults.count > EventFault.mostListed { Issue.record("\(batch.faults.count) faults of \(text)") }
        let indices = batch.events.map(\.index)
        if indices != Array(Set(indices)).sorted() || !indices.allSatisfy({ 0..<batch.count ~= $0 }) {
            Issue.record("indices \(indices) of \(batch.count) in \(text)")
        }
        let faulty = Set(batch.faults.compactMap(\.index))
        if !faulty.isDisjoint(with: indices) { Issue.record("an event that was read has a fault: \(text)") }
        if batch.omittedFaults == 0, batch.faults.allSatisfy({ $0.index != nil }),
            faulty.count + indices.count != batch.count
        {
            Issue.record("\(batch.count) events, and \(faulty.count) with faults, in \(text)")
        }
        for (_, event) in batch.events {
            if event.name.isEmpty || (event.customerID == nil && event.subscriptionID == nil) {
                Issue.record("\(text)")
            }
        }
    }

    @Test(arguments: bodies.indices)
    func `every body with one byte lost, changed or missing at its end is read or explained`(index: Int) {
        let (text, layout) = Self.bodies[index]
        let (body, reader) = (Array(text.utf8), EventReader())
        #expect(reader.read(body, as: layout).faults.isEmpty)
        for place in body.indices {
            check(reader.read(Array(body[..<place]), as: layout), Array(body[..<place]))
            var removed = body
            removed.remove(at: place)
            check(reader.read(removed, as: layout), removed)
            for byte in [0x00, 0x0A, 0x20, 0x22, 0x2C, 0x30, 0x5C, 0x5D, 0x7B, 0x7D, 0x80, 0xC3, 0xFF] as [UInt8] {
                var changed = body
                changed[place] = byte
                check(reader.read(changed, as: layout), changed)
            }
        }
    }

    @Test func `random bodies of an event's own words are read or explained`() {
        var random = SeededRandom()
        let words = [
            "{", "}", "[", "]", ",", ":", "\n", "\"id\"", "\"name\"", "\"customer_id\"", "\"timestamp\"",
            "\"properties\"", "\"events\"",
            "\"vendor\"", "\"\"", "\"x\"", "0", "1e999", "null", "true", #"{"name":"n","customer_id":"c"}"#,
            "\"event\":{}",
        ]
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...9, using: &random)).map { _ in words.randomElement(using: &random)! }
                .joined()
            for layout in [EventReader.Layout.json, .lines, .cloudEvent, .cloudEvents] {
                check(EventReader().read(Array(text.utf8), as: layout), Array(text.utf8))
            }
        }
    }

    /// A fault quotes what was sent, and is read by people and kept in logs: a megabyte in a request is no megabyte in a fault.
    @Test(arguments: [
        #"{"name":"n","customer_id":"c","LONG":1}"#, #"{"LONG":[{"a":1}]}"#,
        #"{"name":"n","customer_id":"c","timestamp":"LONG"}"#,
        #"{"name":"n","customer_id":"c","timestamp":1LONGDIGITS}"#,
        #"{"name":"n","customer_id":"c","vendor":{"LONG":1}}"#,
        #"{"name":"n","customer_id":"c","properties":{"LONG":1,"LONG":1}}"#, #"{"name":"LONG","customer_id":"LONG"}"#,
        #"{"specversion":"1.0","id":"1","source":"s","type":"t","subject":"LONG","time":"LONG","data":{},"datacontenttype":"LONG"}"#,
        #"{"specversion":"1.0","id":"1","source":"s","type":"t","subject":"c","LONG":1,"LONG":2}"#,
    ])
    func `quotes little of a long text, also where it is one character of a million marks`(body: String) {
        let longest = 1000
        let letters = String(repeating: "x", count: 100_000)
        let marks = "e" + String(repeating: "\u{301}", count: 100_000)
        for long in [letters, marks] {
            let text = body.replacing("LONGDIGITS", with: String(repeating: "7", count: 100_000)).replacing(
                "LONG",
                with: long
            )
            for layout in [EventReader.Layout.json, .lines, .cloudEvent] {
                let batch = EventReader().read(Array(text.utf8), as: layout)
                for fault in batch.faults {
                    #expect(fault.message.utf8.count <= longest, "\(fault.message.utf8.count) bytes: \(body)")
                    #expect((fault.field?.utf8.count ?? 0) <= longest, "\(fault.field?.utf8.count ?? 0) bytes: \(body)")
                }
            }
        }
    }

    @Test(arguments: [1, 2, 5])
    func `reads as many events as are allowed, and not one more`(limit: Int) {
        let reader = EventReader(limit: limit)
        let event = #"{"name":"n","customer_id":"c"}"#
        let cloud = Self.cloudEvent
        for (count, isWithin) in [(limit, true), (limit + 1, false)] {
            let list = repeatElement(event, count: count)
            let bodies: [(String, EventReader.Layout)] = [
                ("[" + list.joined(separator: ",") + "]", .json),
                (#"{"events":["# + list.joined(separator: ",") + "]}", .json),
                (list.joined(separator: "\n"), .lines),
                ("[" + repeatElement(cloud, count: count).joined(separator: ",") + "]", .cloudEvents),
            ]
            for (body, layout) in bodies {
                let batch = reader.read(Array(body.utf8), as: layout)
                #expect(batch.exceedsLimit == !isWithin, "\(count) of \(limit): \(layout)")
                if isWithin { #expect(batch.events.count == count) }
            }
        }
    }

    @Test(arguments: [
        ("application/json", true), ("APPLICATION/JSON; charset=utf-8", true), ("text/json", true),
        ("application/problem+json", true),
        (" application/json ;x", true), ("application/jsonx", false), ("json", false), ("", false),
        (";application/json", false),
        ("application/x-ndjson", false),
    ])
    func `knows JSON by its content type`(type: String, isJSON: Bool) { #expect(EventReader.isJSON(type) == isJSON) }
}
